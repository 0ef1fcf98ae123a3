"""Backups do not pile up, and the one that a failed deploy named stays."""

from deploy import site_data
from tests.box.deploy_failures import BACKUP, MIGRATION, refused


def backups(there):
    return there.run("ls", "-1", str(there.layout.backups)).splitlines()


def failed(there):
    """Fail at a migration; return the name of the backup that was told."""
    migration = MIGRATION.format(before="0001_initial", sql="CREATE NONSENSE")
    told = refused(there, there.checkout.commit({"superlists/lists/migrations/0002_kept.py": migration}))
    found = BACKUP.search(told)
    assert found
    return found[1].rpartition("/")[2]


def test_the_last_ones_are_kept_and_the_one_that_a_failed_deploy_named_last(staging, monkeypatch):
    monkeypatch.setattr(site_data, "KEPT", 1)
    first, named = failed(staging), failed(staging)
    said = staging.deploy()
    assert f"Removed the backup {first}" in said
    assert [*backups(staging)[:-1], said.rpartition("/")[2]] == [named, backups(staging)[-1]]
