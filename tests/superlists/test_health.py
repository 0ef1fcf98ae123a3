"""`/health/` tells what the site is, and whether it can do its work."""

import json
import os
import sqlite3
from contextlib import closing

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from superlists import health
from tests.superlists.checkout import PRODUCTION, copied_to, python

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def release(tmp_path, monkeypatch):
    """A folder of a release, which holds no RELEASE file yet."""
    health.release.cache_clear()
    monkeypatch.setattr(health, "BASE_DIR", tmp_path)
    yield tmp_path
    health.release.cache_clear()


def test_a_healthy_site_says_what_it_is(client, release):
    (release / "RELEASE").write_text("2026-11-20-1a2b3c4\n")
    response = client.get("/health/")
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


def test_a_probe_may_ask_for_the_headers_only(client):
    assert client.head("/health/").status_code == 200


def test_nobody_can_post_to_it(client):
    assert client.post("/health/").status_code == 404


def test_a_migration_that_is_not_applied_is_unhealthy(client):
    MigrationRecorder.Migration.objects.filter(app="lists").delete()
    response = client.get("/health/")
    said = response.json()
    assert (response.status_code, said["healthy"]) == (503, False)
    assert (said["database_reachable"], said["migrations_applied"]) == (True, False)


@pytest.mark.parametrize("sql", ["ALTER TABLE lists_item RENAME COLUMN text TO words", "DROP TABLE accounts_loginlink"])
def test_a_schema_that_a_later_release_made_is_unhealthy(client, site_log, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
    response = client.get("/health/")
    said = response.json()
    assert (response.status_code, said["healthy"]) == (503, False)
    assert (said["migrations_applied"], said["schema_fits"]) == (True, False)
    assert (
        "ERROR superlists.schema: The database lacks what this release reads, or it is damaged" in site_log.getvalue()
    )


LATER = "CREATE TABLE lists_share (id integer PRIMARY KEY, list_id text NOT NULL, email text NOT NULL, {column})"


@pytest.mark.parametrize(
    ("column", "fits"),
    [("note text NOT NULL", False), ("note text", True), ("note text NOT NULL DEFAULT ''", True)],
)
def test_a_column_that_a_later_release_made_has_to_take_rows_of_this_one(client, site_log, column, fits):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE lists_share")
        cursor.execute(LATER.format(column=column))
    assert client.get("/health/").json()["schema_fits"] is fits
    assert ("lists_share.note, which this release does not know, has to be given" in site_log.getvalue()) is not fits


def test_a_database_that_does_not_answer_is_unhealthy(client, no_database, monkeypatch, site_log):
    monkeypatch.setattr(health, "connection", no_database)
    response = client.get("/health/")
    said = response.json()
    assert (response.status_code, said["healthy"]) == (503, False)
    assert (said["database_reachable"], said["migrations_applied"]) == (False, False)
    assert "unable to open" not in json.dumps(said)
    assert "ERROR superlists.health: The database did not answer the health check" in site_log.getvalue()
    assert "OperationalError: unable to open database file" in site_log.getvalue()


def test_a_probe_on_the_machine_needs_neither_https_nor_the_right_host(settings):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["lists.example.com"], True
    probe = Client(HTTP_HOST="127.0.0.1:8000")
    assert probe.get("/health/").status_code == 200
    assert probe.get("/").status_code == 400
    assert Client(HTTP_HOST="lists.example.com").get("/")["Location"] == "https://lists.example.com/"


def test_a_damaged_database_is_unhealthy(tmp_path):
    folder = copied_to(tmp_path / "site")
    site = PRODUCTION | {"SITE_ENVIRONMENT": "local"}
    assert python(folder, "manage.py", "migrate", **site).returncode == 0
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database, database:
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("INSERT INTO lists_list (id, created_at) VALUES (?, '2026-11-21')", ["1" * 32])
        rows = (("1" * 32, f"{number:0500}", str(number)) for number in range(1000))
        database.executemany("INSERT INTO lists_item (list_id, text, digest) VALUES (?, ?, ?)", rows)
    asked = (
        "from django.test import Client; print(Client(HTTP_HOST='lists.example.com').get('/health/').content.decode())"
    )
    command = ("manage.py", "shell", "--command", asked)
    assert json.loads(python(folder, *command, **site).stdout.splitlines()[-1])["healthy"]
    # The beginning of each table is left as it is.
    with (folder / "db.sqlite3").open("r+b") as file:
        file.seek(-100_000, os.SEEK_END)
        file.write(b"x" * 100_000)
    damaged = python(folder, *command, **site)
    assert json.loads(damaged.stdout.splitlines()[-1])["healthy"] is False
    assert "database disk image is malformed" in damaged.stderr
