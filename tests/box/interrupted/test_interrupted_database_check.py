"""A look that fails in a deploy is no answer: nothing is taken for missing, and no data is touched."""

import pytest

from deploy.deployment import DeployError
from tests.box.conftest import said

PYTHON = "/usr/local/bin/python3"


@pytest.fixture
def no_look_at_the_database(staging):
    """Have whatever looks for the database killed, as on a machine that has no memory left."""
    looking = f'"-c "*" look {staging.layout.database}"'
    staging.put(PYTHON, f'#!/bin/sh\ncase "$*" in {looking}) kill -9 $$;; esac\nexec /usr/bin/python3 "$@"\n')
    yield
    said(staging.box, "sudo", "rm", PYTHON)


@pytest.mark.usefixtures("no_look_at_the_database")
def test_a_deploy_that_cannot_look_for_the_database_ends_and_touches_nothing(staging):
    staging.manage("create_list", "Precious")
    before, rows = staging.release, staging.rows()
    with pytest.raises(DeployError, match=r"Looking into the database failed.*\n.*was not switched: \w+ serves on"):
        staging.deploy(staging.checkout.commit({"superlists/marked.py": '"""Looked."""\n'}))
    assert (staging.release, staging.rows()) == (before, rows)
