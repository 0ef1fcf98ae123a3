"""A first item starts a list; more are added at its end; what the server refuses, whatever the browser lets through."""

from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import resolve

from superlists.lists.forms import ItemForm
from superlists.lists.models import Item, List
from tests.superlists.pages import field, parsed, rows, text, texts

pytestmark = pytest.mark.django_db
EMPTY = "You can't have an empty list item"
DUPLICATE = "You've already got this in your list"
LATER = """CREATE TABLE lists_item (id integer PRIMARY KEY AUTOINCREMENT, list_id text NOT NULL, text text NOT NULL,
digest text NOT NULL, note text NOT NULL)"""


@pytest.fixture
def path(open_list):
    return open_list.get_absolute_url()


def test_the_first_item_starts_a_list_of_nobodys_with_an_address_of_its_own(client, caplog):
    for item in ("Buy peacock feathers", "Tea"):
        response = client.post("/", {"text": item})
        assert (response.status_code, rows(client.get(response["Location"]))) == (302, [f"1: {item}"])
        started = List.objects.get(pk=resolve(response["Location"]).kwargs["list_id"])
        # Whoever can guess it may open it.
        assert UUID(str(started.pk)).version == 4
        assert started.owner is None
        assert "Started a list of nobody" in caplog.messages
    assert List.objects.count() == 2


def test_a_list_belongs_to_whoever_is_logged_in(as_francis, edith, francis):
    as_francis.post("/", {"text": "Hang the bunting"})
    as_francis.post("/", {"text": "Mow the lawn"})
    assert [made.owner for made in List.objects.all()] == [francis, francis]


def test_looking_starts_nothing_and_other_methods_are_refused(client):
    assert [look("/").status_code for look in (client.get, client.head, client.delete)] == [200, 200, 405]
    assert not List.objects.exists()


def test_items_are_numbered_in_the_order_they_were_added_each_on_its_list(client, start_list, path):
    other = start_list("Buy milk")
    for item in ("Make a fly", "  Catch a fish \n"):
        response = client.post(path, {"text": item})
        assert (response.status_code, response["Location"]) == (302, path)
    page = client.get(path)
    assert rows(page) == ["1: Buy peacock feathers", "2: Make a fly", "3: Catch a fish"]
    box = field(page, "#id_text")
    assert (box.get("value", ""), box.find_parent("form")["action"]) == ("", path)
    assert rows(client.get(other.get_absolute_url())) == ["1: Buy milk"]


@pytest.mark.parametrize(
    "item",
    [
        "1 kg Möhren, 買い物 🦚",
        "x" * 10_000,
        "\"quoted\" & 'single' <b>",
        "<script>alert('boo')</script>",
        "if  late:\tcall",
    ],
)
def test_an_item_is_shown_as_it_was_typed_and_refused_when_it_is_typed_again(client, item):
    page = client.post("/", {"text": item}, follow=True)
    assert rows(page) == [f"1: {item}"]
    assert texts(page, "script") == [""]
    again = client.post(page.redirect_chain[-1][0], {"text": f" {item} "})
    assert (again.status_code, text(again, ".invalid-feedback")) == (200, DUPLICATE)
    assert field(again, "#id_text")["value"].strip() == item
    assert texts(again, "script") == [""]
    assert rows(again) == [f"1: {item}"]
    # Another list may hold it as well.
    other = client.post("/", {"text": "Tea"})["Location"]
    assert rows(client.post(other, {"text": item}, follow=True)) == ["1: Tea", f"2: {item}"]


def test_a_full_list_says_so_and_takes_no_more(client, open_list, path, monkeypatch):
    monkeypatch.setattr("superlists.lists.forms.MAX_ITEMS", 2)
    assert client.post(path, {"text": "Make a fly"}).status_code == 302
    refused = client.post(path, {"text": "Catch a fish"})
    reason = "This list has 1,000 items, and no room for more. Start another list."
    assert (refused.status_code, text(refused, ".invalid-feedback")) == (200, reason)
    assert rows(refused) == ["1: Buy peacock feathers", "2: Make a fly"]


@pytest.mark.parametrize(
    ("one", "other"), [("買い物", "牛乳"), ("Polish", "polish"), ("Resume", "Résumé"), ("2 eggs", "2  eggs")]
)
def test_items_that_differ_in_any_character_are_two(client, one, other):
    path = client.post("/", {"text": one})["Location"]
    assert rows(client.post(path, {"text": other}, follow=True)) == [f"1: {one}", f"2: {other}"]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        *(({"text": blank}, EMPTY) for blank in ("", " \t\n ", "\u2003")),
        ({}, EMPTY),
        ({"text": "x" * 10_001}, "Ensure this value has at most 10000 characters (it has 10001)."),
        ({"text": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_an_item_neither_starts_a_list_nor_gets_onto_one(client, open_list, path, typed, reason):
    assert not field(client.get(path), "#id_text").has_attr("aria-invalid")
    for response in (client.post("/", typed), client.post(path, typed)):
        assert (response.status_code, text(response, ".invalid-feedback")) == (200, reason)
        box = field(response, "#id_text")
        assert ("is-invalid" in box["class"], box["aria-invalid"]) == (True, "true")
        assert "invalid-feedback" in parsed(response).find(id=box["aria-describedby"])["class"]
    assert rows(response) == ["1: Buy peacock feathers"]
    assert (List.objects.count(), Item.objects.count()) == (1, 1)


def test_of_two_requests_at_once_with_one_item_the_later_sees_why_it_is_refused(client, path, monkeypatch):
    monkeypatch.setattr(ItemForm, "clean_text", lambda form: form.cleaned_data["text"])
    response = client.post(path, {"text": "Buy peacock feathers"})
    assert (response.status_code, text(response, ".invalid-feedback")) == (200, DUPLICATE)
    assert rows(response) == ["1: Buy peacock feathers"]


def test_the_database_itself_refuses_an_item_twice_in_a_list_but_an_item_can_be_corrected(open_list):
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.create(list=open_list, text="Buy peacock feathers")
    item = open_list.items.get()
    item.text = "Buy pheasant feathers"
    item.save()
    Item.objects.create(list=open_list, text="Buy peacock feathers")


def test_an_item_that_the_database_does_not_take_is_no_duplicate_and_leaves_no_empty_list(client):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE lists_item")
        cursor.execute(LATER)
    with pytest.raises(IntegrityError, match="note"):
        client.post("/", {"text": "Buy peacock feathers"})
    assert not List.objects.exists()
