"""What is killed in the middle of something, and what the next service makes of it."""

import os
import subprocess
import sys

import pytest

from tests.databases.engine_relay import EngineRelay
from tests.databases.service import PASSWORD, connected, containers, directories, rows, write_rows

HELD_WITHIN_S = 60
# As a thread of a service does it.
WORK = """
import sys
from databases.app import connect
from databases.databases import Databases
from databases.settings import Settings

databases = Databases(connect(), Settings.read())
made = databases.make("edith", "peacock", sys.argv[1])
"""
DROP = WORK + 'databases.delete("edith", made["id"], keep=False)\n'
# Requests to the engine on the way from a POST to a server that takes connections: before it is made, before it has
# the password, and between creating and starting.
CREATES, HANDS_PASSWORD, STARTS = r"POST \S+/containers/create", r"PUT \S+/archive", r"POST \S+/start"


@pytest.fixture
def kill_amid(new_service, client, tmp_path):
    """Give a way to kill a process that works with databases at a request to the engine; it gives the root folder."""
    root = tmp_path / "root"

    def kill(at, work=WORK, nth=1):
        held = EngineRelay(tmp_path / "engine.sock", at, nth)
        environ = new_service(root, DOCKER_HOST=held.engine_url).environ
        # A test run that is killed ends it.
        command = ["setpriv", "--pdeathsig=KILL", sys.executable, "-c", work, PASSWORD]
        process = subprocess.Popen(command, env=os.environ | environ)
        try:
            assert held.held.wait(HELD_WITHIN_S)
        finally:
            process.kill()
            process.wait()
            held.cut()
        return root

    yield kill
    for identity in containers(client, root):
        client.api.remove_container(identity, force=True, v=True)


@pytest.fixture
def again(in_process):
    """Give the databases of a folder as the next service has them."""

    def recovered(root):
        databases = in_process(root)
        databases.recover()
        return databases

    return recovered


@pytest.mark.parametrize("at", [CREATES, HANDS_PASSWORD])
def test_a_half_made_server_is_removed_at_the_next_start(kill_amid, again, client, at):
    root = kill_amid(at)
    assert directories(root) == ["storage/edith/peacock"]
    assert again(root).all("edith") == []
    assert (containers(client, root), directories(root)) == ([], [])


def test_a_server_that_was_starting_is_there_at_the_next_start(kill_amid, again, client):
    # The second look at it comes when it was started, and does not answer yet.
    root = kill_amid(r"GET \S+/containers/\w{64}/json", nth=2)
    (identity,) = containers(client, root)
    databases = again(root)
    told = databases.make("edith", "peacock", PASSWORD)
    assert identity.startswith(told["id"])
    connected(told).close()
    databases.delete("edith", told["id"], keep=False)


def test_data_that_was_there_before_is_never_removed(kill_amid, again, in_process, tmp_path):
    databases = in_process(tmp_path / "root")
    told = databases.make("edith", "peacock", PASSWORD)
    write_rows(told, "Buy peacock feathers")
    databases.delete("edith", told["id"], keep=True)
    databases = again(kill_amid(STARTS))
    assert databases.all("edith") == []
    assert directories(tmp_path / "root") == ["storage/edith/peacock"]
    told = databases.make("edith", "peacock", PASSWORD)
    assert rows(told) == ["Buy peacock feathers"]
    databases.delete("edith", told["id"], keep=False)


def test_a_drop_that_was_begun_is_finished_at_the_next_start(kill_amid, again, client):
    root = kill_amid(r"DELETE \S+/containers/", DROP)
    assert len(containers(client, root)) == 1
    assert again(root).all("edith") == []
    assert (containers(client, root), directories(root)) == ([], [])


def test_what_a_service_in_a_container_has_at_a_folder_of_the_same_name_is_its_own(client, in_process, owned, tmp_path):
    labels = owned.labels | {f"databases.{name}": "edith" for name in ("owner", "storage")}
    labels |= {"databases.port": "20000", "databases.service": "of-a-container"}
    databases = in_process()
    root = databases.settings.root
    # Never started: left half made, where it is one's own.
    theirs = client.containers.create(databases.settings.image, labels=labels | {"databases.root": str(root)})
    databases.recover()
    assert databases.all("edith") == []
    assert containers(client, root) == [theirs.id]
