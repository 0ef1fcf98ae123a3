"""`reset_site` empties every table of the product, and no other."""

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError

from acceptance.django_app import reset
from acceptance.django_app.models import Stamp
from superlists.accounts.models import LoginLink, User
from superlists.lists.models import Item, List, Share
from tests.superlists.testing.conftest import SITE

pytestmark = pytest.mark.usefixtures("stamp")
KEPT = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "acceptance_stamp",
}


@pytest.fixture
def full_site(ediths_list, as_edith):
    """A site with something in every table of the product."""
    ediths_list.shares.create(email="francis@example.com")
    LoginLink.objects.make("francis@example.com")
    for model in (User, LoginLink, List, Item, Share, Session):
        assert model._default_manager.exists()


def test_every_table_is_either_emptied_or_kept_on_purpose(full_site, everything):
    full = {table for table, rows in everything().items() if rows}
    emptied = everything().keys() - KEPT
    assert emptied <= full
    call_command("reset_site", "--site", SITE)
    assert {table for table, rows in everything().items() if table in emptied and rows} == set()


def test_what_is_not_the_products_stays(full_site, everything):
    before = everything()
    call_command("reset_site", "--site", SITE)
    after = everything()
    assert {table: after[table] for table in KEPT} == {table: before[table] for table in KEPT}
    assert Stamp.objects.get().site == SITE


def test_it_says_what_it_emptied(run):
    assert run("reset_site", "--site", SITE) == f"{SITE} is empty"


def test_an_empty_site_can_be_emptied_again(run, everything):
    run("reset_site", "--site", SITE)
    once = everything()
    run("reset_site", "--site", SITE)
    assert everything() == once


def test_whoever_was_logged_in_is_no_longer(as_edith):
    call_command("reset_site", "--site", SITE)
    assert "edith@example.com" not in as_edith.get("/").content.decode()


def test_a_site_that_cannot_be_emptied_whole_is_not_emptied_at_all(full_site, everything, monkeypatch):
    before = everything()
    gone = type("Gone", (), {"_meta": type("Meta", (), {"db_table": "gone"})})
    models = [*reset.product_models(), gone]
    monkeypatch.setattr(reset, "product_models", lambda: models)
    with pytest.raises(DatabaseError, match="no such table: gone"):
        call_command("reset_site", "--site", SITE)
    assert everything() == before
