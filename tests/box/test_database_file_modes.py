"""The account that serves and the one that deploys share the database, whichever of them opened it first."""

import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from deploy import site_data as data
from deploy.box_folder import held
from features.project import ROOT
from tests.box.conftest import said
from tests.box.deployed_site import DeployedSite

# Debian sets it to 2: in a sticky folder that a group may write to, nobody opens another's file that they might make.
SETTING = Path("/proc/sys/fs/protected_regular")
READING = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("SELECT count(*) FROM lists_item").fetchone()
print("reading", flush=True)
sys.stdin.read()
"""


@contextmanager
def protected() -> Iterator[str]:
    """Have the kernel protect files as on Debian; tell why this machine does not let a test say so, if it does not."""
    # The setting is the machine's: another group that sets it meanwhile would take 2 for what it was before.
    with held(ROOT / ".pytest_cache" / "protected-regular"):
        before, refusal = SETTING.read_text(), ""
        try:
            SETTING.write_text("2")
        except OSError as error:
            refusal = f"{SETTING} is {before.strip()} and cannot be set: {error.strerror}"
        try:
            yield refusal
        finally:
            with suppress(OSError):
                SETTING.write_text(before)


@pytest.fixture
def serving(either: DeployedSite) -> Iterator[DeployedSite]:
    """The site, whose account has the database open, as during a request."""
    database = str(either.layout.database)
    reading = shlex.join(["sudo", f"--user={either.layout.account}", "python3", "-c", READING, database])
    with subprocess.Popen(either.box.ssh(reading), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "reading\n"
        yield either
        process.communicate(timeout=20)


@pytest.mark.parametrize("either", ["staging"], indirect=True)
def test_who_deploys_writes_to_what_who_serves_opened_first(serving, capsys):
    database, rows = serving.layout.database, serving.rows()
    assert said(serving.box, "sudo", "stat", "--format=%U", f"{database}-shm") == serving.layout.account
    with protected() as refusal:
        if refusal:
            with capsys.disabled():
                print(f"\n{refusal}. So it is only seen that the folder is not sticky.")
            assert "t" not in said(serving.box, "sudo", "stat", "--format=%A", str(database.parent)).lower()
        serving.manage("create_list", "Buy milk")
        serving.manage("migrate", "--noinput")
        data.back_up(serving.site)
    assert serving.rows() == rows + 1
