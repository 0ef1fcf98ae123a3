"""What a release engineer reads at midnight: each way in which a container cannot be had, or goes."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from deploy import images
from deploy.engine import EngineError
from deploy.images import Recipe, image
from features.targets import docker as docker_target
from features.targets.base import FixtureError, TargetError
from features.targets.container import run_manage
from features.targets.docker import DockerTarget
from tests.targets.engine import engine, owned
from tests.targets.kinds import config
from tests.targets.visitor import Visitor

AS_USER_WITHOUT_POWERS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]


@pytest.fixture
def started():
    """A target that is up; what it owns is gone afterwards."""
    target = DockerTarget(config(target="docker"))
    target.start()
    yield target
    target.stop()
    assert owned(_lock_of(target)) == []


def _lock_of(target: DockerTarget) -> str:
    return f"/nowhere-{id(target)}" if target._owned is None else str(target._owned._lock)


def failing_start(**changes: str) -> str:
    """Return what a start says that has to fail, and leaves nothing behind."""
    before = owned()
    with pytest.raises(TargetError) as failure:
        DockerTarget(config(target="docker", **changes)).start()
    assert owned() == before
    return str(failure.value)


def test_no_engine(monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(TargetError, match=r"No container engine answers\. Start Docker, or let `make engine`"):
        DockerTarget(config(target="docker")).start()


def test_an_engine_that_this_user_may_not_use(tmp_path):
    place = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen()
        os.chown(place, 12345, 12345)
        place.chmod(0o600)
        asked = [*AS_USER_WITHOUT_POWERS, sys.executable, "-c", "from deploy.engine import connect; connect()"]
        said = subprocess.run(
            asked, env=os.environ | {"DOCKER_HOST": f"unix://{place}"}, capture_output=True, text=True, check=False
        )
    assert "This user may not use the container engine" in said.stderr
    assert "usermod --append --groups docker" in said.stderr


def test_no_base_image_and_no_registry_that_has_it(monkeypatch):
    monkeypatch.setattr(images, "PUBLISHED_BASE", "superlists-no-such-base:1")
    monkeypatch.setattr(images, "OWN_BASE", "superlists-no-such-base:2")
    said = failing_start()
    assert "The base image superlists-no-such-base:1 is not here, and no registry gave it" in said
    assert "`make base-image` makes one" in said


def test_a_build_that_fails(tmp_path):
    (tmp_path / "Dockerfile").write_text(
        "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nRUN echo no such thing as luck && exit 3\n"
    )
    with engine() as client, pytest.raises(EngineError) as failure:
        image(client, Recipe("superlists-broken", tmp_path, "Dockerfile"))
    assert "no such thing as luck" in str(failure.value)
    assert "returned a non-zero code: 3" in str(failure.value)


def test_a_port_that_is_taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"The port {port} is taken; allowed for docker.port: another, or free" in failing_start(
            docker_port=str(port)
        )


def test_a_site_that_misses_a_variable(monkeypatch):
    told = docker_target._environment
    monkeypatch.setattr(docker_target, "_environment", lambda owned: told(owned) | {"DJANGO_SECRET_KEY": ""})
    said = failing_start()
    assert "DJANGO_SECRET_KEY: is not set, and with debug off it has to be" in said
    assert "ended with exit code 1" in said or "migrate_disposable" in said


def test_a_site_that_does_not_become_healthy(monkeypatch):
    monkeypatch.setattr(docker_target, "START_LIMIT_S", 1.5)
    monkeypatch.setattr(docker_target, "run_manage", lambda *_: "")
    said = failing_start()
    assert "Waited 1.5 s for a healthy site" in said
    assert "'migrations_applied': False" in said
    assert "The container's last log lines:" in said
    assert "Service Unavailable: /health/" in said


def test_a_container_that_is_killed(started):
    assert started.container
    began = time.time()
    started.container.kill()
    with pytest.raises(TargetError, match="The fixture channel is gone"):
        started.manage("create_session", "edith@example.com")
    ended = f"The container {started.container.name} ended with exit code 137."
    assert started.gone() == ended
    assert started.log("any.1", began - 5).endswith(ended)


def test_a_container_that_is_removed(started):
    assert started.container
    started.container.remove(force=True)
    assert started.gone() == f"The container {started.container.name} is gone: it was removed."
    assert "is gone: it was removed." in started.log("any.1", time.time())


def test_a_channel_that_is_killed_between_two_calls(started):
    assert started.container
    started.manage("create_session", "edith@example.com")
    kill = "import os, glob\n" + (
        "for p in glob.glob('/proc/[0-9]*'):\n"
        "    if b'serve_fixtures' in open(p + '/cmdline', 'rb').read() and p != f'/proc/{os.getpid()}':\n"
        "        os.kill(int(p[6:]), 9)\n"
    )
    code, said = started.container.exec_run(["python", "-c", kill])
    assert code == 0, said
    for _ in range(2):
        with pytest.raises(TargetError, match=r"(?s)The fixture channel is gone: .*exit code 137"):
            started.manage("create_session", "edith@example.com")
    assert "The fixture channel is gone" in started.gone()


def test_a_database_that_cannot_be_written(started):
    assert started.container
    code, said = started.container.exec_run(["sh", "-c", "chmod a-w /data/db.sqlite3* /data"])
    assert code == 0, said
    began = time.time()
    with pytest.raises(HTTPError, match="500"):
        Visitor(started.base_url).send("/", text="Buy milk")
    log = started.log("any.1", began)
    assert "Traceback (most recent call last):" in log
    assert "attempt to write a readonly database" in log


def test_a_person_at_a_shell_is_told_who_uses_the_database(started):
    assert started.container
    with pytest.raises(FixtureError) as refusal:
        run_manage(started.container, "reset_site", "--site", started.site().name)
    assert "Refused: the database is in use by" in str(refusal.value)
    assert f"process {os.getpid()} since 20" in str(refusal.value)
    assert run_manage(started.container, "create_session", "edith@example.com")


def test_two_targets_at_once_do_not_meet(started):
    other = DockerTarget(config(target="docker"))
    other.start()
    try:
        path = started.manage("create_list", "Buy milk")
        other.manage("reset_site", "--site", other.site().name)
        assert b"Buy milk" in urlopen(started.base_url + path, timeout=10).read()
        with pytest.raises(FixtureError, match="you mean the site"):
            other.manage("reset_site", "--site", started.site().name)
        with pytest.raises(HTTPError, match="404"):
            urlopen(other.base_url + path, timeout=10)
    finally:
        other.stop()
    assert started.gone() == ""


def test_what_a_dead_run_left_is_removed_by_the_next(tmp_path):
    program = (
        "import os, tempfile\n"
        "from features.targets.docker import DockerTarget\n"
        "from tests.targets.kinds import config\n"
        "DockerTarget(config(target='docker', database='postgres')).start()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program], env=os.environ | {"TMPDIR": str(tmp_path)}, check=False)
    left = owned(str(tmp_path))
    assert len(left) == 4, "two containers, a volume and a network"
    target = DockerTarget(config(target="docker"))
    try:
        target.start()
        assert owned(str(tmp_path)) == []
    finally:
        target.stop()
    assert list(Path(tmp_path).glob("superlists-*.lock")) == []


def test_what_another_machine_owns_stays(started, monkeypatch, tmp_path):
    monkeypatch.setattr("features.targets.owned.socket.gethostname", lambda: "another-machine")
    other = DockerTarget(config(target="docker"))
    other.start()
    try:
        assert started.gone() == ""
    finally:
        other.stop()
    assert started.gone() == ""
