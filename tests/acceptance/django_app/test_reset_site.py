"""`reset_site` empties every table of the product, and no other."""

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError

from acceptance.django_app.management.commands import reset_site
from superlists.accounts.models import LoginLink, User
from superlists.lists.models import Item, List, Share
from tests.acceptance.django_app.conftest import SITE

pytestmark = pytest.mark.usefixtures("stamp")
KEPT = {
    *("auth_group", "auth_group_permissions", "auth_permission"),
    *("django_content_type", "django_migrations", "acceptance_stamp"),
}


@pytest.fixture
def full_site(ediths_list, as_edith):
    """A site with something in every table of the product."""
    ediths_list.shares.create(email="francis@example.com")
    LoginLink.objects.make("francis@example.com")
    for model in (User, LoginLink, List, Item, Share, Session):
        assert model._default_manager.exists()


def test_every_table_is_either_emptied_or_kept_on_purpose(full_site, everything, run):
    before = everything()
    assert before.keys() - KEPT <= {table for table, rows in before.items() if rows}
    for _ in range(2):
        assert run("reset_site", "--site", SITE) == f"{SITE} is empty"
        after = everything()
        assert {table for table, rows in after.items() if table not in KEPT and rows} == set()
        assert {table: after[table] for table in KEPT} == {table: before[table] for table in KEPT}


def test_single_models_can_be_emptied_with_what_ties_them_to_others(acceptance):
    acceptance(emptied=["auth.Group"])
    tables = [model._meta.db_table for model in reset_site.emptied_models()]
    assert tables == ["auth_group_permissions", "auth_group"]


def test_a_site_that_cannot_be_emptied_whole_is_not_emptied_at_all(full_site, everything, monkeypatch):
    before = everything()
    gone = type("Gone", (), {"_meta": type("Meta", (), {"db_table": "gone"})})
    models = [*reset_site.emptied_models(), gone]
    monkeypatch.setattr(reset_site, "emptied_models", lambda: models)
    with pytest.raises(DatabaseError, match="no such table: gone"):
        call_command("reset_site", "--site", SITE)
    assert everything() == before
