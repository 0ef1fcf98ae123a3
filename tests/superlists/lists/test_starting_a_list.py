"""A first item starts a list."""

from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.urls import resolve

from superlists.lists.models import List
from tests.superlists.pages import rows

pytestmark = pytest.mark.django_db


def test_the_first_item_starts_a_list_with_an_address_of_its_own(client):
    response = client.post("/", {"text": "Buy peacock feathers"})
    started = List.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/lists/{started.pk}/")
    assert rows(client.get(response["Location"])) == ["1: Buy peacock feathers"]


def test_the_address_cannot_be_guessed(client):
    first, second = (client.post("/", {"text": text})["Location"] for text in ("Tea", "Milk"))
    ids = [resolve(path).kwargs["list_id"] for path in (first, second)]
    assert ids[0] != ids[1]
    assert [UUID(str(pk)).version for pk in ids] == [4, 4]


def test_a_visitors_list_has_no_owner(client):
    client.post("/", {"text": "Buy peacock feathers"})
    assert List.objects.get().owner is None


def test_a_list_belongs_to_whoever_is_logged_in(as_edith, edith):
    as_edith.post("/", {"text": "Hang the bunting"})
    assert List.objects.get().owner == edith


def test_starting_a_list_is_logged(client, caplog):
    client.post("/", {"text": "Buy peacock feathers"})
    assert f"Started list {List.objects.get().pk}" in caplog.messages


def test_looking_at_the_home_page_starts_nothing(client):
    assert client.get("/").status_code == 200
    assert client.head("/").status_code == 200
    assert not List.objects.exists()


def test_the_home_page_takes_no_other_method(client):
    assert client.delete("/").status_code == 405


LATER = """CREATE TABLE lists_item (id integer PRIMARY KEY AUTOINCREMENT, list_id text NOT NULL, text text NOT NULL,
digest text NOT NULL, note text NOT NULL)"""


def test_an_item_that_the_database_does_not_take_is_no_duplicate_and_leaves_no_empty_list(client):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE lists_item")
        cursor.execute(LATER)
    with pytest.raises(IntegrityError, match="note"):
        client.post("/", {"text": "Buy peacock feathers"})
    assert not List.objects.exists()
