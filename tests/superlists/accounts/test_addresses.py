"""An address is the same whatever its case."""

import pytest

from superlists.accounts.models import LoginLink, User
from superlists.lists.models import List
from tests.superlists.accounts.conftest import logged_in_address
from tests.superlists.pages import rows

pytestmark = pytest.mark.django_db
SHOUTED = "EDITH@Example.COM"


def test_a_person_is_kept_and_found_in_small_letters(edith):
    shouted = User.objects.get(email=SHOUTED)
    assert shouted == edith
    assert User.objects.get_or_create(email=SHOUTED) == (edith, False)
    assert List.objects.filter(owner=SHOUTED).count() == 0


def test_what_was_saved_stands_in_the_instance():
    saved = User.objects.create(email=f" {SHOUTED} ")
    assert (saved.email, saved.pk, str(saved)) == ("edith@example.com",) * 3


def test_a_link_is_kept_and_found_in_small_letters():
    link, _ = LoginLink.objects.make(SHOUTED)
    assert link.email == "edith@example.com"
    assert LoginLink.objects.filter(email__in=[SHOUTED]).get() == link


def test_a_share_is_kept_and_found_in_small_letters(ediths_list):
    share = ediths_list.shares.create(email="Francis@EXAMPLE.com")
    assert share.email == "francis@example.com"
    assert List.objects.filter(shares__email="FRANCIS@example.com").get() == ediths_list


def test_an_owner_is_found_whatever_the_case(ediths_list):
    assert List.objects.filter(owner=SHOUTED).get() == ediths_list


def test_logging_in_in_another_case_is_the_same_person(ask, mailed_path, mailoutbox, client, ediths_list):
    ask(SHOUTED, next=ediths_list.get_absolute_url())
    assert mailoutbox[0].to == ["edith@example.com"]
    assert rows(client.post(mailed_path(), follow=True)) == ["1: Hang the bunting"]
    assert logged_in_address(client) == "edith@example.com"
    assert User.objects.count() == 1


def test_a_list_shared_in_another_case_opens(as_edith, as_francis, ediths_list):
    as_edith.post(f"{ediths_list.get_absolute_url()}share", {"sharee": "FRANCIS@Example.com"})
    assert rows(as_francis.get(ediths_list.get_absolute_url())) == ["1: Hang the bunting"]
