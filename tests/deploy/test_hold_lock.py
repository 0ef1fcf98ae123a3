import fcntl
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from features.waiting import eventually

PROGRAM = Path("deploy/remote/hold_lock.py").read_text()
WITH_LOCK = Path("deploy/remote/with_lock.py").read_text()


@pytest.fixture
def hold(tmp_path):
    """Ask for the lock as somebody; every holder lets go in the end."""
    holders = []

    def ask(who, wait_s=0.0, silence_s=20.0):
        command = [
            sys.executable,
            "-c",
            PROGRAM,
            str(tmp_path / "db"),
            json.dumps({"holder": who, "since": "2026-11-20 12:00:00 UTC", "token": f"{tmp_path}/{who}"}),
            str(wait_s),
            str(silence_s),
        ]
        holder = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        holders.append(holder)
        return holder

    yield ask
    for holder in holders:
        if holder.returncode is None:
            holder.communicate(timeout=10)


def wants(process):
    """Return once a process has the lock's file open."""

    def opened():
        for file in Path(f"/proc/{process.pid}/fd").iterdir():
            # The process closes some of them meanwhile.
            with suppress(FileNotFoundError):
                yield str(file.readlink())

    eventually(
        lambda: [name for name in opened() if name.endswith(".lock")],
        what="it to want the lock",
        within_s=30,
    )


def test_who_comes_second_is_told_who_holds_it_and_since_when(hold):
    assert hold("edith@laptop, deploying").stdout.readline() == "held\n"
    second = hold("boris@desk, restoring")
    assert second.communicate(timeout=10)[0] == "edith@laptop, deploying since 2026-11-20 12:00:00 UTC\n"
    assert second.returncode == 75


@pytest.mark.parametrize("killed", [False, True])
def test_it_is_free_once_its_holder_ends(hold, killed):
    first = hold("edith")
    assert first.stdout.readline() == "held\n"
    if killed:
        first.kill()
    first.communicate(timeout=10)
    assert hold("boris").stdout.readline() == "held\n"


def test_who_waits_gets_it(hold):
    first = hold("edith")
    assert first.stdout.readline() == "held\n"
    second = hold("boris", wait_s=10)
    first.communicate(timeout=10)
    assert second.stdout.readline() == "held\n"


def test_a_lock_that_the_site_wrote_is_read(hold, tmp_path):
    assert hold("edith").stdout.readline() == "held\n"
    for text, told in [
        ('{"holder": "x", "since": "noon"}', "x since noon"),
        ("[]", "another process"),
        ("", "another process"),
    ]:
        (tmp_path / "db.lock").write_text(text)
        assert hold("boris").communicate(timeout=10)[0].strip() == told


def test_the_lock_says_who_holds_it_as_the_site_itself_does(hold, tmp_path):
    assert hold("edith").stdout.readline() == "held\n"
    written = json.loads((tmp_path / "db.lock").read_text())
    assert (written["holder"], written["since"]) == ("edith", "2026-11-20 12:00:00 UTC")


def test_a_holder_that_shows_no_life_loses_it(hold):
    first = hold("edith", silence_s=0.2)
    assert first.stdout.readline() == "held\n"
    assert hold("boris", wait_s=10).stdout.readline() == "held\n"


def test_who_waits_for_a_lock_that_is_removed_waits_for_the_one_that_came_in_its_place(hold, tmp_path):
    first = hold("edith")
    assert first.stdout.readline() == "held\n"
    waiting = hold("boris", wait_s=30)
    wants(waiting)
    with (tmp_path / "another").open("w") as another:
        # Held before it takes the other's place: whoever waits has no moment to take it first.
        fcntl.flock(another, fcntl.LOCK_EX)
        another.write(json.dumps({"holder": "francis", "since": "2026-11-20 12:00:00 UTC"}))
        another.flush()
        Path(another.name).replace(tmp_path / "db.lock")
        first.communicate(timeout=10)
        assert hold("harriet").communicate(timeout=10)[0].startswith("francis")
    assert waiting.stdout.readline() == "held\n"
    assert json.loads((tmp_path / "db.lock").read_text())["holder"] == "boris"


def test_a_lock_that_is_a_link_is_not_followed(hold, tmp_path):
    theirs = tmp_path / "precious.txt"
    theirs.write_text("precious")
    (tmp_path / "db.lock").symlink_to(theirs)
    holder = hold("edith")
    assert holder.communicate(timeout=10)[1] == f"{tmp_path}/db.lock cannot be opened: it is a symbolic link\n"
    assert (holder.returncode, theirs.read_text()) == (1, "precious")


def test_a_step_that_a_holder_who_is_gone_left_running_is_waited_for(hold, tmp_path):
    first = hold("edith")
    assert first.stdout.readline() == "held\n"
    command = [sys.executable, "-c", WITH_LOCK, f"{tmp_path}/edith", "cat"]
    step = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert step.stdin
    assert step.stdout
    step.stdin.write("begun\n")
    step.stdin.flush()
    assert step.stdout.readline() == "begun\n"
    assert hold("harriet").communicate(timeout=10)[0].startswith("edith")
    first.kill()
    first.communicate(timeout=10)
    second = hold("boris")
    wants(second)
    assert second.poll() is None
    step.communicate(timeout=10)
    assert second.stdout.readline() == "held\n"
