"""What goes wrong around the service: each has its answer, leaves nothing behind, and loses no data."""

import os
import shutil
import socket
import subprocess
from contextlib import contextmanager
from io import BytesIO

import pytest

from databases import RefusedError
from tests.databases.service import PASSWORD, containers, directories, rows, running, write_rows
from tests.faulty_relay import wire


@contextmanager
def refused(status, words):
    with pytest.raises(RefusedError, match=words) as failure:
        yield
    assert failure.value.status == status


@pytest.fixture
def nothing_left(service, client):
    yield
    assert (containers(client, service.root), directories(service.root)) == ([], [])


def test_a_port_that_somebody_else_has(edith, nothing_left):
    with (
        socket.create_server(("127.0.0.1", 20011)),
        refused(409, "port: 20011 is taken by somebody else; allowed: another"),
    ):
        edith.make("peacock", PASSWORD, port=20011)


def test_the_port_of_a_stopped_database_is_its_own_and_taken_by_somebody_else_told(edith, service, client):
    told = edith.make("peacock", PASSWORD)
    write_rows(told, "Buy peacock feathers")
    edith.stop(told["id"])
    with refused(409, f"port: {told['port']} is taken"):
        edith.make("owl", PASSWORD, port=told["port"])
    assert len(containers(client, service.root)) == 1
    assert directories(service.root) == ["storage/edith/peacock"]
    with socket.create_server(("127.0.0.1", told["port"])), refused(409, f"port: {told['port']} is taken by somebody"):
        edith.start(told["id"])
    edith.start(told["id"])
    assert rows(told) == ["Buy peacock feathers"]


@pytest.fixture
def making(in_process, client, tmp_path):
    """Makes a server with another setting; it leaves nothing."""
    yield lambda **changes: in_process(**changes).make("edith", "peacock", PASSWORD)
    assert (containers(client, tmp_path / "root"), directories(tmp_path / "root")) == ([], [])


def test_no_port_is_left(making):
    with socket.create_server(("127.0.0.1", 20012)), refused(409, "No port from 20012 to 20012 is free"):
        making(ports="20012-20012")


def test_an_image_that_is_missing(making):
    with refused(503, "The image no-such-image:1 is missing; `python -m databases image` makes it"):
        making(image="no-such-image:1")


def test_an_image_that_does_not_serve(making, service, client):
    recipe = f'FROM {service.image}\nENTRYPOINT ["sh", "-c", "echo no such thing as luck; exit 3"]\n'
    built, _ = client.images.build(fileobj=BytesIO(recipe.encode()), rm=True)
    try:
        with refused(503, "The server ended with exit code 3. Its log: no such thing as luck"):
            making(image=str(built.id))
    finally:
        client.images.remove(str(built.id))


def test_an_engine_that_is_down_and_comes_back(new_service, client, tmp_path):
    door = tmp_path / "engine.sock"
    with running(new_service(DOCKER_HOST=f"unix://{door}")) as service:
        edith = service.client()
        with refused(503, "The container engine refused, or does not answer"):
            edith.all()
        with wire(door):
            told = edith.make("peacock", PASSWORD)
            write_rows(told, "Buy peacock feathers")
        for act in (edith.all, lambda: edith.make("owl", PASSWORD), lambda: edith.delete(told["id"], data="drop")):
            with refused(503, "The container engine refused, or does not answer"):
                act()
        with wire(door):
            assert rows(edith.make("peacock", PASSWORD)) == ["Buy peacock feathers"]
            edith.delete(told["id"], data="drop")
            assert (containers(client, service.root), directories(service.root)) == ([], [])
        assert "Traceback" not in service.log()


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 60 MB: one cluster has room there, two have not."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_takes_no_new_server_and_spares_the_old(new_service, client, small_disk):
    with running(new_service(small_disk / "root")) as service:
        edith = service.client()
        told = edith.make("peacock", PASSWORD)
        write_rows(told, "Buy peacock feathers")
        with refused(507, "The disk is full"):
            edith.make("owl", PASSWORD)
        assert len(containers(client, service.root)) == 1
        assert directories(service.root) == ["storage/edith/peacock"]
        assert rows(told) == ["Buy peacock feathers"]
        edith.stop(told["id"])
        _fill(small_disk)
        with refused(507, "The disk is full"):
            edith.make("owl", PASSWORD)
        (small_disk / "filling").unlink()
        edith.start(told["id"])
        assert rows(told) == ["Buy peacock feathers"]
        edith.delete(told["id"], data="drop")


def _fill(disk):
    with (disk / "filling").open("wb") as filling:
        free = shutil.disk_usage(disk).free
        os.posix_fallocate(filling.fileno(), 0, free)


def test_a_container_that_is_killed_or_removed_has_lost_nothing(edith, client):
    told = edith.make("peacock", PASSWORD)
    write_rows(told, "Buy peacock feathers")
    client.containers.get(told["id"]).kill()
    assert edith.one(told["id"])["health"] == "down"
    assert edith.make("peacock", PASSWORD) == told
    assert rows(told) == ["Buy peacock feathers"]
    client.containers.get(told["id"]).remove(force=True)
    with refused(404, "There is no database"):
        edith.one(told["id"])
    assert rows(edith.make("peacock", PASSWORD)) == ["Buy peacock feathers"]


def test_servers_whose_root_folder_was_moved_share_their_data_with_no_second_one(in_process, tmp_path):
    first = in_process(tmp_path / "before").make("edith", "peacock", PASSWORD)
    write_rows(first, "Buy peacock feathers")
    (tmp_path / "before").rename(tmp_path / "after")
    with pytest.raises(RefusedError, match="Another server has this storage already"):
        in_process(tmp_path / "after").make("edith", "peacock", PASSWORD)
    assert rows(first) == ["Buy peacock feathers"]
