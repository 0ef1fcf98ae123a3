"""A login link logs its holder in: once, in time, and only when the page is completed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from superlists.accounts.models import LinkRefusedError, LoginLink, LoginLinkManager, User
from tests.superlists.accounts.conftest import logged_in_address
from tests.superlists.pages import csrf_token, field, parsed, text

pytestmark = pytest.mark.django_db


def test_the_mailed_link_logs_in(ask, mailed_path, client):
    ask("edith@example.com")
    response = client.post(mailed_path())
    assert (response.status_code, response["Location"]) == (302, "/")
    assert logged_in_address(client) == "edith@example.com"
    assert text(client.get("/"), ".navbar .navbar-text") == "edith@example.com"


def test_the_mailed_link_shows_a_page_that_logs_in(ask, mailed_path):
    browser = Client(enforce_csrf_checks=True)
    ask("edith@example.com")
    page = browser.get(mailed_path())
    form = field(page, "form#id_complete_login")
    assert (form["method"], form.get("action")) == ("post", None)
    assert parsed(page).select("script[src$='superlists/complete_login.js']")
    browser.post(mailed_path(), {"csrfmiddlewaretoken": csrf_token(page)})
    assert logged_in_address(browser) == "edith@example.com"


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_a_link_does_not_use_it_up(client, link_for, method):
    path = link_for("edith@example.com")
    for _ in range(3):
        assert getattr(client, method)(path).status_code == 200
        assert logged_in_address(client) is None
    client.post(path)
    assert logged_in_address(client) == "edith@example.com"


def test_a_post_from_another_site_neither_logs_in_nor_uses_up_the_link(client, link_for):
    path = link_for("edith@example.com")
    forged = Client(enforce_csrf_checks=True)
    assert forged.post(path).status_code == 403
    assert logged_in_address(forged) is None
    assert client.post(path).status_code == 302


def test_a_link_takes_no_other_method(client, link_for):
    assert client.put(link_for("edith@example.com")).status_code == 405


def test_a_link_works_for_just_under_fifteen_minutes(client, link_for):
    path = link_for("edith@example.com", created_at=timezone.now() - timedelta(minutes=14, seconds=59))
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 302
    assert logged_in_address(client) == "edith@example.com"


def test_a_link_logs_in_its_own_address_and_no_other(as_francis, link_for):
    link_for("boris@example.com")
    as_francis.post(link_for("edith@example.com"))
    assert logged_in_address(as_francis) == "edith@example.com"


def test_the_first_login_makes_its_holder_known_and_the_second_does_not(client, link_for, caplog):
    for _ in range(2):
        client.post(link_for("edith@example.com"))
    assert [user.email for user in User.objects.all()] == ["edith@example.com"]
    first, second = (line for line in caplog.messages if "logged in" in line)
    assert first == "edith@example.com logged in by a link, for the first time"
    assert second == "edith@example.com logged in by a link"


def test_logging_in_starts_another_session(client, link_for):
    session = client.session
    session["something"] = "before"
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post(link_for("edith@example.com"))
    assert client.session.session_key != session.session_key


def test_of_two_requests_at_once_only_one_wins(monkeypatch):
    _, token = LoginLink.objects.make("edith@example.com")
    usable = LoginLinkManager.usable

    def usable_until_the_other_request(manager, looked_for):
        link = usable(manager, looked_for)
        manager.filter(pk=link.pk).update(used_at=timezone.now())
        return link

    monkeypatch.setattr(LoginLinkManager, "usable", usable_until_the_other_request)
    with pytest.raises(LinkRefusedError, match="already been used"):
        LoginLink.objects.use(token)


def test_a_links_page_is_never_kept_by_a_cache(client, link_for):
    assert "no-store" in client.get(link_for("edith@example.com"))["Cache-Control"]


def test_a_session_of_someone_who_is_gone_is_nobodys(as_edith, edith):
    edith.delete()
    assert parsed(as_edith.get("/")).select(".navbar input[name=email]")


def test_without_a_link_nobody_is_authenticated(client):
    assert client.login(email="edith@example.com") is False


def test_what_the_page_loads_is_not_told_its_address(client, link_for):
    assert client.get(link_for("edith@example.com"))["Referrer-Policy"] == "strict-origin"
