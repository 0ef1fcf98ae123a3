"""What a release needs is not to be had, or does not install: what served goes on, and so does the way back."""

import tarfile
from io import BytesIO

import pytest

from tests.box.deploy_failures import refused


@pytest.fixture
def no_wheels(monkeypatch):
    """From now on no wheel arrives."""
    archive = BytesIO()
    tarfile.open(fileobj=archive, mode="w").close()
    return lambda: monkeypatch.setattr("deploy.runtimes.virtualenv.packed", lambda *_: archive.getvalue())


def test_requirements_that_cannot_be_had(staging):
    told = refused(staging, staging.checkout.replaced("superlists/requirements.txt", "asgiref==", "nosuchthing==9."))
    assert "needs: The wheels could not be downloaded here. pip said: " in told
    assert "nosuchthing" in told
    assert "serves on" in told


def test_the_way_back_is_not_made_anew(staging, no_wheels):
    staging.serve_first()
    second = staging.checkout.commit({"superlists/marked.py": '"""Second."""\n'})
    staging.deploy(second)
    # Whatever goes wrong on the way, what a rollback leads to stays whole.
    no_wheels()
    staging.deploy()
    assert (staging.release, staging.previous) == (staging.checkout.base.commit, second.commit)
