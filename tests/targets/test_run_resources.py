"""What a run that was killed left behind is removed; what belongs to others is not."""

import os
import socket
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError

from acceptance.targets import pid
from acceptance.targets.container import OwnContainer
from acceptance.targets.pid import has_ended, lives, this_process
from acceptance.targets.run_resources import HOST, LEASE, PROCESS, USER, RunResources, label
from tests.targets.elsewhere import ran_in_a_container
from tests.targets.engine import owned
from tests.targets.kinds import config

KILLED = (
    "import os\n"
    "from acceptance.targets.container import OwnContainer\n"
    "from tests.targets.kinds import config\n"
    "OwnContainer(config(target='docker', database='postgres')).start()\n"
    "os.kill(os.getpid(), 9)\n"
)
LOOKS = (
    "from acceptance.container_engine import connect\n"
    "from acceptance.targets.run_resources import RunResources\n"
    "looking = RunResources(connect())\n"
    "looking.remove_orphans()\n"
    "looking.remove()\n"
)


@pytest.fixture
def looking(client):
    """Another run, which removes what those before it left."""
    resources = RunResources(client)
    yield resources
    for volume in client.volumes.list(filters={"label": f"{label()}=of-a-test"}):
        volume.remove(force=True)
    resources.remove()


def ended() -> str:
    """Return the identity of a process that has ended."""
    boot, _, start, namespace = this_process().split()
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return f"{boot} {process.pid} {start} {namespace}"


def labels_of(process: str) -> dict[str, str]:
    own = {label(HOST): socket.gethostname(), label(USER): str(os.geteuid())}
    return {label(): "of-a-test", label(PROCESS): process} | own


def volumes(client):
    return {volume.name for volume in client.volumes.list()}


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path, monkeypatch):
    subprocess.run([sys.executable, "-c", KILLED], env=os.environ | {"TMPDIR": str(tmp_path)}, check=False)
    assert len(owned(str(tmp_path))) == 3, "two containers and a volume"
    assert len([*tmp_path.glob("superlists-*/databases/storage/*/*/volume/data")]) == 1, "the data of PostgreSQL"
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    target = OwnContainer(config(target="docker"))
    try:
        target.start()
        assert len(owned(str(tmp_path))) == 2
    finally:
        target.stop()
    assert [*tmp_path.glob("superlists-*")] == []


def test_a_run_whose_folder_cannot_be_seen_is_alive_as_long_as_its_process(client, looking):
    boot, _, _, namespace = this_process().split()
    with subprocess.Popen(["sleep", "60"]) as other:
        identity = pid._identity(other.pid)
        assert identity.split()[::3] == [boot, namespace]
        volume = client.volumes.create(labels=labels_of(identity))
        looking.remove_orphans()
        assert volume.name in volumes(client)
        other.kill()
    looking.remove_orphans()
    assert volume.name not in volumes(client)


@pytest.mark.parametrize("changed", [{USER: str(os.geteuid() + 1)}, {HOST: "another-machine"}, {PROCESS: "b 7 8 9"}])
def test_of_runs_whose_end_cannot_be_told_nothing_is_removed(client, looking, changed, capfd):
    theirs = client.volumes.create(labels=labels_of(ended()) | {label(name): to for name, to in changed.items()})
    ours = client.volumes.create(labels=labels_of(ended()) | {label(): "of-a-test-too"})
    looking.remove_orphans()
    assert theirs.name in volumes(client)
    assert ours.name not in volumes(client), "a run that is known to have ended"
    assert f"by hand: docker volume rm {theirs.name}" in capfd.readouterr().err


def test_a_run_in_a_container_leaves_a_live_run_of_its_engine_alone(client):
    resources = RunResources(client)
    volume = client.volumes.create(resources.name, labels=resources.labels)
    try:
        output = ran_in_a_container(client, LOOKS)
        assert volume.name in volumes(client)
        assert f"What bears the label {label()}={resources.run} is left alone" in output
        assert f"docker volume rm {volume.name}" in output
    finally:
        resources.remove()


def test_a_process_is_told_from_a_later_one_of_its_number(monkeypatch):
    boot, number, start, namespace = this_process().split()
    later = f"{boot} {number} {int(start) - 1} {namespace}"
    restarted = f"another-boot {number} {start} {namespace}"
    of_a_container = f"{boot} {number} {start} pid:[1]"
    assert [lives(each) for each in (this_process(), later, restarted, of_a_container, "")] == [True] + [False] * 4
    assert [has_ended(each) for each in (this_process(), later, restarted, of_a_container, "")] == [
        *(False, True, True, False, False)
    ]


def test_where_there_is_no_proc_ps_tells_processes_apart(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(pid, "NAMESPACE", tmp_path / "nothing")
    with subprocess.Popen(["sleep", "60"]) as other:
        identity = pid._identity(other.pid)
        assert (lives(identity), has_ended(identity)) == (True, False)
        other.kill()
    assert (lives(identity), has_ended(identity)) == (False, True)


def test_folders_of_ended_runs_are_removed_and_no_others(client, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stale, leased, another_programs, other_name = (
        tmp_path / f"superlists-{name}" for name in ("0123456789ab", "0123456789ac", "0123456789ad", "of-somebody")
    )
    for folder in (stale, leased, another_programs, other_name):
        folder.mkdir()
    for folder in (stale, leased, other_name):
        (folder / PROCESS).write_text(ended())
    (leased / LEASE).write_text("http://elsewhere:8700")
    other, looking = RunResources(client), RunResources(client)
    looking.remove_orphans()
    assert other.folder.exists(), "a run that goes on"
    other.remove()
    looking.remove()
    assert set(tmp_path.iterdir()) == {leased, another_programs, other_name}


def test_what_cannot_be_removed_is_told(client, monkeypatch, capfd):
    def refuse(**_):
        raise APIError("volume is in use")

    made = RunResources(client)
    stuck: Any = SimpleNamespace(name=made.name, remove=refuse)
    monkeypatch.setattr(type(client), "volumes", SimpleNamespace(list=lambda **_: [stuck]))
    made.remove()
    output = capfd.readouterr().err
    assert f"The volume {made.name} could not be removed (volume is in use)" in output
    assert f"by hand: docker volume rm {made.name}" in output
