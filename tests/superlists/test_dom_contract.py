"""The names by which other tools find their way on the site's pages."""

import pytest
from django.test import Client

from tests.superlists.pages import parsed, text, texts

pytestmark = pytest.mark.django_db


def test_the_item_box_is_as_promised():
    for shown in (Client().get("/"), Client().post("/", {"text": "Tea"}, follow=True)):
        (box,) = parsed(shown).select("form[method=post] #id_text")
        assert (box["name"], box["placeholder"]) == ("text", "Enter a to-do item")
        assert box.has_attr("required")


def test_logged_out_the_navigation_bar_asks_for_an_address():
    shown = parsed(Client().get("/"))
    (box,) = shown.select(".navbar input[name=email]")
    assert box["type"] == "email"
    assert box.find_parent("form")["action"] == "/accounts/send_login_email"
    assert box.find_parent("form")["method"] == "post"
    assert not shown.select("#id_logout, a[href='/lists/mine/']")


def test_logged_in_the_navigation_bar_shows_who_and_leads_to_her_lists(as_edith):
    shown = as_edith.get("/")
    assert "edith@example.com" in text(shown, ".navbar")
    assert texts(shown, ".navbar a[href='/lists/mine/']") == ["My lists"]
    assert texts(shown, "button#id_logout[type=submit]") == ["Log out"]
    assert not parsed(shown).select("input[name=email]")


def test_the_share_box_is_as_promised(as_edith, ediths_list):
    (box,) = parsed(as_edith.get(ediths_list.get_absolute_url())).select("input[name=sharee]")
    assert (box["type"], box["placeholder"]) == ("email", "your-friend@example.com")
