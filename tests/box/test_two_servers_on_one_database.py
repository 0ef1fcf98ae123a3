"""Two servers whose settings lead to one database, on a third machine: what keeps its rows."""

import os
import re
import subprocess
import sys
from functools import partial

import pytest

from acceptance.ssh import ServerError
from acceptance.targets.base import TargetError
from deploy import site_data as data
from deploy.deployment import DeployError
from deploy.status import status
from features.project import ROOT
from tests.box.deployed_site import DeployedSite
from tests.box.manual_changes import refuses_fixtures, target_of
from tests.box.shared_postgresql import behind

FILL = "from superlists.lists.models import List; List.objects.bulk_create(List() for _ in range(100))"
EMPTYING = (["reset_site", "--site", "127.0.0.1"], ["flush", "--no-input"])
ELSEWHERE = r"\.env leads to the one of DATABASE_URL, not to \S+/db\.sqlite3\."
COUNT = "from superlists.lists.models import List; print(List.objects.count())"


def elsewhere(address: str, **changes: str) -> dict[str, str]:
    """Return the environment of a site on this machine, whose data is in that database."""
    return os.environ | {
        "SITE_ENVIRONMENT": "staging",
        "SUPERLISTS_TESTING": "1",
        "SITENAME": "127.0.0.1",
        "DJANGO_ALLOWED_HOST": "127.0.0.1",
        "DJANGO_SECRET_KEY": "only-for-this-test-" * 4,
        "DATABASE_URL": address,
        **changes,
    }


def lists(there: DeployedSite) -> int:
    return int(there.manage("shell", "--command", COUNT).split()[-1])


def test_productions_own_database_behind_staging(staging, database):
    address, told = database.make("lists"), list[str]()
    data.back_up(staging.site, told.append)
    kept = told[0].rpartition("/")[2]
    production = elsewhere(address, SITE_ENVIRONMENT="production", SUPERLISTS_TESTING="0", DJANGO_DEBUG_FALSE="1")
    for command in (["migrate", "--noinput"], ["shell", "--command", FILL]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=production, check=True, timeout=60)
    with behind(staging, address):
        # It has no table for a stamp: to staging, a site that is not migrated.
        with pytest.raises(TargetError, match="The site staging is not healthy"), target_of(staging):
            pass
        for command in EMPTYING:
            with pytest.raises(ServerError, match="Refused: the database is not stamped as disposable for 127"):
                staging.manage(*command)
        with pytest.raises(DeployError, match=rf"(?s){ELSEWHERE}.*staging was not switched"):
            staging.deploy()
        for work in (data.back_up, partial(data.restore, name=kept), partial(data.query, sql="SELECT 1")):
            with pytest.raises(ServerError, match=ELSEWHERE):
                work(staging.site)
        assert any(re.search(ELSEWHERE, line) for line in status(staging.site))
        # Migrated as staging is, it is still nobody's to empty.
        staging.manage("migrate", "--noinput")
        refuses_fixtures(staging, "not stamped")
        assert lists(staging) == 100
