"""What a release engineer reads at midnight: each way in which a container of the run's own does not start, or ends."""

import os
import socket
import subprocess
import sys
import time
from urllib.error import HTTPError

import pytest

from acceptance.docker_client import EngineError, connect_here
from acceptance.project import project
from acceptance.targets import container as container_module
from acceptance.targets.base import FixtureError, TargetError
from acceptance.targets.container import OwnContainer
from acceptance.targets.docker_exec import run_manage
from acceptance.targets.run_resources import RunResources, label
from acceptance.waiting import eventually
from tests.faulty_relay import wire
from tests.targets.engine import engine, owned, run
from tests.targets.kinds import config
from tests.targets.visitor import Visitor

AS_USER_WITHOUT_POWERS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]

KILL_CHANNEL = """
import glob, os
for process in glob.glob("/proc/[0-9]*"):
    if b"serve_fixtures" in open(process + "/cmdline", "rb").read() and process != f"/proc/{os.getpid()}":
        os.kill(int(process[6:]), 9)
"""


@pytest.fixture
def failing_start(tmp_path, monkeypatch):
    """A start that has to fail, and to leave nothing behind; gives what it says."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def start(**changes: str) -> str:
        with pytest.raises(TargetError) as failure:
            OwnContainer(config(target="docker", **changes)).start()
        assert owned(str(tmp_path)) == []
        return str(failure.value)

    return start


@pytest.mark.parametrize(
    ("engine_at", "says"),
    [
        ("unix:///nowhere/docker.sock", "No container engine answers. Start Docker, or let `make engine`"),
        ("tcp://192.0.2.1:2375", "DOCKER_HOST is tcp://192.0.2.1:2375: an engine of another machine"),
        ("ssh://edith@lists.example.com", "an engine of another machine, whose ports are not here"),
    ],
)
def test_an_engine_that_cannot_be_used(monkeypatch, engine_at, says):
    monkeypatch.setenv("DOCKER_HOST", engine_at)
    with pytest.raises(EngineError) as failure:
        connect_here()
    assert says in str(failure.value)


def test_an_engine_that_this_user_may_not_use(tmp_path):
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        os.chown(path, 12345, 12345)
        path.chmod(0o600)
        connects = [sys.executable, "-c", "from acceptance.docker_client import connect; connect()"]
        environ = os.environ | {"DOCKER_HOST": f"unix://{path}"}
        command = [*AS_USER_WITHOUT_POWERS, *connects]
        ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert "This user may not use the container engine" in ran.stderr
    assert "usermod --append --groups docker" in ran.stderr


def test_a_port_that_is_taken(failing_start):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert f"The port {port} is taken; allowed for docker.port: another, or free" in failing_start(docker_port=port)


def test_a_service_of_databases_that_is_away(monkeypatch, failing_start):
    monkeypatch.setenv("DATABASES_TOKEN", "some-token")
    output = failing_start(database="postgres", databases_url="http://127.0.0.1:1")
    assert "No service of databases answers at http://127.0.0.1:1" in output


def test_a_port_that_somebody_took_in_between_is_given_up_for_another(monkeypatch):
    # As the nodes of a grid reach it.
    host = "127.0.0.2"
    found = container_module._free_port(host)
    with socket.create_server((host, 0)) as other:
        ports = iter([other.getsockname()[1], found])
        monkeypatch.setattr(container_module, "_free_port", lambda _: next(ports))
        target = OwnContainer(config(target="docker", site_host=host, browser_remote="http://127.0.0.1:4444"))
        try:
            target.start()
            assert target.base_url == f"http://{host}:{found}"
            assert target.container
            assert target.container.ports["8888/tcp"] == [{"HostIp": host, "HostPort": str(found)}]
        finally:
            target.stop()


def test_a_site_that_lacks_a_variable(monkeypatch, failing_start):
    told = project().container_environment
    without = {"DJANGO_SECRET_KEY": ""}
    monkeypatch.setitem(vars(project()), "container_environment", lambda *of: {**told(*of), **without})
    assert "DJANGO_SECRET_KEY: is not set, and with debug off it has to be" in failing_start()


def test_a_healthy_site_that_is_another(monkeypatch, failing_start):
    another = {"healthy": True, "site": "another", "environment": "docker", "release": "1"}
    monkeypatch.setattr(container_module, "START_LIMIT_S", 0.5)
    monkeypatch.setattr(container_module, "health", lambda _: another)
    assert "Last seen: {'an answer of another site': 'another'}" in failing_start()


def test_a_site_that_does_not_become_healthy(monkeypatch, failing_start):
    monkeypatch.setattr(container_module, "START_LIMIT_S", 5.0)
    monkeypatch.setattr(container_module, "run_manage", lambda *_: "")
    output = failing_start()
    assert "Waited 5 s for a healthy site" in output
    assert "'migrations_applied': False" in output
    assert "The container's last log lines:" in output
    assert "Service Unavailable: /health/" in output


def test_a_site_whose_database_channel_and_container_are_taken_away_in_turn(started):
    run(started.container, "sh", "-c", "chmod a-w /data/db.sqlite3* /data")
    began = time.time()
    with pytest.raises(HTTPError, match="500"):
        Visitor(started.base_url).send("/", text="Buy milk")
    log = started.log("any.1", began)
    assert "Traceback (most recent call last):" in log
    assert "attempt to write a readonly database" in log
    run(started.container, "python", "-c", KILL_CHANNEL)
    for _ in range(2):
        with pytest.raises(TargetError, match=r"(?s)The fixture channel is gone: .*exit code 137"):
            started.manage("create_session", "edith@example.com")
    assert "The fixture channel is gone" in started.failure_reason()
    name = started.container.name
    started.container.pause()
    assert started.failure_reason() == f"The container {name} is paused: docker unpause {name}"
    started.container.kill()
    ended = f"The container {name} ended with exit code 137."
    with pytest.raises(TargetError, match=f"^{ended} The fixture channel is gone"):
        started.manage("create_session", "edith@example.com")
    assert started.failure_reason() == ended
    assert started.log("any.1", began).endswith(ended)
    started.container.remove(force=True)
    gone = f"The container {name} is gone: it was removed."
    assert started.failure_reason() == gone
    assert started.log("any.1", time.time()).endswith(gone)


@pytest.mark.parametrize("started", ["postgres"], indirect=True)
def test_a_database_of_its_own_that_is_in_use_loses_its_lock_and_dies(started):
    with pytest.raises(FixtureError) as refusal:
        run_manage(started.container, "reset_site", "--site", started.identity().name)
    assert "Refused: the database is in use by" in str(refusal.value)
    assert f"process {os.getpid()} since 20" in str(refusal.value)
    assert run_manage(started.container, "create_session", "edith@example.com")
    end_all_but_this_one = (
        "from django.db import connection\n"
        "connection.cursor().execute('SELECT pg_terminate_backend(pid) FROM pg_locks "
        "WHERE locktype = $$advisory$$')\n"
    )
    run(started.container, "python", "manage.py", "shell", "--command", end_all_but_this_one)
    with pytest.raises(FixtureError, match="Refused: the lock on the database was lost"):
        started.manage("reset_site", "--site", started.identity().name)
    started.database.kill()
    reason = eventually(started.failure_reason, what="word of its end", within_s=5)
    assert reason == f"The container {started.database.name} ended with exit code 137."


def test_an_engine_that_goes_away(monkeypatch, tmp_path, capfd):
    with wire(tmp_path / "engine.sock") as way:
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/engine.sock")
        # The folder of the run stays.
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        target = OwnContainer(config(target="docker"))
        target.start()
        assert target._resources
        number = target._resources.run
        way.cut()
        monkeypatch.delenv("DOCKER_HOST")
        try:
            assert target.failure_reason().startswith("The engine no longer answers: ")
            assert "The engine no longer answers" in target.log("any.1", time.time())
            with pytest.raises(TargetError, match="The engine no longer answers"):
                target.manage("create_session", "edith@example.com")
            target.stop()
            output = capfd.readouterr().err
            assert f"Resources with the label {label()}={number} stay: the engine no longer answers: " in output
            assert "The next run removes them." in output
        finally:
            with engine() as client:
                left = RunResources(client)
                left.run = number
                left.remove()
