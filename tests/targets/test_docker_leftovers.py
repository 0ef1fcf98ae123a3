"""What a run that was killed left behind, and whose it is."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from acceptance.targets.container import DockerTarget
from acceptance.targets.pid import has_ended, lives, this_process
from acceptance.targets.run_resources import HOST, LABEL, LOCK, MARK, PROCESS, USER, Owned
from tests.targets.engine import engine, owned
from tests.targets.kinds import config


def test_what_a_dead_run_left_is_removed_by_the_next(tmp_path):
    program = (
        "import os, tempfile\n"
        "from acceptance.targets.container import DockerTarget\n"
        "from tests.targets.kinds import config\n"
        "DockerTarget(config(target='docker', database='postgres')).start()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program], env=os.environ | {"TMPDIR": str(tmp_path)}, check=False)
    left = owned(str(tmp_path))
    assert len(left) == 3, "two containers and a volume"
    assert len([*tmp_path.glob("superlists-*.data/storage/*/*/volume/data")]) == 1, "the folder of the database"
    target = DockerTarget(config(target="docker"))
    try:
        target.start()
        assert owned(str(tmp_path)) == []
    finally:
        target.stop()
    assert list(Path(tmp_path).glob("superlists-*")) == []


def test_a_run_whose_lock_cannot_be_seen_from_here_is_alive_as_long_as_its_process():
    with subprocess.Popen(["sleep", "60"]) as other, engine() as client:
        boot, _, _, namespace = this_process().split()
        start = Path(f"/proc/{other.pid}/stat").read_text().rpartition(")")[2].split()[19]
        labels = {LABEL: "of-a-test", HOST: socket.gethostname(), USER: str(os.geteuid()), LOCK: "/nowhere/a.lock"}
        volume = client.volumes.create(labels=labels | {PROCESS: f"{boot} {other.pid} {start} {namespace}"})
        looking = Owned(client)
        try:
            looking.remove_what_dead_runs_left()
            assert volume.name in [each.name for each in client.volumes.list()]
            other.kill()
            other.wait()
            looking.remove_what_dead_runs_left()
            assert volume.name not in [each.name for each in client.volumes.list()]
        finally:
            other.kill()
            for left in client.volumes.list(filters={"label": f"{LABEL}=of-a-test"}):
                left.remove()
            looking.remove()


def test_a_process_is_told_from_a_later_one_of_its_number():
    boot, number, start, namespace = this_process().split()
    later = f"{boot} {number} {int(start) - 1} {namespace}"
    restarted = f"another-boot {number} {start} {namespace}"
    of_a_container = f"{boot} {number} {start} pid:[1]"
    assert [lives(each) for each in (this_process(), later, restarted, of_a_container, "")] == [True] + [False] * 4
    ended = [has_ended(each) for each in (this_process(), later, restarted, of_a_container, "")]
    assert ended == [False, True, True, False, False]


def test_lock_files_that_belong_to_nothing_are_removed(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stale, another_programs = (tmp_path / f"superlists-0123456789a{end}.lock" for end in "bc")
    stale.write_text(MARK)
    another_programs.touch()
    for lock in (stale, another_programs):
        lock.with_suffix(".data").mkdir()
    with engine() as client:
        other, looking = Owned(client), Owned(client)
        looking.remove_what_dead_runs_left()
        assert not stale.exists()
        assert not stale.with_suffix(".data").exists()
        assert Path(other.labels[LOCK]).exists()
        other.remove()
        looking.remove()
    assert set(tmp_path.iterdir()) == {another_programs, another_programs.with_suffix(".data")}
