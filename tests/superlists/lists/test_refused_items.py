"""What the server refuses as an item, whatever the browser lets through."""

import pytest

from superlists.lists.forms import ItemForm
from superlists.lists.models import Item, List
from tests.superlists.pages import field, parsed, rows, text

pytestmark = pytest.mark.django_db
EMPTY = "You can't have an empty list item"
DUPLICATE = "You've already got this in your list"
nothing_typed = pytest.mark.parametrize("typed", [{"text": ""}, {"text": " \t\n "}, {"text": "\u2003"}, {}])


@nothing_typed
def test_an_empty_first_item_starts_no_list(client, typed):
    response = client.post("/", typed)
    assert (response.status_code, text(response, ".invalid-feedback")) == (200, EMPTY)
    assert not List.objects.exists()


@nothing_typed
def test_an_empty_item_is_not_added(client, open_list, typed):
    response = client.post(open_list.get_absolute_url(), typed)
    assert (response.status_code, text(response, ".invalid-feedback")) == (200, EMPTY)
    assert rows(response) == ["1: Buy peacock feathers"]
    assert open_list.items.count() == 1


def test_an_item_stands_once_in_a_list(client, open_list):
    response = client.post(open_list.get_absolute_url(), {"text": " Buy peacock feathers "})
    assert (response.status_code, text(response, ".invalid-feedback")) == (200, DUPLICATE)
    assert open_list.items.count() == 1


def test_a_very_long_item_stands_once_as_well(client, start_list):
    long = start_list("x" * 10_000)
    response = client.post(long.get_absolute_url(), {"text": "x" * 10_000})
    assert text(response, ".invalid-feedback") == DUPLICATE


def test_two_lists_can_hold_the_same_item(client, open_list):
    page = client.post("/", {"text": "Buy peacock feathers"}, follow=True)
    assert rows(page) == ["1: Buy peacock feathers"]
    assert Item.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [("x" * 10_001, "Ensure this value has at most 10000 characters (it has 10001)."), ("a\0b", "Null characters")],
)
def test_an_item_that_cannot_be_kept_is_refused(client, open_list, typed, said):
    response = client.post(open_list.get_absolute_url(), {"text": typed})
    assert response.status_code == 200
    assert text(response, ".invalid-feedback").startswith(said)
    assert open_list.items.count() == 1


@pytest.mark.parametrize("typed", ["", "Buy peacock feathers"])
def test_a_refused_item_is_marked_and_tied_to_its_reason(client, open_list, typed):
    response = client.post(open_list.get_absolute_url(), {"text": typed})
    box = field(response, "#id_text")
    assert "is-invalid" in box["class"]
    assert box["aria-invalid"] == "true"
    assert "invalid-feedback" in parsed(response).find(id=box["aria-describedby"])["class"]
    assert box.get("value", "") == typed


def test_an_item_box_that_was_not_refused_is_not_marked(client, open_list):
    box = field(client.get(open_list.get_absolute_url()), "#id_text")
    assert "is-invalid" not in box["class"]
    assert not box.has_attr("aria-invalid")
    assert not box.has_attr("aria-describedby")


def test_of_two_requests_at_once_with_one_item_the_later_is_refused(open_list):
    form = ItemForm({"text": "Make a fly"}, for_list=open_list)
    assert form.is_valid()
    Item.objects.create(list=open_list, text="Make a fly")
    assert form.save_to(open_list) is False
    assert form.errors == {"text": [DUPLICATE]}
    assert open_list.items.count() == 2


def test_the_later_of_two_requests_sees_why(client, open_list, monkeypatch):
    monkeypatch.setattr(ItemForm, "clean_text", lambda form: form.cleaned_data["text"])
    response = client.post(open_list.get_absolute_url(), {"text": "Buy peacock feathers"})
    assert (response.status_code, text(response, ".invalid-feedback")) == (200, DUPLICATE)
    assert "is-invalid" in field(response, "#id_text")["class"]
    assert rows(response) == ["1: Buy peacock feathers"]
