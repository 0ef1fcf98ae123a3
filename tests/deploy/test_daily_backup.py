"""The daily backup as the timer runs it: what is kept, and what becomes of one that fails."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from deploy import backups
from deploy.backups import PROGRAMS
from deploy.remote.backup import old
from deploy.remote_programs import REMOTE
from tests.deploy.this_machine import ThisMachine, layout_in
from tests.sqlite_statements import sql

OLD = [f"2020-10-{day:02}T00-30-00.000001Z-daily.sqlite3" for day in range(1, 15)]
THEIRS = ["2020-10-01T00-30-00.000001Z-deploy.sqlite3", "2020-10-01T00-30-00.000001Z.sqlite3", "x-daily.sqlite3"]
TABLES = ("CREATE TABLE django_migrations AS SELECT 'lists' AS app", "CREATE TABLE lists AS SELECT 'Buy milk' AS name")


@pytest.fixture
def site(tmp_path):
    """What provisioning puts on a server, and backups of two weeks."""
    for name in ("backups", "database"):
        (tmp_path / name).mkdir()
    for name in (*PROGRAMS, "database"):
        shutil.copy(REMOTE / f"{name}.py", tmp_path)
    database = tmp_path / "database" / "db.sqlite3"
    environment = tmp_path / ".env"
    environment.write_text(f"DJANGO_DB_PATH='{database}'\n")
    settings = {
        "program": "database",
        "database": str(database),
        "led_to": str(database),
        "lock": str(database),
        "locked_by": [],
        "environment": str(environment),
        "settings": {"DJANGO_DB_PATH": str(database)},
        "backups": str(tmp_path / "backups"),
        "suffix": "sqlite3",
        "to": "",
    }
    (tmp_path / "backup.json").write_text(json.dumps(settings))
    sql(database, "PRAGMA journal_mode=WAL", *TABLES)
    for name in (*OLD, *THEIRS):
        (tmp_path / "backups" / name).touch()
    return tmp_path


def run(folder: Path) -> "subprocess.CompletedProcess[str]":
    argv = [sys.executable, str(folder / "backup.py"), str(folder / "backup.json")]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)


def names(folder: Path) -> set[str]:
    return {path.name for path in (folder / "backups").iterdir() if not path.name.startswith(".daily")}


def test_a_whole_copy_is_made_and_only_then_old_ones_of_its_own_go(site):
    done = run(site)
    assert (done.returncode, done.stderr) == (0, "")
    new = done.stdout.strip()
    assert sql(site / "backups" / new, "SELECT * FROM lists") == [("Buy milk",)]
    # Today and the last six days before; then Sunday of the week before those.
    assert names(site) == {new, *OLD[-6:], OLD[3], *THEIRS}


def damaged(database: Path) -> None:
    sql(database, "PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(b"x" * 4096)


def made_by_a_request(database: Path) -> None:
    """SQLite makes an empty one where the disk is not mounted."""
    database.unlink()
    sql(database, "PRAGMA journal_mode=WAL")


def led_elsewhere(database: Path) -> None:
    (database.parents[1] / ".env").write_text("DJANGO_DB_PATH='/elsewhere'\n")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (damaged, "is damaged"),
        (made_by_a_request, "holds no table"),
        (Path.unlink, "No such file or directory"),
        (led_elsewhere, "leads to /elsewhere"),
    ],
)
def test_one_that_fails_says_why_and_removes_nothing(site, spoil, why):
    spoil(site / "database" / "db.sqlite3")
    done = run(site)
    assert (done.returncode, done.stdout) == (1, "")
    assert why in done.stderr.splitlines()[-1]
    assert names(site) == {*OLD, *THEIRS}


def test_day_after_day_seven_are_kept_and_four_that_reach_back_a_month():
    """The bug: a week's last copy goes with the days, so that nothing old is ever there."""
    kept: list[str] = []
    for day in range(100):
        new = f"{date(2026, 1, 1) + timedelta(day)}T00-30-00.000001Z-daily.dump"
        kept = [name for name in [*kept, new] if name not in old([*kept, new], new)]
    days = [(date(2026, 4, 10) - date.fromisoformat(name[:10])).days for name in kept]
    assert days[-7:] == [6, 5, 4, 3, 2, 1, 0]
    assert len(days) == 11
    assert days[0] >= 28


def test_a_second_one_of_a_day_replaces_the_first_and_a_clock_set_back_costs_no_new_one():
    twice = [f"2020-10-14T0{hour}-30-00.000001Z-daily.sqlite3" for hour in (1, 2)]
    assert old([*OLD[8:], *twice], twice[-1]) == [OLD[13], twice[0]]
    weekly = [f"2020-0{month}-15T00-30-00.000001Z-daily.sqlite3" for month in range(1, 10)]
    now = "1970-01-01T00-00-00.000001Z-daily.sqlite3"
    assert old([*OLD[-7:], *weekly, now], now) == weekly[:-4]


def test_each_backup_is_told_by_its_kind_and_a_timer_that_does_nothing_for_long_by_its_age(tmp_path, monkeypatch):
    folder, server = layout_in(tmp_path), ThisMachine()
    monkeypatch.setattr(
        backups, "_shown", lambda _server, _unit, name: "active" if name == "ActiveState" else "success"
    )
    assert backups.summary(server, folder) == "there are none yet; a timer makes daily ones"
    # An old one, and never a daily one: no timer has made any.
    old_one = tmp_path / "backups" / "2020-10-02T00-30-00.000001Z-deploy.sqlite3"
    old_one.touch()
    assert "NO daily ones are made: none was made yet, though" in backups.summary(server, folder)
    old_one.unlink()
    for name in ("2020-10-02T00-30-00.000001Z.sqlite3", *THEIRS[:1], f"{OLD[-1]}.unfinished", ".turns.lock"):
        (tmp_path / "backups" / name).touch()
    for hours, kind in ((37, "daily"), (1, "manual")):
        made = f"{datetime.now(UTC) - timedelta(hours=hours):%Y-%m-%dT%H-%M-%S.%fZ}"
        (tmp_path / "backups" / f"{made}-{kind}.sqlite3").touch()
    (tmp_path / "backups" / "before the big change").touch()
    kinds = [backup.kind for backup in backups.on_server(server, folder)]
    assert kinds == ["before a deploy", "by a deploy, a restore or by hand", "daily", "by hand", "by hand"]
    told = "the newest is 0 h old, by hand; NO daily ones are made: the newest is 37 h old"
    assert backups.summary(server, folder) == told
