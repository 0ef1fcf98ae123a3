"""Whoever logs in comes back to where she wanted to be, and never to another site."""

import pytest
from django.test import Client

from tests.superlists.pages import field, rows

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    *("//evil.example.com/", "///evil.example.com/", "https://evil.example.com/", "http:evil.example.com"),
    *("/\\evil.example.com/", "\\\\evil.example.com", "javascript:alert(1)", "lists/mine/", "/\t/evil.example.com"),
    # Too long to be kept, and not to be kept by every database.
    *(f"/{'x' * 500}", "/\0"),
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_neither_the_link_nor_the_login_page_leads_to_another_site(client, ask, mailed_path, path):
    ask("edith@example.com", next=path)
    assert client.post(mailed_path())["Location"] == "/"
    page = client.get("/accounts/login/", {"next": path})
    assert not field(page, "main input[name=next]").get("value")


WAYS = {
    "the form of a list that is closed to her": lambda browser, path: field(browser.get(path), "main form"),
    "the navigation bar of that page": lambda browser, path: field(browser.get(path), ".navbar form"),
    "a refusal of her address": lambda browser, path: field(
        browser.post("/accounts/send_login_email", {"email": "edith", "next": path}), "main form"
    ),
    "sharing a list after she was logged out": lambda browser, path: field(
        browser.post(f"{path}share", {"sharee": "francis@example.com"}), "main form"
    ),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("in_another_browser", [False, True])
def test_she_comes_back_to_the_list(client, mailed_path, ediths_list, way, in_another_browser):
    form = way(client, ediths_list.get_absolute_url())
    sent = {"email": "edith@example.com", "next": form.select_one("[name=next]")["value"]}
    client.post(form["action"], sent)
    browser = Client() if in_another_browser else client
    back = browser.post(mailed_path(), follow=True)
    assert back.redirect_chain[-1][0] == ediths_list.get_absolute_url()
    assert rows(back) == ["1: Hang the bunting"]


def test_there_is_no_coming_back_to_a_sent_form_nor_to_a_page_about_logging_in(client, open_list):
    refused = client.post(open_list.get_absolute_url(), {"text": ""})
    for page in (refused, client.get("/accounts/login/"), client.get("/accounts/login/made-up/")):
        assert not field(page, ".navbar input[name=next]").get("value")
