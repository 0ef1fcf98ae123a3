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
    staging.deploy()
    monkeypatch.setattr(site_data, "KEPT", 1)
    first, named = failed(staging), failed(staging)
    for _ in range(2):
        said = staging.deploy()
    assert f"Removed the backup {first}" in said or first not in backups(staging)
    assert len(backups(staging)) == 2
    assert backups(staging)[0] == named
    assert backups(staging)[-1] in said.rpartition("the database before is ")[2]
