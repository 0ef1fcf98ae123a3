"""Items are added at the end of a list, and numbered."""

import pytest

from tests.superlists.pages import field, parsed, rows, texts

pytestmark = pytest.mark.django_db


def test_items_are_numbered_in_the_order_they_were_added(client, open_list):
    for text in ("Make a fly", "Catch a fish"):
        response = client.post(open_list.get_absolute_url(), {"text": text})
        assert (response.status_code, response["Location"]) == (302, open_list.get_absolute_url())
    assert rows(client.get(open_list.get_absolute_url())) == [
        "1: Buy peacock feathers",
        "2: Make a fly",
        "3: Catch a fish",
    ]


def test_the_item_box_is_empty_again_afterwards(client, open_list):
    page = client.post(open_list.get_absolute_url(), {"text": "Make a fly"}, follow=True)
    assert not field(page, "#id_text").get("value")


def test_an_item_is_trimmed(client, open_list):
    client.post(open_list.get_absolute_url(), {"text": "  Make a fly \n"})
    assert open_list.items.last().text == "Make a fly"


def test_two_lists_do_not_mix(client, open_list, start_list):
    other = start_list("Buy milk")
    assert rows(client.get(other.get_absolute_url())) == ["1: Buy milk"]
    assert rows(client.get(open_list.get_absolute_url())) == ["1: Buy peacock feathers"]


@pytest.mark.parametrize("item", ["Kauf 1 kg Möhren, 買い物 🦚", "x" * 10_000, "100 % \"quoted\" & 'single'"])
def test_an_item_is_shown_as_it_was_typed(client, item):
    page = client.post("/", {"text": item}, follow=True)
    assert rows(page) == [f"1: {item}"]


def test_markup_in_an_item_is_text_and_nothing_else(client):
    item = "<script>alert('boo')</script>"
    page = client.post("/", {"text": item}, follow=True)
    assert rows(page) == [f"1: {item}"]
    assert not parsed(page).select("table script")
    assert texts(page, "script") == [""]


def test_markup_in_a_refused_item_is_text_as_well(client, open_list):
    item = '"><script>alert(1)</script>'
    for _ in range(2):
        page = client.post(open_list.get_absolute_url(), {"text": item})
    assert field(page, "#id_text")["value"] == item
    assert texts(page, "script") == [""]
