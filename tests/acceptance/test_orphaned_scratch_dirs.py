import os
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acceptance import scratch_dir
from acceptance.project import project
from acceptance.scratch_dir import BROWSER, RUN, ScratchDir, orphans, remove_orphans

NOBODY = 65534


@pytest.fixture(autouse=True)
def _own_temporary_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def abandoned() -> ScratchDir:
    """What a run leaves that is killed: the system lets go of its lock."""
    left = ScratchDir(BROWSER)
    left._lock.close()
    return left


@pytest.fixture
def writing_in():
    """Start a process that works in a folder."""
    processes = []

    def start(folder: Path, **options: Any) -> "subprocess.Popen[bytes]":
        environ = os.environ | {"TMPDIR": str(folder)}
        processes.append(subprocess.Popen(["sleep", "60"], env=environ, **options))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def test_what_a_killed_run_left_is_ended_and_removed_and_what_a_run_uses_is_left_alone(writing_in):
    left, used = abandoned(), ScratchDir(BROWSER)
    (left.folder / "profile").mkdir()
    ended, going_on = (writing_in(scratch.folder) for scratch in (left, used))
    remove_orphans()
    assert (ended.wait(5), left.folder.exists()) == (-9, False)
    assert (going_on.poll(), used.folder.exists()) == (None, True)
    for _ in range(2):
        used.remove()
    assert (going_on.wait(5), used.folder.exists()) == (-9, False)


def test_what_a_project_left_whose_name_begins_alike_stays_and_so_do_its_processes(monkeypatch, writing_in):
    """The bug: one project's run removed the browser's folder of another, whose name only begins as its own."""
    theirs = replace(project(), name=f"{project().name}-admin")
    with monkeypatch.context() as there:
        there.setattr(scratch_dir, "project", lambda: theirs)
        left = abandoned()
        ScratchDir(RUN).unlock()
    process = writing_in(left.folder)
    remove_orphans()
    assert (left.folder.exists(), process.poll(), orphans(RUN)) == (True, None, [])


def somebody_elses(folder: Path, mode: int = 0o700, says: str | None = None) -> Path:
    folder.mkdir(mode=0o700)
    (folder / "lock").write_text(scratch_dir.mark(BROWSER) if says is None else says)
    (folder / "photo").touch()
    folder.chmod(mode)
    return folder


@pytest.mark.parametrize(("mode", "says"), [(0o700, ""), (0o777, None), (0o755, None)])
def test_a_folder_that_no_browser_of_a_run_wrote_in_stays_and_so_do_its_processes(tmp_path, mode, says, writing_in):
    folder = somebody_elses(tmp_path / "superlists-of-another-program", mode, says)
    process = writing_in(folder)
    remove_orphans()
    assert ((folder / "photo").exists(), process.poll()) == (True, None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as two users")
def test_another_users_folder_stays_and_so_do_their_processes(tmp_path, writing_in):
    folder = somebody_elses(tmp_path / "superlists-of-another-user")
    for path in (folder / "lock", folder / "photo", folder):
        os.chown(path, NOBODY, NOBODY)
    left = abandoned()
    # The second works in a folder of ours, which it cannot have been started for.
    theirs = [writing_in(place, user=NOBODY) for place in (folder, left.folder)]
    remove_orphans()
    assert (folder / "photo").exists()
    assert not left.folder.exists()
    assert [process.poll() for process in theirs] == [None, None]


def test_a_link_is_not_followed(tmp_path):
    folder = somebody_elses(tmp_path / "elsewhere")
    (tmp_path / "superlists-a-link").symlink_to(folder)
    with_a_link = somebody_elses(tmp_path / "superlists-with-a-link")
    (with_a_link / "lock").unlink()
    (with_a_link / "lock").symlink_to(folder / "lock")
    remove_orphans()
    assert (folder / "photo").exists()
    assert (with_a_link / "photo").exists()


def test_a_folder_that_a_browser_still_wrote_in_is_found_by_the_next_run(monkeypatch):
    left = ScratchDir(BROWSER)
    (left.folder / "profile").mkdir()
    remove = shutil.rmtree

    def and_written_again(path, **options):
        remove(path, **options)
        (left.folder / "profile").mkdir(parents=True)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(scratch_dir, "ENDED_WITHIN_S", 0.1)
        meanwhile.setattr(shutil, "rmtree", and_written_again)
        left.remove()
    assert orphans(BROWSER) == [left.folder]
    remove_orphans()
    assert not left.folder.exists()
