"""A deploy to a site that served, and whose database is gone, as on a disk that was not mounted."""

import pytest

from acceptance.ssh import ServerError
from deploy import site_data as data
from deploy.deployment import DeployError, deploy

WHY = r"served, and \S+/db\.sqlite3 holds no table\. Is its disk mounted\?"


@pytest.fixture
def away(staging):
    """Take the database away, and all that was made in its place in the end."""
    staging.manage("create_list", "Precious")
    path = str(staging.layout.database)
    beside = (f"{path}-wal", f"{path}-shm")
    staging.run("python3", "-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('VACUUM')", path)
    rows, served = staging.rows(), staging.release
    staging.run("mv", path, f"{path}.away")
    staging.run("rm", "--force", *beside)
    yield
    staging.run("rm", "--force", path, *beside)
    staging.run("mv", f"{path}.away", path)
    assert (staging.rows(), staging.release) == (rows, served)


@pytest.mark.usefixtures("away")
def test_a_site_that_served_is_given_no_new_database(staging):
    # SQLite makes an empty one for whoever asks.
    staging.run("install", "--mode=660", "/dev/null", str(staging.layout.database))
    staging.run("curl", "--silent", "http://127.0.0.1/health/")
    with pytest.raises(ServerError, match=WHY):
        data.back_up(staging.site)
    with pytest.raises(DeployError, match=f"(?s){WHY}.*was not switched"):
        staging.deploy(staging.checkout.commit({"superlists/marked.py": '"""Missed."""\n'}))


def test_a_database_that_is_taken_away_after_its_backup_is_not_made_anew(staging, monkeypatch):
    monkeypatch.setattr("deploy.smoke.HEALTHY_WITHIN_S", 2)
    staging.manage("create_list", "Precious")
    path, rows, served = str(staging.layout.database), staging.rows(), staging.release

    def say(line: str) -> None:
        if "Running manage.py migrate" in line:
            staging.run("mv", path, f"{path}.away")

    try:
        with pytest.raises(DeployError, match=r"(?s)taken away or exchanged since it was backed up.*was not switched"):
            deploy(staging.site, staging.checkout.commit({}), sites=staging.sites, say=say)
    finally:
        staging.run("rm", "--force", path, f"{path}-wal", f"{path}-shm")
        staging.run("mv", f"{path}.away", path)
    assert (staging.rows(), staging.release) == (rows, served)
