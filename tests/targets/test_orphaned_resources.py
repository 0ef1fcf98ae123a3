"""What a run that was killed left behind is removed; what belongs to others is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from acceptance.targets.container import OwnContainer
from acceptance.targets.run_resources import BOOT, FOLDER, HOST, LEASE, USER, RunResources, label
from tests.targets.engine import owned
from tests.targets.kinds import config

KILLED = (
    "import os\n"
    "from acceptance.targets.container import OwnContainer\n"
    "from tests.targets.kinds import config\n"
    "OwnContainer(config(target='docker', database='postgres')).start()\n"
    "os.kill(os.getpid(), 9)\n"
)


@pytest.fixture
def looking(client, monkeypatch, tmp_path):
    """Another run, which removes what those before it left."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    resources = RunResources(client)
    yield resources
    for volume in client.volumes.list(filters={"label": f"{label()}=of-a-test"}):
        volume.remove(force=True)
    resources.remove()


def killed(client, **changed: str) -> dict[str, str]:
    """Return the labels of a run that was killed, with these changes."""
    left = RunResources(client)
    left._scratch.unlock()
    return left.labels | {label(): "of-a-test"} | {label(name): value for name, value in changed.items()}


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


@pytest.mark.parametrize("changed", [{USER: str(os.geteuid() + 1)}, {HOST: "another-machine"}, {FOLDER: "/nowhere"}])
def test_of_runs_whose_end_cannot_be_told_nothing_is_removed(client, looking, changed, capfd):
    theirs = client.volumes.create(labels=killed(client, **changed))
    ours = client.volumes.create(labels=killed(client) | {label(): "of-a-test-too"})
    looking.remove_orphans()
    assert theirs.name in volumes(client)
    assert ours.name not in volumes(client), "a run that is known to have ended"
    assert f"by hand: docker volume rm {theirs.name}" in capfd.readouterr().err


def test_no_run_outlives_the_restart_of_its_machine(client, looking):
    volume = client.volumes.create(labels=killed(client, **{FOLDER: "/nowhere", BOOT: "another"}))
    looking.remove_orphans()
    assert volume.name not in volumes(client)


def test_folders_of_ended_runs_are_removed_and_no_others(client, looking, tmp_path):
    # One without a lease is to go.
    _, leased = (Path(killed(client)[label(FOLDER)]) for _ in range(2))
    (leased / LEASE).write_text("http://elsewhere:8700")
    another_programs = tmp_path / "superlists-0123456789ad"
    another_programs.mkdir(mode=0o700)
    live = RunResources(client)
    looking.remove_orphans()
    assert set(tmp_path.iterdir()) == {leased, another_programs, live.folder, looking.folder}
    live.remove()
    assert not live.folder.exists()
