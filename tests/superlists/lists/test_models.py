"""A list, its items and its shares, as they are kept."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from superlists.lists.models import Item, List

pytestmark = pytest.mark.django_db


def test_a_list_is_named_by_its_first_item(start_list):
    assert str(start_list("Buy peacock feathers", "Make a fly")) == "Buy peacock feathers"
    assert str(start_list()) == ""


def test_items_and_shares_read_as_what_they_hold(ediths_list):
    assert str(ediths_list.items.get()) == "Hang the bunting"
    assert str(ediths_list.shares.create(email="Francis@Example.com")) == "francis@example.com"


def test_the_database_itself_refuses_an_item_twice_in_a_list(open_list, start_list):
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.create(list=open_list, text="Buy peacock feathers")
    start_list("Buy peacock feathers")


def test_the_database_itself_refuses_a_share_twice_whatever_its_case(ediths_list):
    ediths_list.shares.create(email="francis@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        ediths_list.shares.create(email="FRANCIS@example.com")


def test_an_item_can_be_corrected(open_list):
    item = open_list.items.get()
    item.text = "Buy pheasant feathers"
    item.save()
    Item.objects.create(list=open_list, text="Buy peacock feathers")


def test_nobody_owns_an_ownerless_list(open_list, ediths_list, edith, francis):
    assert not open_list.is_owned_by(AnonymousUser())
    assert not open_list.is_owned_by(edith)
    assert ediths_list.is_owned_by(edith)
    assert not ediths_list.is_owned_by(francis)


def test_which_lists_are_open_to_whom(open_list, ediths_list, edith, francis):
    assert set(List.objects.open_to(AnonymousUser())) == {open_list}
    assert set(List.objects.open_to(francis)) == {open_list}
    assert set(List.objects.open_to(edith)) == {open_list, ediths_list}


def test_a_list_shared_with_several_is_open_once(ediths_list, edith):
    for email in ("francis@example.com", "boris@example.com"):
        ediths_list.shares.create(email=email)
    assert list(List.objects.open_to(edith)) == [ediths_list]
