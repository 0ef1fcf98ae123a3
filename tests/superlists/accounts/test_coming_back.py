"""Whoever logs in comes back to where she wanted to be, and never to another site."""

import pytest
from django.test import Client

from superlists.accounts.models import LoginLink
from tests.superlists.pages import field, rows

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "//evil.example.com/",
    "///evil.example.com/",
    "https://evil.example.com/",
    "http:evil.example.com",
    "/\\evil.example.com/",
    "\\\\evil.example.com",
    "javascript:alert(1)",
    "evil.example.com",
    "lists/mine/",
    "/\t/evil.example.com",
    "",
]


@pytest.fixture
def landing(ask, mailed_path, client):
    """Where a link that was asked for with this `next` leads."""

    def follow(path):
        ask("edith@example.com", next=path)
        return client.post(mailed_path())["Location"]

    return follow


def test_the_link_leads_back_to_the_list(landing, ediths_list):
    assert landing(ediths_list.get_absolute_url()) == ediths_list.get_absolute_url()


@pytest.mark.parametrize("path", ELSEWHERE)
def test_the_link_never_leads_to_another_site(landing, path):
    assert landing(path) == "/"


@pytest.mark.parametrize("path", ELSEWHERE)
def test_the_login_page_does_not_pass_on_another_site(client, path):
    page = client.get("/accounts/login/", {"next": path})
    assert not field(page, "main input[name=next]").get("value")


def test_it_leads_to_a_link_opened_in_another_browser_too(ask, mailed_path, ediths_list):
    ask("edith@example.com", next=ediths_list.get_absolute_url())
    phone = Client()
    assert rows(phone.post(mailed_path(), follow=True)) == ["1: Hang the bunting"]


def test_from_a_closed_list_through_the_mail_and_back(client, ask, mailed_path, ediths_list):
    form = field(client.get(ediths_list.get_absolute_url()), "main form")
    ask("edith@example.com", next=form.select_one("[name=next]")["value"])
    assert rows(client.post(mailed_path(), follow=True)) == ["1: Hang the bunting"]


def test_from_the_navigation_bar_of_an_open_list_and_back(client, open_list):
    shown = field(client.get(open_list.get_absolute_url()), ".navbar input[name=next]")
    assert shown["value"] == open_list.get_absolute_url()


def test_a_page_reached_by_sending_a_form_is_not_one_to_come_back_to(client, open_list):
    refused = client.post(open_list.get_absolute_url(), {"text": ""})
    assert not field(refused, ".navbar input[name=next]").get("value")


def test_a_page_about_logging_in_is_not_one_to_come_back_to(client, link_for):
    for path in ("/accounts/login/", "/accounts/login/made-up/"):
        assert not field(client.get(path), ".navbar input[name=next]").get("value")


def test_a_refused_address_keeps_the_way_back(ask, ediths_list):
    page = ask("edith", next=ediths_list.get_absolute_url())
    assert field(page, "main input[name=next]")["value"] == ediths_list.get_absolute_url()
    assert not LoginLink.objects.exists()


def test_who_was_logged_out_while_sharing_comes_back_to_the_list(client, ask, mailed_path, ediths_list):
    refused = client.post(f"{ediths_list.get_absolute_url()}share", {"sharee": "francis@example.com"})
    ask("edith@example.com", next=field(refused, "main form [name=next]")["value"])
    assert client.post(mailed_path(), follow=True).status_code == 200


@pytest.mark.parametrize("path", [f"/{'x' * 500}", "/%00"])
def test_a_path_that_cannot_be_kept_does_not_keep_anyone_from_logging_in(client, ask, path):
    offered = field(client.get(path), ".navbar [name=next]")["value"]
    assert ask("edith@example.com", next=offered).status_code == 302
