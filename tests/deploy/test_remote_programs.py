"""The programs that run on a server, each as a process of this machine's Python, as the server would run it."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

REMOTE = Path("deploy/remote")
KEY = "DJANGO_SECRET_KEY"


def run(name, *arguments, given=""):
    command = [sys.executable, "-c", (REMOTE / f"{name}.py").read_text(), *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=20)


def update(path, given, at_first=None, into=None):
    return run("update_env", path, into or path, given=json.dumps([given, at_first or {}]))


def said(path):
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def test_a_new_env_has_a_secret_key_and_what_it_begins_with(tmp_path):
    path = tmp_path / ".env"
    done = update(path, {"SITE_ENVIRONMENT": "staging"}, {"EMAIL_FILE_PATH": "/mail"})
    assert done.stdout.split() == [KEY, "EMAIL_FILE_PATH", "SITE_ENVIRONMENT"]
    assert said(path)["SITE_ENVIRONMENT"] == "'staging'"
    assert len(said(path)[KEY]) > 50
    assert said(path)[KEY].strip("'") not in done.stdout + done.stderr
    assert path.stat().st_mode & 0o777 == 0o640


def test_an_env_of_before_is_opened_to_the_group_that_serves_and_else_stays(tmp_path):
    path = tmp_path / ".env"
    update(path, {"SITE_ENVIRONMENT": "staging"})
    before = path.read_text()
    path.chmod(0o600)
    assert update(path, {"SITE_ENVIRONMENT": "staging"}).stdout == "\n"
    assert (path.read_text(), path.stat().st_mode & 0o777) == (before, 0o640)


def test_an_env_is_updated_in_place_and_keeps_what_is_not_named(tmp_path):
    path = tmp_path / ".env"
    update(path, {"SITE_ENVIRONMENT": "staging"}, {"EMAIL_FILE_PATH": "/mail"})
    key = said(path)[KEY]
    done = update(path, {"EMAIL_HOST": "smtp.example.com", "EMAIL_FILE_PATH": ""}, {"EMAIL_FILE_PATH": "/other"})
    assert done.stdout.split() == ["EMAIL_FILE_PATH", "EMAIL_HOST"]
    assert said(path) == {KEY: key, "SITE_ENVIRONMENT": "'staging'", "EMAIL_HOST": "'smtp.example.com'"}
    assert update(path, {"EMAIL_HOST": "smtp.example.com"}).stdout == "\n"


@pytest.mark.parametrize(("was", "wanted"), [("staging", "production"), ("production", "staging")])
def test_the_environment_is_written_once(tmp_path, was, wanted):
    path = tmp_path / ".env"
    update(path, {"SITE_ENVIRONMENT": was})
    before = path.read_text()
    done = update(path, {"SITE_ENVIRONMENT": wanted, "EMAIL_HOST": "smtp.example.com"})
    said = f"this site was provisioned as '{was}', not '{wanted}'; that never changes"
    assert (done.returncode, done.stdout.strip()) == (76, said)
    assert path.read_text() == before


def test_an_env_that_lost_its_environment_is_given_none(tmp_path):
    path = tmp_path / ".env"
    path.write_text(f"{KEY}='x'\n")
    done = update(path, {"SITE_ENVIRONMENT": "staging"})
    assert done.returncode == 76
    assert "provisioned as 'none'" in done.stdout


@pytest.mark.parametrize(
    ("edited", "says"),
    [
        ("DJANGO_DB_PATH='/volume/db.sqlite3'", "to /volume/db.sqlite3"),
        ("DATABASE_URL='postgres://lists:s3cret@host/lists'", "to the one of DATABASE_URL"),
        ("", "to none"),
    ],
)
@pytest.mark.parametrize("into", ["", ".env", ".env.next"])
def test_an_env_that_leads_to_another_database_is_left_alone(tmp_path, edited, says, into):
    path = tmp_path / ".env"
    path.write_text(f"SITE_ENVIRONMENT='staging'\n{edited}\n")
    given = {"SITE_ENVIRONMENT": "staging", "DJANGO_DB_PATH": "/site/db.sqlite3"}
    done = run("update_env", path, into and tmp_path / into, given=json.dumps([given, {}]))
    assert done.returncode == 77
    assert done.stdout.startswith(f"{path} leads {says}, not to /site/db.sqlite3. ")
    assert "s3cret" not in done.stdout + done.stderr
    assert path.read_text() == f"SITE_ENVIRONMENT='staging'\n{edited}\n"
    assert not (tmp_path / ".env.next").exists()


def test_an_env_that_is_only_looked_at_is_not_written(tmp_path):
    path = tmp_path / ".env"
    given = {"SITE_ENVIRONMENT": "staging", "DJANGO_DB_PATH": "/site/db.sqlite3"}
    update(path, given)
    before = path.read_text()
    done = run("update_env", path, "", given=json.dumps([given | {"SITE_ORIGIN": "http://other"}, {}]))
    assert (done.returncode, path.read_text(), [path]) == (0, before, list(tmp_path.iterdir()))


def test_an_env_that_somebody_else_wrote_is_left_alone(tmp_path):
    path = tmp_path / ".env"
    path.write_text("export EMAIL_PASSWORD=s3cret\n")
    done = update(path, {"SITE_ENVIRONMENT": "staging"})
    assert done.returncode
    assert "has a line that is not NAME='value': export EMAIL_PASSWORD" in done.stderr
    assert "s3cret" not in done.stderr
    assert path.read_text() == "export EMAIL_PASSWORD=s3cret\n"


def test_what_is_to_hold_later_is_written_beside(tmp_path):
    path, later = tmp_path / ".env", tmp_path / ".env.next"
    update(path, {"SITE_ENVIRONMENT": "staging"})
    before = path.read_text()
    assert update(path, {"EMAIL_HOST": "smtp.example.com"}, into=later).stdout.split() == ["EMAIL_HOST"]
    assert path.read_text() == before
    assert said(later) == said(path) | {"EMAIL_HOST": "'smtp.example.com'"}


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE lists (name TEXT)")
        connection.execute("CREATE TABLE acceptance_stamp (site TEXT)")
        connection.execute("INSERT INTO lists VALUES ('Buy milk'), (NULL)")
        connection.execute("INSERT INTO acceptance_stamp VALUES ('lists.example.com')")
    return path


def rows(path, table):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()


def test_a_database_is_copied_while_it_is_in_use(tmp_path, database):
    copy = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(database)) as writing:
        writing.execute("INSERT INTO lists VALUES ('not yet')")
        assert run("copy_database", database, copy).returncode == 0
    assert rows(copy, "lists") == [("Buy milk",), (None,)]
    assert [path.name for path in tmp_path.glob("*unfinished*")] == []


def test_a_copy_replaces_no_other(tmp_path, database):
    copy = tmp_path / "copy.sqlite3"
    copy.write_text("somebody's")
    done = run("copy_database", database, copy)
    assert (done.returncode, done.stdout) == (1, f"{copy} is there already\n")
    assert copy.read_text() == "somebody's"


def test_no_copy_is_made_of_a_database_that_is_not_there(tmp_path):
    database = tmp_path / "db.sqlite3"
    assert run("copy_database", database, tmp_path / "copy.sqlite3").returncode
    assert not database.exists()
    assert not (tmp_path / "copy.sqlite3").exists()


def test_a_database_is_made_for_two_accounts_and_an_empty_one_stays(tmp_path):
    database = tmp_path / "db.sqlite3"
    for _ in range(2):
        assert run("make_database", database).returncode == 0
        assert (database.stat().st_size, database.stat().st_mode & 0o777) == (0, 0o660)


def test_what_makes_a_database_replaces_none(database):
    done = run("make_database", database)
    assert (done.returncode, done.stdout) == (1, f"{database} is there already, and not empty; it was left as it is\n")
    assert len(rows(database, "lists")) == 2


def test_what_makes_a_database_makes_none_behind_a_link(tmp_path):
    (tmp_path / "db.sqlite3").symlink_to("not-mounted")
    assert run("make_database", tmp_path / "db.sqlite3").returncode
    assert not (tmp_path / "not-mounted").exists()


def test_a_query_is_answered_and_changes_nothing(database):
    done = run("query", database, given="SELECT name, 1 AS one FROM lists")
    assert done.stdout == "name\tone\nBuy milk\t1\n\t1\n"
    refused = run("query", database, given="DELETE FROM lists")
    assert "readonly database" in refused.stderr
    assert len(rows(database, "lists")) == 2


def test_nothing_is_written_through_a_link_that_somebody_put_there(tmp_path):
    theirs = tmp_path / "authorized_keys"
    theirs.write_text("a key")
    (tmp_path / ".env.new").symlink_to(theirs)
    update(tmp_path / ".env", {"SITE_ENVIRONMENT": "staging"})
    assert theirs.read_text() == "a key"
    assert not (tmp_path / ".env").is_symlink()
