"""A database, or the file of its lock, that is exchanged while somebody waits for it or is at work on it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.django_app.channel import Channel
from tests.sqlite_statements import sql
from tests.superlists.checkout import await_lock_file, python, started

RESET = ("manage.py", "reset_site", "--site", "localhost")
HOLD_LOCK = Path("deploy/remote/lock.py").read_text()
PRECIOUS = ["edith@example.com"]


@pytest.fixture
def site(checkout, tmp_path):
    """A copy of the site with a stamped database of its own."""
    shutil.copytree(checkout, tmp_path / "site", ignore=shutil.ignore_patterns("*.lock", "*-wal", "*-shm"))
    return tmp_path / "site"


@pytest.fixture
def dump(checkout, tmp_path):
    """Somebody's data, without a stamp."""
    path = shutil.copy(checkout / "db.sqlite3", tmp_path / "dump.sqlite3")
    sql(path, "DELETE FROM acceptance_stamp", "INSERT INTO accounts_user (email) VALUES ('edith@example.com')")
    return path


def people(database):
    return [email for (email,) in sql(database, "SELECT email FROM accounts_user")]


def put_in_place(dump, site):
    """Do what a person does who restores by hand."""
    for beside in ("-wal", "-shm"):
        (site / f"db.sqlite3{beside}").unlink(missing_ok=True)
    shutil.move(dump, site / "db.sqlite3")


def test_who_waited_to_empty_a_database_looks_at_its_stamp_again(site, dump):
    with Channel(site) as channel:
        waiting = started(site, *RESET, "--wait", "60")
        await_lock_file(waiting)
        put_in_place(dump, site)
        channel.close()
        out, err = waiting.communicate(timeout=60)
    assert (out, waiting.returncode, people(site / "db.sqlite3")) == ("", 1, PRECIOUS)
    assert "Refused: the database is not stamped as disposable for localhost." in err


def test_who_waited_for_one_database_empties_no_other_that_its_name_leads_to(site, tmp_path):
    for name in ("one", "other"):
        shutil.copy(site / "db.sqlite3", tmp_path / f"{name}.sqlite3")
    (site / "db.sqlite3").unlink()
    (site / "db.sqlite3").symlink_to(tmp_path / "one.sqlite3")
    with Channel(site) as first:
        waiting = started(site, *RESET, "--wait", "60")
        await_lock_file(waiting)
        (site / "db.sqlite3").unlink()
        (site / "db.sqlite3").symlink_to(tmp_path / "other.sqlite3")
        with Channel(site) as second:
            first.close()
            out, err = waiting.communicate(timeout=60)
            assert second.ask("reset_site", "--site", "localhost") == {"printed": "localhost is empty"}
    assert (out, waiting.returncode) == ("", 1)
    assert "db.sqlite3 is another file than when its lock was taken" in err


def test_a_channel_that_waited_looks_at_the_stamp_again(site, dump):
    with Channel(site) as first:
        second = Channel(site, "--wait", "60")
        await_lock_file(second.process)
        put_in_place(dump, site)
        first.close()
        out, err = second.process.communicate(timeout=60)
    assert (out, second.process.returncode) == ("", 1)
    assert "Refused: the database is not stamped as disposable for localhost." in err


def test_a_channel_whose_database_is_exchanged_makes_and_empties_nothing_any_more(site, dump):
    with Channel(site) as channel:
        channel.ask("create_list", "Buy milk")
        put_in_place(dump, site)
        for command in (["create_list", "Make tea"], ["reset_site", "--site", "localhost"]):
            assert "is another file than when its lock was taken" in channel.ask(*command)["refused"]
    assert people(site / "db.sqlite3") == PRECIOUS


def test_a_channel_whose_lock_is_removed_does_nothing_beside_whoever_comes_next(site):
    with Channel(site) as first:
        (site / "db.sqlite3.lock").unlink()
        with Channel(site) as second:
            assert "the lock on the database was lost" in first.ask("reset_site", "--site", "localhost")["refused"]
            assert second.ask("reset_site", "--site", "localhost") == {"printed": "localhost is empty"}


def test_who_waits_for_a_lock_that_is_removed_waits_for_the_one_that_came_in_its_place(site):
    with Channel(site) as first:
        waiting = started(site, *RESET, "--wait", "60")
        await_lock_file(waiting)
        (site / "db.sqlite3.lock").unlink()
        with Channel(site, "--holder", "the second") as second:
            first.close()
            assert python(site, *RESET).returncode == 1
            assert waiting.poll() is None
            second.close()
        assert waiting.communicate(timeout=60) == ("localhost is empty\n", "")


@pytest.mark.parametrize("named", ["db.sqlite3", "link.sqlite3", "folder/db.sqlite3"])
def test_a_deploy_and_a_channel_have_one_lock_whatever_the_database_is_called(site, tmp_path, named):
    (tmp_path / "elsewhere").mkdir()
    shutil.move(site / "db.sqlite3", tmp_path / "elsewhere" / "real.sqlite3")
    (site / "db.sqlite3").symlink_to(tmp_path / "elsewhere" / "real.sqlite3")
    (site / "link.sqlite3").symlink_to("db.sqlite3")
    (site / "folder").symlink_to(site)
    command = [sys.executable, "-c", HOLD_LOCK, "hold", str(site / named), "{}", "0", "60"]
    with Channel(site, "--holder", "a run"):
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (refused.returncode, refused.stdout.partition(" since ")[0]) == (75, "a run")


def test_a_database_with_two_names_on_the_disk_is_refused(site):
    (site / "second.sqlite3").hardlink_to(site / "db.sqlite3")
    refused = python(site, *RESET)
    assert refused.returncode == 1
    assert "db.sqlite3 has 2 names (hard links), and each would have a lock of its own" in refused.stderr


def test_a_lock_that_is_a_link_is_not_followed(site, tmp_path):
    theirs = tmp_path / "precious.txt"
    theirs.write_text("precious")
    (site / "db.sqlite3.lock").symlink_to(theirs)
    refused = python(site, *RESET)
    assert (refused.returncode, theirs.read_text()) == (1, "precious")
    assert f"Refused: the lock {site}/db.sqlite3.lock cannot be opened: it is a symbolic link" in refused.stderr
