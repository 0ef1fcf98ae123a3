"""`/health/` tells what the site is, of which release, and whether it can do its work."""

import json
import os
import sqlite3
import subprocess
from contextlib import closing

import pytest
from django.db import connection
from django.test import Client

from acceptance import images
from superlists import health
from tests.superlists.checkout import PRODUCTION, copied_to, python

pytestmark = pytest.mark.django_db
ASK = "from django.test import Client; print(Client(HTTP_HOST='lists.example.com').get('/health/').content.decode())"
SHARES = "DROP TABLE lists_share; CREATE TABLE lists_share (id integer PRIMARY KEY, list_id text, email text,"


@pytest.fixture(autouse=True)
def release(tmp_path, monkeypatch):
    """A folder of a release, which holds no RELEASE file yet."""
    health.release.cache_clear()
    monkeypatch.setattr(health, "BASE_DIR", tmp_path)
    yield tmp_path
    health.release.cache_clear()


def test_a_healthy_site_says_what_it_is_whoever_asks(client, release, settings):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["lists.example.com"], True
    (release / "RELEASE").write_text("2026-11-20-1a2b3c4\n")
    # A probe on the machine needs neither HTTPS nor the right host.
    response = Client(HTTP_HOST="127.0.0.1:8000").get("/health/")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json() == {
        "healthy": True,
        "site": "localhost",
        "environment": "local",
        "release": "2026-11-20-1a2b3c4",
        "database": "sqlite",
        "database_reachable": True,
        "migrations_applied": True,
        "schema_fits": True,
    }
    assert response["Cache-Control"] == "no-store"
    assert client.head("/health/").status_code == 200
    assert client.get("/", HTTP_HOST="127.0.0.1:8000").status_code == 400
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["*"], False
    assert Client().post("/health/").status_code == 404


@pytest.mark.parametrize(
    ("sql", "state", "logged"),
    [
        ("DELETE FROM django_migrations WHERE app = 'lists'", (False, False), ""),
        # What a later release's migrations may have done.
        ("ALTER TABLE lists_item RENAME COLUMN text TO words", (True, False), "lacks what this release reads"),
        ("DROP TABLE accounts_loginlink", (True, False), "lacks what this release reads"),
        # What no release has written.
        ("INSERT INTO lists_list (id, created_at) VALUES ('no key', '2026-11-21')", (True, False), "or it is damaged"),
        (f"{SHARES} note text NOT NULL)", (True, False), "lists_share.note, which this release does not know"),
        (f"{SHARES} note text)", (True, True), ""),
        (f"{SHARES} note text NOT NULL DEFAULT '')", (True, True), ""),
    ],
)
def test_a_database_that_another_release_made_is_healthy_where_this_one_can_read_and_write_it(
    client, site_log, sql, state, logged
):
    with connection.cursor() as cursor:
        for statement in sql.split(";"):
            cursor.execute(statement)
    _, fits = state
    response = client.get("/health/")
    body = response.json()
    assert (response.status_code, body["healthy"]) == ((200, True) if fits else (503, False))
    assert (body["migrations_applied"], body["schema_fits"]) == state
    assert logged in site_log.getvalue()
    assert bool(logged) == ("ERROR" in site_log.getvalue().replace("ERROR django.request", ""))


def test_a_database_that_does_not_answer_is_unhealthy(client, no_database, monkeypatch, site_log):
    monkeypatch.setattr(health, "connection", no_database)
    response = client.get("/health/")
    body = response.json()
    assert (response.status_code, body["healthy"]) == (503, False)
    assert (body["database_reachable"], body["migrations_applied"]) == (False, False)
    assert "unable to open" not in json.dumps(body)
    assert "ERROR superlists.health: The database did not answer the health check" in site_log.getvalue()
    assert "OperationalError: unable to open database file" in site_log.getvalue()


def test_a_damaged_database_is_unhealthy(tmp_path):
    folder = copied_to(tmp_path / "site")
    site = PRODUCTION | {"SITE_ENVIRONMENT": "local"}
    assert python(folder, "manage.py", "migrate", **site).returncode == 0
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database, database:
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("INSERT INTO lists_list (id, created_at) VALUES (?, '2026-11-21')", ["1" * 32])
        rows = (("1" * 32, f"{number:0500}", str(number)) for number in range(1000))
        database.executemany("INSERT INTO lists_item (list_id, text, digest) VALUES (?, ?, ?)", rows)
    command = ("manage.py", "shell", "--command", ASK)
    assert json.loads(python(folder, *command, **site).stdout.splitlines()[-1])["healthy"]
    # The beginning of each table is left as it is.
    with (folder / "db.sqlite3").open("r+b") as file:
        file.seek(-100_000, os.SEEK_END)
        file.write(b"x" * 100_000)
    damaged = python(folder, *command, **site)
    assert json.loads(damaged.stdout.splitlines()[-1])["healthy"] is False
    assert "database disk image is malformed" in damaged.stderr


def git(folder, *arguments):
    author = ["-c", "user.name=Edith", "-c", "user.email=edith@example.com"]
    command = ["git", "-C", str(folder), *author, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    ("file", "mark"), [("", ""), ("views.py", "-dirty"), ("forms.py", "-dirty"), ("db.sqlite3", "")]
)
def test_a_checkout_is_known_by_its_commit_and_whether_a_file_was_changed_or_added(release, file, mark):
    (release / "views.py").write_text("as it was")
    (release / ".gitignore").write_text("*.sqlite3\n")
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "Begin"]):
        git(release, *command)
    if file:
        (release / file).write_text("otherwise")
    expected = git(release, "rev-parse", "--short", "HEAD") + mark
    assert (health.release(), images.release(release)) == (expected, expected)


def test_what_git_cannot_tell_is_unknown(release, monkeypatch):
    assert health.release() == "unknown"
    health.release.cache_clear()
    git(release, "init", "--quiet")
    git(release, "commit", "--quiet", "--allow-empty", "--message", "Begin")
    (release / ".git" / "index").write_text("broken")
    assert (health.release(), images.release(release)) == ("unknown", "unknown")
    health.release.cache_clear()
    monkeypatch.setenv("PATH", str(release))
    assert health.release() == "unknown"
