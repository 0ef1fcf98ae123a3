"""`create_session` logs someone in without a mail."""

import pytest
from django.test import Client

from superlists.accounts.models import LoginLink, User, login_path
from tests.superlists.pages import text

pytestmark = pytest.mark.usefixtures("stamp")


def browser_with(key):
    browser = Client()
    browser.cookies["sessionid"] = key
    return browser


def test_its_session_is_like_one_of_a_login_by_link(run, client):
    run("create_session", "boris@example.com")
    made = browser_with(run("create_session", "edith@example.com"))
    assert text(made.get("/"), ".navbar .navbar-text") == "edith@example.com"
    _, token = LoginLink.objects.make("edith@example.com")
    client.post(login_path(token))
    assert dict(made.session.items()) == dict(client.session.items())


def test_a_second_time_it_is_the_same_person_in_another_session(run):
    keys = {run("create_session", email) for email in ("edith@example.com", "EDITH@example.com")}
    assert len(keys) == 2
    assert [user.email for user in User.objects.all()] == ["edith@example.com"]
