"""The lock of a site's database, held and lost by real processes of this machine."""

import fcntl
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from acceptance.django_app import lock as of_scenarios
from acceptance.remote_command import Command
from acceptance.ssh import ServerError
from deploy import site_lock
from deploy.remote import lock
from deploy.remote_programs import source
from deploy.site_lock import held, lock_state, with_lock
from tests.deploy.this_machine import ThisMachine, layout_in
from tests.superlists.checkout import await_lock_file

LOST = "Writing failed with exit code 79: the site's lock was lost, so nothing was done"
SINCE = "2026-11-20 12:00:00 UTC"


@pytest.fixture
def layout(tmp_path):
    return layout_in(tmp_path)


def token_of(folder, who):
    """Return a token that no other test has; a socket's name has room for a hundred characters."""
    return hashlib.sha256(f"{folder}/{who}".encode()).hexdigest()


@pytest.fixture
def hold(tmp_path):
    """Ask for the lock as somebody; every holder lets go in the end."""
    holders = []

    def ask(who, wait_s=0.0):
        owner = json.dumps({"holder": who, "since": SINCE, "token": token_of(tmp_path, who)})
        command = [sys.executable, "-c", source("lock"), "hold", str(tmp_path / "db"), owner, str(wait_s), "20"]
        pipe = subprocess.PIPE
        holders.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True))
        return holders[-1]

    yield ask
    for holder in holders:
        if holder.returncode is None:
            holder.communicate(timeout=10)


@pytest.fixture
def first(hold):
    """Somebody who holds it."""
    holder = hold("edith@laptop, deploying")
    assert holder.stdout.readline() == "held\n"
    return holder


def test_who_comes_second_is_told_who_holds_it_and_since_when(first, hold, tmp_path):
    second = hold("boris@desk, restoring")
    assert second.communicate(timeout=10)[0] == f"edith@laptop, deploying since {SINCE}\n"
    assert second.returncode == 75
    # As the site itself writes it, or as nobody did.
    for text, told in (('{"holder": "x", "since": "noon"}', "x since noon"), ("[]", "another process")):
        (tmp_path / "db.lock").write_text(text)
        assert hold("boris").communicate(timeout=10)[0].strip() == told


@pytest.mark.parametrize("killed", [False, True])
def test_who_waits_gets_it_once_its_holder_ends(first, hold, killed):
    second = hold("boris", wait_s=10)
    if killed:
        first.kill()
    first.communicate(timeout=10)
    assert second.stdout.readline() == "held\n"


def test_who_waits_for_a_lock_that_is_removed_waits_for_the_one_that_came_in_its_place(first, hold, tmp_path):
    waiting = hold("boris", wait_s=30)
    await_lock_file(waiting)
    with (tmp_path / "another").open("w") as another:
        # Held before it takes the other's place: whoever waits has no moment to take it first.
        fcntl.flock(another, fcntl.LOCK_EX)
        another.write(json.dumps({"holder": "francis", "since": SINCE}))
        another.flush()
        Path(another.name).replace(tmp_path / "db.lock")
        first.communicate(timeout=10)
        assert hold("harriet").communicate(timeout=10)[0].startswith("francis")
    assert waiting.stdout.readline() == "held\n"
    assert json.loads((tmp_path / "db.lock").read_text())["holder"] == "boris"


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("symlink_to", "cannot be opened: it is a symbolic link"),
        ("hardlink_to", "is not written to: another file's name leads to it as well"),
    ],
)
def test_a_lock_that_is_a_link_is_not_written_to(hold, tmp_path, link, why):
    theirs = tmp_path / "precious.txt"
    theirs.write_text("precious")
    getattr(tmp_path / "db.lock", link)(theirs)
    holder = hold("edith")
    assert holder.communicate(timeout=10)[1] == f"{tmp_path}/db.lock {why}\n"
    assert (holder.returncode, theirs.read_text()) == (1, "precious")


def writing(path, content="", **changes):
    return Command(("dd", "status=none", f"of={path}"), step="Writing", stdin=content, **changes)


