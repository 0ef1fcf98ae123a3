"""The server itself: who gets in, what it may do, and where the password is not."""

import json
import os

import psycopg
import pytest

from databases import data_directories
from databases.postgres_access import accepts_connections
from tests.databases.service import PASSWORD, connected

MB = 1024 * 1024


@pytest.fixture(scope="module")
def vera(service):
    """Somebody whose server these tests look at."""
    asking = service.client("vera")
    yield asking
    for found in asking.all():
        asking.delete(found["id"], data="drop")


@pytest.fixture(scope="module")
def told(vera):
    return vera.make("peacock", PASSWORD)


@pytest.fixture
def container(told, client):
    return client.containers.get(told["id"])


def inside(container, command: str) -> str:
    code, said = container.exec_run(["sh", "-c", command])
    assert code == 0, said
    return str(said.decode())


def test_the_superuser_gets_in_by_scram_and_nobody_by_another_password(told):
    with connected(told) as connection:
        asked = "SELECT rolsuper, rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = current_user"
        assert connection.execute(asked).fetchone() == (True, True)
    for password in ("", "wrong password", PASSWORD.upper()):
        with pytest.raises(psycopg.OperationalError, match="password"):
            connected(told, password)


def test_the_password_is_in_none_of_the_places_that_others_see(told, container, service):
    with connected(told) as connection:
        stored = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'").fetchone()
    assert stored
    container.reload()
    everywhere = {
        "docker inspect": json.dumps(container.attrs),
        "docker logs": container.logs().decode(),
        "command lines": inside(container, "cat /proc/[0-9]*/cmdline"),
        "environments": inside(container, "cat /proc/1/environ"),
        "files": inside(container, "ls -A /run/databases; cat /run/databases/* 2>/dev/null || true"),
        "the service's log": service.log(),
    }
    for place, content in everywhere.items():
        assert content or place == "files", place
        for secret in (PASSWORD, stored[0]):
            assert secret not in content, place
    assert everywhere["files"] == "", "the verifier was removed once read"
    assert inside(container, f"grep -rlaF '{PASSWORD}' /storage /run /tmp /var/log 2>/dev/null || true") == ""


def test_the_server_is_nobody_sees_its_own_directory_and_is_published_on_loopback(service, container):
    host = container.attrs["HostConfig"]
    assert inside(container, "grep -h ^Uid: /proc/1/status").split()[1:] == ["8432"] * 4
    assert inside(container, "grep -h ^CapEff: /proc/1/status").split()[1] == "0" * 16
    assert inside(container, "grep -h ^NoNewPrivs: /proc/1/status").split()[1] == "1"
    assert (host["Memory"], host["MemorySwap"]) == (256 * MB, 256 * MB)
    assert 0 < host["PidsLimit"] <= 256
    assert not host["Privileged"]
    assert [mount["Source"] for mount in container.attrs["Mounts"]] == [
        str(service.root / "storage" / "vera" / "peacock" / "volume")
    ]
    assert {each["HostIp"] for ports in container.ports.values() for each in ports} == {"127.0.0.1"}


def test_a_superuser_who_runs_programs_reaches_nothing_but_the_own_data(told):
    with connected(told) as connection:
        connection.execute("CREATE TABLE said (line text)")
        connection.execute("COPY said FROM PROGRAM 'id -u; ls /storage; cat /etc/shadow 2>&1 || true'")
        said = [line for (line,) in connection.execute("SELECT line FROM said")]
    assert said == ["8432", "data", "cat: /etc/shadow: Permission denied"]


def test_the_server_can_be_any_user(client, in_process, monkeypatch):
    # As with a service that does not run as root: its own user, whom the image does not know.
    monkeypatch.setattr(data_directories, "USER", 23456)
    databases = in_process()
    told = databases.make("edith", "peacock", PASSWORD)
    try:
        connected(told).close()
        assert inside(client.containers.get(told["id"]), "id -u").strip() == "23456"
    finally:
        databases.delete("edith", told["id"], keep=False)


def test_a_user_without_a_name_sees_that_it_answers(told):
    child = os.fork()
    if child == 0:
        os.setuid(23456)
        os._exit(0 if accepts_connections(told["host"], told["port"]) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_data_is_for_the_servers_user_alone(told, service):
    volume = service.root / "storage" / "vera" / "peacock" / "volume"
    assert service.root.stat().st_mode & 0o077 == 0
    for path in (volume, volume / "data", volume / "data" / "base"):
        assert (path.stat().st_uid, path.stat().st_mode & 0o077) == (8432, 0), path
