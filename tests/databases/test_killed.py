"""A service that is killed in the middle of something, and what the next one makes of it."""

import threading
from contextlib import suppress

import pytest

from databases import RefusedError
from databases.client import UnreachableError
from tests.databases.engine_relay import EngineRelay
from tests.databases.service import PASSWORD, connected, containers, directories, rows, write_rows

HELD_WITHIN_S = 60
# Requests to the engine on the way from a POST to a server that takes connections.
ON_THE_WAY = {
    "before it is made": r"POST \S+/containers/create",
    "before it has the password": r"PUT \S+/archive",
    "between creating and starting": r"POST \S+/start",
}


@pytest.fixture
def interrupted(new_service, client, tmp_path):
    """Give a way to kill a service amid a request, and a new one on the same folder afterwards."""
    made = []

    def kill_amid(at, request, first=None, nth=1):
        held = EngineRelay(tmp_path / "engine.sock", at, nth)
        service = new_service(tmp_path / "root", DOCKER_HOST=held.engine_url)
        service.tokens = first.tokens if first else {}
        made.append(service)
        service.start()
        asking = service.client()

        def ask():
            with suppress(UnreachableError, RefusedError):
                request(asking)

        asked = threading.Thread(target=ask)
        asked.start()
        try:
            assert held.held.wait(HELD_WITHIN_S), service.log()
        finally:
            service.kill()
            held.cut()
        asked.join()
        return service

    def again(service):
        service.changes = {}
        service.start()
        return service.client()

    yield kill_amid, again
    for service in made:
        service.kill()
    for identity in containers(client, tmp_path / "root"):
        client.api.remove_container(identity, force=True, v=True)


@pytest.mark.parametrize("at", ON_THE_WAY.values(), ids=ON_THE_WAY)
def test_a_half_made_server_is_removed_at_the_next_start(interrupted, client, at):
    kill_amid, again = interrupted
    service = kill_amid(at, lambda asking: asking.make("peacock", PASSWORD))
    assert directories(service.root) == ["storage/edith/peacock"]
    edith = again(service)
    assert edith.all() == []
    assert (containers(client, service.root), directories(service.root)) == ([], [])
    told = edith.make("peacock", PASSWORD)
    connected(told).close()
    edith.delete(told["id"], data="drop")


def test_a_server_that_was_starting_is_there_at_the_next_start(interrupted, client):
    kill_amid, again = interrupted
    # The second look at it comes when it was started, and does not answer yet.
    look = r"GET \S+/containers/\w{64}/json"
    service = kill_amid(look, lambda asking: asking.make("peacock", PASSWORD), nth=2)
    (identity,) = containers(client, service.root)
    edith = again(service)
    told = edith.make("peacock", PASSWORD)
    assert identity.startswith(told["id"])
    connected(told).close()
    edith.delete(told["id"], data="drop")


@pytest.mark.parametrize("at", ON_THE_WAY.values(), ids=ON_THE_WAY)
def test_data_that_was_there_before_is_never_removed(interrupted, new_service, client, tmp_path, at):
    kill_amid, again = interrupted
    first = new_service(tmp_path / "root")
    first.start()
    told = first.client().make("peacock", PASSWORD)
    write_rows(told, "Buy peacock feathers")
    first.client().delete(told["id"])
    first.stop()
    service = kill_amid(at, lambda asking: asking.make("peacock", PASSWORD), first)
    edith = again(service)
    assert edith.all() == []
    assert directories(service.root) == ["storage/edith/peacock"]
    told = edith.make("peacock", PASSWORD)
    assert rows(told) == ["Buy peacock feathers"]
    edith.delete(told["id"], data="drop")


def test_a_drop_that_was_begun_is_finished(interrupted, client):
    kill_amid, again = interrupted

    def make_and_drop(asking):
        asking.delete(asking.make("peacock", PASSWORD)["id"], data="drop")

    service = kill_amid(r"DELETE \S+/containers/", make_and_drop)
    assert len(containers(client, service.root)) == 1
    assert again(service).all() == []
    assert (containers(client, service.root), directories(service.root)) == ([], [])


def test_what_a_service_in_a_container_has_at_a_folder_of_the_same_name_is_its_own(client, new_service, owned):
    service = new_service()
    labels = owned.labels | {f"databases.{name}": "edith" for name in ("owner", "storage")}
    labels |= {"databases.root": str(service.root), "databases.port": "20000", "databases.service": "of-a-container"}
    # Never started: left half made, where it is one's own.
    theirs = client.containers.create(service.image, labels=labels)
    service.start()
    try:
        assert service.client().all() == []
        assert containers(client, service.root) == [theirs.id]
    finally:
        service.kill()
