"""Where a web server starts the site, and when it does not start."""

import sqlite3
from contextlib import closing

import pytest

from tests.superlists.checkout import PRODUCTION, SITE, copied_to, python

IMPORT = ("-c", "import superlists.wsgi")
STAMP = """CREATE TABLE acceptance_stamp (id INTEGER PRIMARY KEY, site TEXT);
INSERT INTO acceptance_stamp (site) VALUES ('staging.example.com')"""


def test_an_environment_that_is_not_named_is_production(tmp_path):
    folder = copied_to(tmp_path)
    (folder / ".git").mkdir()
    refused = python(folder, *IMPORT)
    assert refused.returncode != 0
    assert refused.stderr.splitlines()[-3:] == [
        "django.core.exceptions.ImproperlyConfigured: The site cannot start:",
        "DJANGO_ALLOWED_HOST: is not set, and with debug off it has to be",
        "DJANGO_SECRET_KEY: is not set, and with debug off it has to be",
    ]


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_a_production_process_ends_at_the_sight_of_a_stamp(tmp_path, environment):
    site = PRODUCTION | {"SITE_ENVIRONMENT": environment, "DJANGO_DB_PATH": str(tmp_path / "lists.sqlite3")}
    assert python(SITE, *IMPORT, **site).returncode == 0
    with closing(sqlite3.connect(tmp_path / "lists.sqlite3")) as database, database:
        database.executescript(STAMP)
    ran = python(SITE, *IMPORT, **site)
    assert (ran.returncode != 0) == (environment == "production")
    assert ("stamped as disposable for staging.example.com" in ran.stderr) == (environment == "production")