@pytest.mark.parametrize("sudo", [False, True])
@pytest.mark.parametrize(
    "lose",
    [
        lambda machine, _: machine.opened[0].kill(),
        lambda _, layout: Path(layout.lock).unlink(),
        lambda _, layout: Path(layout.database).symlink_to("other.sqlite3"),
    ],
    ids=["its holder is killed", "its file is removed", "the database is another"],
)
def test_a_deploy_that_has_lost_its_lock_does_nothing_beside_whoever_comes_next(layout, tmp_path, lose, sudo):
    one = ThisMachine()
    with held(one, layout, "deploying"):
        one.run(writing(tmp_path / "before"))
        lose(one, layout)
        with held(ThisMachine(), layout, "deploying at a desk"):
            with pytest.raises(ServerError, match=LOST):
                one.run(writing(tmp_path / "after", sudo=sudo))
            assert "at a desk" in lock_state(ThisMachine(), layout)
    assert [(tmp_path / name).exists() for name in ("before", "after")] == [True, False]


def test_a_deploy_that_was_suspended_does_nothing_more(layout, tmp_path, monkeypatch):
    monkeypatch.setattr(site_lock, "SILENCE_S", 1)
    one = ThisMachine()
    with held(one, layout, "deploying in a train"), held(ThisMachine(), layout, "at a desk", wait_s=20):
        with pytest.raises(ServerError, match=LOST):
            one.run(writing(tmp_path / "after"))
        assert not (tmp_path / "after").exists()


def test_a_step_keeps_the_lock_until_its_end_whatever_becomes_of_the_holder(layout, tmp_path, monkeypatch):
    monkeypatch.setattr(site_lock, "TURN_WITHIN_S", 0.1)
    one = ThisMachine()
    with held(one, layout, "deploying"):
        waiting = ("sh", "-c", f"echo begun; read line; echo $line > {tmp_path / 'after'}")
        token = json.loads(Path(layout.lock).read_text())["token"]
        step = one.open(with_lock(Command(waiting, step="Taking its time"), token, str(layout.turns)))
        assert step.read(20) == b"begun\n"
        with pytest.raises(ServerError, match="a step of a deploy that was cut off still runs there"):
            one.run(Command(("true",), step="Looking"))
        one.opened[0].kill()
        with Path(layout.lock).open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        step.write(b"done\n")
        assert step.read(20) == b""
        step.close()
    with held(ThisMachine(), layout, "deploying at a desk"):
        assert (tmp_path / "after").read_text() == "done\n"


def test_who_holds_it_is_told_until_they_do_no_more(layout):
    assert lock_state(ThisMachine(), layout) == "free"
    with Path(layout.lock).open("w") as file:
        json.dump({"holder": "edith", "since": "noon"}, file)
        file.flush()
        assert lock_state(ThisMachine(), layout) == "free"
        fcntl.flock(file, fcntl.LOCK_EX)
        assert lock_state(ThisMachine(), layout) == "held by edith since noon"
        # The lock of a database that is a link is beside the file itself.
        Path(layout.lock).rename(layout.lock.with_name("lists.lock"))
        Path(layout.database).symlink_to("lists")
        assert lock_state(ThisMachine(), layout) == "held by edith since noon"


def test_who_comes_while_somebody_looks_is_not_refused(layout, monkeypatch, capsys):
    """Whoever took the lock, for however short a time, would turn somebody away."""
    Path(layout.lock).touch()
    monkeypatch.delattr(fcntl, "flock")
    assert lock.main("state", str(layout.database)) == 0
    assert capsys.readouterr().out == "free\n"


def test_what_cannot_be_told_is_not_free(layout):
    Path(layout.database).symlink_to("db.sqlite3.lock")
    Path(layout.lock).symlink_to("db.sqlite3")
    assert lock_state(ThisMachine(), layout).startswith("unknown: ")


def test_in_postgresql_deploys_take_the_lock_that_scenarios_take():
    ours = (lock.ADVISORY_LOCK, lock.SINCE, lock.HOLDER_SQL.split())
    assert ours == (of_scenarios.ADVISORY_LOCK, of_scenarios.SINCE, of_scenarios.HOLDER_SQL.split())
