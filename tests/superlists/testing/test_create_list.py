"""`create_list` and `share_list` make what people would have made."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import resolve

from superlists.accounts.models import User
from superlists.lists.models import Item, List, Share
from tests.superlists.pages import rows, texts

pytestmark = pytest.mark.usefixtures("stamp")
NOWHERE = "5c1a7d0e-0000-4000-8000-000000000000"


def test_it_prints_the_path_of_the_new_list(run, client):
    path = run("create_list", "Buy peacock feathers", "Make a fly")
    assert resolve(path).kwargs == {"list_id": List.objects.get().pk}
    assert rows(client.get(path)) == ["1: Buy peacock feathers", "2: Make a fly"]
    assert List.objects.get().owner is None


def test_an_owner_gets_it_among_her_lists(run, as_edith):
    run("create_list", "Hang the bunting", "--owner", "EDITH@example.com")
    assert texts(as_edith.get("/lists/mine/"), "#id_own_lists li") == ["Hang the bunting"]


def test_an_owner_whom_nobody_knew_is_known_from_then_on(run):
    run("create_list", "Hang the bunting", "--owner", "newcomer@example.com")
    assert List.objects.get().owner == User.objects.get(email="newcomer@example.com")


def test_an_item_given_twice_stands_there_once(run):
    run("create_list", "Tea", "Milk", "Tea")
    assert [item.text for item in Item.objects.all()] == ["Tea", "Milk"]


def test_each_time_it_is_another_list(run):
    assert run("create_list", "Tea") != run("create_list", "Tea")
    assert List.objects.count() == 2


def test_an_owner_has_an_address():
    with pytest.raises(CommandError, match="'edith' is not an email address"):
        call_command("create_list", "Tea", "--owner", "edith")
    assert not List.objects.exists()


@pytest.mark.parametrize("arguments", [["Tea", "--owner", ""], [""], ["  "]])
def test_a_list_that_nobody_could_have_made_is_refused(arguments):
    with pytest.raises(CommandError):
        call_command("create_list", *arguments)


def test_a_list_has_an_item():
    with pytest.raises(CommandError, match="required: ITEM"):
        call_command("create_list")


@pytest.mark.parametrize("form", ["{0.pk}", "/lists/{0.pk}/", "http://localhost:8000/lists/{0.pk}/"])
def test_a_list_is_shared_by_id_path_or_address(run, ediths_list, as_francis, form):
    assert run("share_list", form.format(ediths_list), "Francis@Example.com") == "francis@example.com"
    assert rows(as_francis.get(ediths_list.get_absolute_url())) == ["1: Hang the bunting"]


def test_sharing_a_second_time_changes_nothing(run, ediths_list):
    for email in ("francis@example.com", "FRANCIS@example.com"):
        run("share_list", str(ediths_list.pk), email)
    assert [share.email for share in Share.objects.all()] == ["francis@example.com"]


@pytest.mark.parametrize("named", [NOWHERE, f"/lists/{NOWHERE}/", "street party", ""])
def test_a_list_that_is_not_there_cannot_be_shared(named):
    with pytest.raises(CommandError, match=f"^There is no list {named!r}$"):
        call_command("share_list", named, "francis@example.com")


def test_an_ownerless_list_cannot_be_shared(open_list):
    with pytest.raises(CommandError, match="has no owner who could share it"):
        call_command("share_list", str(open_list.pk), "francis@example.com")
    assert not Share.objects.exists()


def test_a_list_is_shared_with_an_address(ediths_list):
    with pytest.raises(CommandError, match="'francis' is not an email address"):
        call_command("share_list", str(ediths_list.pk), "francis")
    assert not Share.objects.exists()


def test_an_owner_does_not_share_with_herself(ediths_list):
    with pytest.raises(CommandError, match=r"edith@example\.com owns the list"):
        call_command("share_list", str(ediths_list.pk), "EDITH@example.com")
    assert not Share.objects.exists()
