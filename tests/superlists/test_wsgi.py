"""Where a web server starts the site, and when it does not start."""

import runpy
import sqlite3
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler

from acceptance.django_app.models import Stamp
from tests.superlists.checkout import PRODUCTION, SITE, copied_to, python

WSGI = SITE / "superlists" / "wsgi.py"


@pytest.fixture
def start(db, settings):
    # Setting Django up once more would take away pytest's own log handlers.
    settings.LOGGING_CONFIG = None
    return lambda: runpy.run_path(str(WSGI))["application"]


def test_a_local_site_starts_on_a_stamped_database(start):
    Stamp.objects.get_or_create(site="localhost")
    assert isinstance(start(), WSGIHandler)


def test_production_starts_on_a_database_without_stamp(start, settings):
    settings.ACCEPTANCE = settings.ACCEPTANCE | {"environment": "production"}
    Stamp.objects.all().delete()
    assert isinstance(start(), WSGIHandler)


def test_production_does_not_start_on_a_stamped_database(start, settings):
    settings.ACCEPTANCE = settings.ACCEPTANCE | {"environment": "production"}
    Stamp.objects.get_or_create(site="localhost")
    with pytest.raises(ImproperlyConfigured, match="its database is stamped as disposable for localhost"):
        start()


def test_an_environment_that_is_not_named_is_production(tmp_path):
    folder = copied_to(tmp_path)
    (folder / ".git").mkdir()
    refused = python(folder, "-c", "import superlists.wsgi")
    assert refused.returncode != 0
    assert refused.stderr.splitlines()[-3:] == [
        "django.core.exceptions.ImproperlyConfigured: The site cannot start:",
        "DJANGO_ALLOWED_HOST: is not set, and with debug off it has to be",
        "DJANGO_SECRET_KEY: is not set, and with debug off it has to be",
    ]


def test_a_production_process_ends_at_the_sight_of_a_stamp(tmp_path):
    database = stamped_database(tmp_path / "stamped.sqlite3", "staging.example.com")
    refused = python(SITE, "-c", "import superlists.wsgi", **PRODUCTION, DJANGO_DB_PATH=str(database))
    assert refused.returncode != 0
    assert "stamped as disposable for staging.example.com" in refused.stderr.splitlines()[-1]


def stamped_database(path: Path, site):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE acceptance_stamp (id INTEGER PRIMARY KEY, site TEXT)")
    database.execute("INSERT INTO acceptance_stamp (site) VALUES (?)", [site])
    database.commit()
    database.close()
    return path
