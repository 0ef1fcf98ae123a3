"""The whole life of a database: made, written to, stopped, started, kept, dropped."""

from io import BytesIO

import pytest

from databases import RefusedError
from tests.databases.service import PASSWORD, connected, containers, directories, rows, write_rows


def test_a_server_is_told_of_and_has_its_rows_after_stop_and_start(edith):
    made = edith.make("peacock", PASSWORD, port=20007)
    expected = {"status": "OK", "id": made["id"], "host": "127.0.0.1", "port": 20007, "storage_dir": "peacock"}
    assert made == expected
    write_rows(made, "Buy peacock feathers")
    told = edith.one(made["id"])
    assert (told["state"], told["health"]) == ("running", "ok")
    assert 0 <= told["age"] < 60
    assert 30_000_000 < told["size"] < 100_000_000
    (listed,) = edith.all()
    assert {**listed, "status": "OK", "age": told["age"]} == told
    # The same request gives the same server.
    assert edith.make("peacock", PASSWORD) == made
    with pytest.raises(RefusedError, match="peacock is served at port 20007 already") as refused:
        edith.make("peacock", PASSWORD, port=20008)
    assert refused.value.status == 409
    for start in (lambda: edith.start(made["id"]), lambda: edith.make("peacock", PASSWORD)):
        assert edith.stop(made["id"])["state"] == "exited"
        with pytest.raises(RefusedError, match="peacock exists, and has another admin_password") as refused:
            edith.make("peacock", "some other password")
        assert refused.value.status == 409
        # It was not for that request to start it.
        assert edith.one(made["id"])["health"] == "down"
        assert start() == made
        assert rows(made) == ["Buy peacock feathers"]


def test_data_that_was_kept_is_there_for_the_next_server_and_dropped_data_is_gone(edith, service, client):
    first = edith.make("peacock", PASSWORD)
    write_rows(first, "Buy peacock feathers")
    # A request that says nothing of the data keeps it.
    edith.request("DELETE", f"{first['id']}/")
    assert containers(client, service.root) == []
    assert directories(service.root) == ["storage/edith/peacock"]
    with pytest.raises(RefusedError, match="has another admin_password"):
        edith.make("peacock", "some other password")
    assert containers(client, service.root) == []
    second = edith.make("peacock", PASSWORD)
    assert second["id"] != first["id"]
    assert rows(second) == ["Buy peacock feathers"]
    assert edith.delete(second["id"], data="drop") == {"status": "OK", "data": "drop"}
    assert (containers(client, service.root), directories(service.root)) == ([], [])
    third = edith.make("peacock", "some other password")
    with connected(third, "some other password") as connection:
        assert connection.execute("SELECT to_regclass('items')").fetchone() == (None,)


def test_data_is_there_on_another_image(in_process, service, client):
    databases = in_process()
    first = databases.make("edith", "peacock", PASSWORD)
    write_rows(first, "Buy peacock feathers")
    databases.delete("edith", first["id"], keep=True)
    derived = BytesIO(f"FROM {service.image}\nLABEL newer=yes\n".encode())
    built, _ = client.images.build(fileobj=derived, rm=True)
    try:
        newer = in_process(image=str(built.id))
        second = newer.make("edith", "peacock", PASSWORD)
        assert client.containers.get(second["id"]).attrs["Image"] == built.id
        assert rows(second) == ["Buy peacock feathers"]
        newer.delete("edith", second["id"], keep=False)
    finally:
        client.images.remove(str(built.id), force=True)
