"""`create_login_link` makes a login link without a mail, as old as one likes."""

import pytest
from django.core.management import CommandError, call_command

from superlists.accounts.models import LoginLink
from tests.superlists.pages import text

pytestmark = pytest.mark.usefixtures("stamp")


def test_its_link_logs_in(run, client, mailoutbox):
    client.post(run("create_login_link", "Edith@Example.com"))
    assert text(client.get("/"), ".navbar .navbar-text") == "edith@example.com"
    assert not mailoutbox


@pytest.mark.parametrize(("age", "status"), [("0", 200), ("14", 200), ("15", 403), ("525600", 403)])
def test_a_link_can_have_been_made_a_while_ago(run, client, age, status):
    assert client.get(run("create_login_link", "edith@example.com", "--age", age)).status_code == status


def test_making_one_leaves_the_others_as_they_are(run, client):
    young = run("create_login_link", "edith@example.com")
    run("create_login_link", "edith@example.com", "--age", "60")
    assert client.get(young).status_code == 200


@pytest.mark.parametrize("age", ["-1", "525601"])
def test_an_age_is_between_now_and_a_year(age):
    with pytest.raises(CommandError, match=f"^--age is {age}; allowed: 0 to 525600 minutes$"):
        call_command("create_login_link", "edith@example.com", f"--age={age}")
    assert not LoginLink.objects.exists()


def test_an_age_is_a_number():
    with pytest.raises(CommandError, match="argument --age: invalid int value: 'old'"):
        call_command("create_login_link", "edith@example.com", "--age", "old")


def test_a_link_is_for_an_address():
    with pytest.raises(CommandError, match="'edith' is not an email address"):
        call_command("create_login_link", "edith")
