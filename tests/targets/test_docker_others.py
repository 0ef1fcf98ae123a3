"""What runs of other containers and other users have on this engine is theirs."""

import os
import socket
import subprocess

import pytest

from acceptance.targets.pid import this_process
from acceptance.targets.run_resources import HOST, LABEL, PROCESS, USER, Owned
from tests.targets.elsewhere import ran_in_a_container
from tests.targets.engine import engine

LOOKS = (
    "from acceptance.container_engine import connect\n"
    "from acceptance.targets.run_resources import Owned\n"
    "looking = Owned(connect())\n"
    "looking.remove_what_dead_runs_left()\n"
    "looking.remove()\n"
)


def test_a_run_in_a_container_leaves_a_live_run_of_its_engine_alone():
    with engine() as client:
        owned = Owned(client)
        volume = client.volumes.create(owned.name, labels=owned.labels)
        try:
            said = ran_in_a_container(client, LOOKS)
            assert volume.name in [each.name for each in client.volumes.list()]
            assert f"What bears the label {LABEL}={owned.run} is left alone" in said
            assert f"docker volume rm {volume.name}" in said
        finally:
            owned.remove()


@pytest.mark.parametrize("changed", [{USER: str(os.geteuid() + 1)}, {HOST: "another-machine"}, {PROCESS: "b 7 8 9"}])
def test_of_runs_whose_end_cannot_be_told_nothing_is_removed(changed, capfd):
    with subprocess.Popen(["true"]) as ended, engine() as client:
        ended.wait()
        boot, _, start, namespace = this_process().split()
        labels = {LABEL: "of-a-test", HOST: socket.gethostname(), USER: str(os.geteuid())}
        labels[PROCESS] = f"{boot} {ended.pid} {start} {namespace}"
        theirs, ours = (client.volumes.create(labels=given) for given in (labels | changed, labels | {LABEL: "ours"}))
        looking = Owned(client)
        try:
            looking.remove_what_dead_runs_left()
            there = [each.name for each in client.volumes.list()]
            assert theirs.name in there
            assert ours.name not in there, "a run that is known to have ended"
            assert f"by hand: docker volume rm {theirs.name}" in capfd.readouterr().err
        finally:
            theirs.remove(force=True)
            looking.remove()
