"""An engine that was killed leaves files that say it runs."""

import os
import socket
from pathlib import Path

import pytest

from scripts.container_engine import listens, runs


@pytest.fixture
def pid_file(tmp_path: Path):
    def of(text: object) -> Path:
        (tmp_path / "engine.pid").write_text(f"{text}\n")
        return tmp_path / "engine.pid"

    return of


def own_name() -> str:
    return Path("/proc/self/comm").read_text().strip()


@pytest.mark.parametrize(
    ("text", "name", "there"),
    [(os.getpid(), own_name(), True), (os.getpid(), "dockerd", False), ("", own_name(), False),
     ("no number", own_name(), False), ("4194305", own_name(), False)],
    # The same names in every process that runs a part of the tests.
    ids=["it runs", "another runs", "empty", "no number", "nothing runs"],
)  # fmt: skip
def test_what_runs_is_told_by_number_and_name(pid_file, text, name, there):
    assert runs(pid_file(text), name) == there


def test_a_process_that_has_ended_and_that_nobody_asked_after_does_not_run(pid_file):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert not runs(pid_file(child), own_name())
    os.waitpid(child, 0)


def test_an_engine_of_another_container_is_told_by_its_socket(tmp_path):
    assert not listens(tmp_path / "docker.sock")
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(tmp_path / "docker.sock"))
        engine.listen()
        assert listens(tmp_path / "docker.sock")
    assert not listens(tmp_path / "docker.sock"), "what a killed engine left"
