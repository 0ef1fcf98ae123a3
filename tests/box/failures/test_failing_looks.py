"""A look that fails in a deploy or a restore is no answer: nothing is taken for missing, and no data is touched."""

import re

import pytest

from deploy import data
from deploy.deploying import DeployError
from deploy.server import ServerError
from tests.box.conftest import said

LOOKING = ("test", "find", "stat")


@pytest.fixture
def no_look_at_the_database(staging):
    """Have whatever looks for the database killed, as on a machine that has no memory left."""
    name = staging.place.database.name
    for program in LOOKING:
        script = f'#!/bin/sh\ncase "$*" in *{name}*) kill -9 $$;; esac\nexec /usr/bin/{program} "$@"\n'
        staging.put(f"/usr/local/bin/{program}", script)
    yield
    said(staging.box, "sudo", "rm", *(f"/usr/local/bin/{program}" for program in LOOKING))


@pytest.mark.usefixtures("no_look_at_the_database")
def test_a_deploy_that_cannot_look_for_the_database_ends_and_touches_nothing(staging):
    staging.manage("create_list", "Precious")
    before, rows = staging.release, staging.rows()
    with pytest.raises(DeployError, match=r"Looking for \S+sqlite3 failed.*\n.*was not switched: \w+ serves on"):
        staging.deploy(staging.checkout.commit({"superlists/marked.py": '"""Looked."""\n'}))
    assert (staging.release, staging.rows()) == (before, rows)


def test_a_restore_that_cannot_look_for_the_database_replaces_nothing(staging, request):
    told: list[str] = []
    data.back_up(staging.site, told.append)
    name = told[0].rpartition("/")[2]
    staging.manage("create_list", "Entered since")
    rows = staging.rows()
    request.getfixturevalue("no_look_at_the_database")
    with pytest.raises(ServerError, match=r"Looking for \S+sqlite3 failed"):
        data.restore(staging.site, name, say=told.append)
    assert staging.rows() == rows
    assert re.search("backed up to", "".join(told)) is None
