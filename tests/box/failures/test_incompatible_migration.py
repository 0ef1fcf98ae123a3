"""A migration that takes away what the release before reads: noticed before the switch, undone by a backup."""

import re

import pytest

from deploy import site_data as data
from deploy.deployment import DeployError
from deploy.doctor import BrokenError, examine
from deploy.status import status
from tests.box.deploy_failures import MIGRATION
from tests.box.manual_changes import STAMPED

RENAMED = "ALTER TABLE lists_item RENAME COLUMN text TO words"
BACK = re.compile(r"fab restore staging (\S+\.sqlite3) puts it back")


def test_the_release_before_has_to_work_on_the_new_schema(staging, monkeypatch):
    staging.manage("create_list", "Precious")
    before, rows = staging.release, staging.rows()
    monkeypatch.setattr("deploy.smoke.HEALTHY_WITHIN_S", 2)
    migration = MIGRATION.format(before="0001_initial", sql=RENAMED)
    with pytest.raises(DeployError, match=r"'schema_fits': False") as failure:
        staging.deploy(staging.checkout.commit({"superlists/lists/migrations/0002_renamed.py": migration}))
    told = str(failure.value)
    assert f"staging was not switched: {before} serves on, and is no longer well" in told
    assert "database:     sqlite, answers, migrated by ANOTHER release" in list(status(staging.site))
    with pytest.raises(BrokenError, match="broken: the database has what this release reads"):
        list(examine(staging.site))
    back = BACK.search(told)
    assert back
    monkeypatch.undo()
    data.restore(staging.site, back[1], say=staging.said.append)
    staging.sql(STAMPED)
    assert (staging.release, staging.rows()) == (before, rows)
