"""The whole life of a database: made, written to, stopped, started, kept, dropped."""

from dataclasses import replace
from io import BytesIO

import pytest

from databases import RefusedError
from tests.databases.service import PASSWORD, connected, containers, directories, rows, write_rows


def test_rows_are_still_there_after_stop_and_start(edith, service):
    told = edith.make("peacock", PASSWORD)
    assert told == {
        "status": "OK",
        "id": told["id"],
        "host": "127.0.0.1",
        "port": told["port"],
        "storage_dir": "peacock",
    }
    assert told["port"] in range(20000, 21000)
    write_rows(told, "Buy peacock feathers")
    # The same request gives the same server.
    assert edith.make("peacock", PASSWORD, port=told["port"]) == told
    for start in (lambda: edith.start(told["id"]), lambda: edith.make("peacock", PASSWORD)):
        assert edith.stop(told["id"])["state"] == "exited"
        assert edith.one(told["id"])["health"] == "down"
        assert start() == told
        assert rows(told) == ["Buy peacock feathers"]


def test_another_password_is_refused_and_changes_nothing(edith):
    told = edith.make("peacock", PASSWORD)
    with pytest.raises(RefusedError, match="peacock exists, and has another admin_password") as refused:
        edith.make("peacock", "some other password")
    assert refused.value.status == 409
    edith.stop(told["id"])
    with pytest.raises(RefusedError, match="has another admin_password"):
        edith.make("peacock", "some other password")
    assert edith.one(told["id"])["state"] == "exited", "it was not for that request to start it"


def test_what_is_told_of_a_server(edith):
    made = edith.make("peacock", PASSWORD)
    told = edith.one(made["id"])
    assert (told["state"], told["health"]) == ("running", "ok")
    assert 0 <= told["age"] < 60
    assert 30_000_000 < told["size"] < 100_000_000
    (listed,) = edith.all()
    assert {**listed, "status": "OK", "age": told["age"]} == told


def test_data_that_was_kept_is_there_for_the_next_server(edith, service, client):
    first = edith.make("peacock", PASSWORD)
    write_rows(first, "Buy peacock feathers")
    edith.delete(first["id"])
    assert containers(client, service.root) == []
    assert directories(service.root) == ["storage/edith/peacock"]
    with pytest.raises(RefusedError, match="has another admin_password"):
        edith.make("peacock", "some other password")
    assert containers(client, service.root) == []
    second = edith.make("peacock", PASSWORD)
    assert second["id"] != first["id"]
    assert rows(second) == ["Buy peacock feathers"]


def test_data_that_was_dropped_is_gone(edith, service, client):
    first = edith.make("peacock", PASSWORD)
    write_rows(first, "Buy peacock feathers")
    assert edith.delete(first["id"], data="drop") == {"status": "OK", "data": "drop"}
    assert (containers(client, service.root), directories(service.root)) == ([], [])
    second = edith.make("peacock", "some other password")
    with connected(second, "some other password") as connection:
        assert connection.execute("SELECT to_regclass('items')").fetchone() == (None,)


def test_data_is_there_on_another_image(edith, service, client):
    first = edith.make("peacock", PASSWORD)
    write_rows(first, "Buy peacock feathers")
    edith.delete(first["id"])
    derived = BytesIO(f"FROM {service.image}\nLABEL newer=yes\n".encode())
    built, _ = client.images.build(fileobj=derived, rm=True)
    newer = replace(service, image=str(built.id), port=0, process=None)
    try:
        newer.start()
        second = newer.client().make("peacock", PASSWORD)
        assert client.containers.get(second["id"]).attrs["Image"] == built.id
        assert rows(second) == ["Buy peacock feathers"]
        newer.client().delete(second["id"], data="drop")
    finally:
        newer.stop()
        client.images.remove(str(built.id))


def test_a_port_that_is_asked_for(edith):
    assert edith.make("peacock", PASSWORD, port=20007)["port"] == 20007
    with pytest.raises(RefusedError, match="peacock is served at port 20007 already") as refused:
        edith.make("peacock", PASSWORD, port=20008)
    assert refused.value.status == 409
