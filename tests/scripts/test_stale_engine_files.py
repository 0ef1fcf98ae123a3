"""An engine that was killed leaves files that say it runs."""

import os
import socket
from pathlib import Path

from scripts.container_engine import listens, runs


def test_what_runs_is_told_by_number_and_name(tmp_path):
    name = Path("/proc/self/comm").read_text().strip()
    pid_file = tmp_path / "engine.pid"
    ended = os.fork()
    if ended == 0:
        os._exit(0)
    # It has ended, and nobody has asked after it.
    os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)
    for text, of, there in (
        *((os.getpid(), name, True), (os.getpid(), "dockerd", False), (ended, name, False)),
        *((text, name, False) for text in ("", "no number", 4194305)),
    ):
        pid_file.write_text(f"{text}\n")
        assert runs(pid_file, of) == there, text
    os.waitpid(ended, 0)


def test_an_engine_of_another_container_is_told_by_its_socket(tmp_path):
    assert not listens(tmp_path / "docker.sock")
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(tmp_path / "docker.sock"))
        engine.listen()
        assert listens(tmp_path / "docker.sock")
    assert not listens(tmp_path / "docker.sock"), "what a killed engine left"
