"""The errands that can be run on this machine do what they say."""

import fcntl
import io
import os
import socket
import stat
import subprocess
import tarfile
import threading

import pytest

from deploy.remote_commands import (
    LOCK_IS_TAKEN,
    extract,
    find_account,
    locked,
    make_folder,
    manage,
    put_file,
    switch_link,
)


def run(command):
    data = command.stdin.encode() if isinstance(command.stdin, str) else command.stdin
    line = ["sh", "-c", command.as_login().line()]
    return subprocess.run(line, input=data or b"", capture_output=True, check=False, timeout=30)


def run_by_socket(command):
    """Run it as an SSH server may: its standard input is a socket."""
    ours, theirs = socket.socketpair()
    line = ["sh", "-c", command.as_login().line()]
    with ours, subprocess.Popen(line, stdin=theirs.fileno(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        theirs.close()
        # A program that reads nothing may have ended; then even nothing cannot be sent.
        if command.stdin:
            ours.sendall(command.stdin.encode())
        ours.shutdown(socket.SHUT_WR)
        out, err = process.communicate(timeout=30)
    return subprocess.CompletedProcess(line, process.returncode, out, err)


def done(*commands, way=run):
    for command in commands:
        finished = way(command)
        assert (finished.returncode, finished.stderr, finished.stdout) == (0, b"", b"")


def mode(path):
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_a_folder_is_made_with_its_mode_and_again(tmp_path):
    path = tmp_path / "a folder's name"
    for asked in ("750", "700"):
        done(make_folder(str(path), mode=asked))
        assert mode(path) == f"0o{asked}"


@pytest.mark.parametrize("content", ["", 'KEY=it\'s "$HOME"\n', "買い物 🦚\n", "x" * 100_000])
@pytest.mark.parametrize("way", [run, run_by_socket])
def test_a_file_is_put_in_place_whatever_it_says(tmp_path, content, way):
    path = tmp_path / "site.env"
    path.write_text("older, and longer than what follows")
    done(*put_file(str(path), content, mode="600"), way=way)
    assert (path.read_text(), mode(path)) == (content, "0o600")
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_switched_and_made(tmp_path):
    for release in ("1", "2"):
        (tmp_path / release).mkdir()
        done(*switch_link(str(tmp_path / "current"), str(tmp_path / release)))
        assert (tmp_path / "current").readlink() == tmp_path / release
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["1", "2", "current"]


def test_a_link_is_there_at_every_instant(tmp_path):
    link, missing, over = tmp_path / "current", [], threading.Event()
    (tmp_path / "release").mkdir()
    done(*switch_link(str(link), str(tmp_path / "release")))

    def watch():
        while not over.is_set():
            missing.extend([] if link.is_dir() else [link])

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(20):
        done(*switch_link(str(link), str(tmp_path / "release")))
    over.set()
    watcher.join()
    assert missing == []


def test_an_archive_is_unpacked_from_standard_input(tmp_path):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(__file__, arcname="site/manage.py")
    done(extract(packed.getvalue(), str(tmp_path)))
    assert (tmp_path / "site/manage.py").stat().st_size == os.path.getsize(__file__)  # noqa: PTH202


def test_an_account_is_found_or_not():
    assert run(find_account("root")).stdout.startswith(b"root:")
    assert run(find_account("nobody-of-that-name")).returncode == 2


def test_a_lock_that_others_hold_is_told_from_a_failure(tmp_path):
    lock = tmp_path / "db.lock"
    made = make_folder(str(tmp_path / "made"))
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert run(locked(made, str(lock), wait_s=0.1)).returncode == LOCK_IS_TAKEN
        assert run(locked(made, str(lock))).returncode == LOCK_IS_TAKEN
        assert not (tmp_path / "made").exists()
    done(locked(made, str(lock)))
    assert (tmp_path / "made").exists()
    assert run(locked(manage("/bin/sh", "-c", "exit 3"), str(lock))).returncode == 3


def test_arguments_after_a_lock_are_the_commands_own(tmp_path):
    said = run(locked(manage("/bin/echo", "--timeout=9", "-c", "it's"), str(tmp_path / "lock")))
    assert said.stdout == b"--timeout=9 -c it's\n"
