"""A stamped database, and every fixture command with arguments that would do something."""

import pytest
from django.conf import settings as site_settings
from django.core.management import call_command, get_commands, load_command_class
from django.db import connection
from django.db.utils import ConnectionHandler

from acceptance.django_app import database_lock as lock
from acceptance.django_app.fixture_command import FixtureCommand
from acceptance.django_app.models import Stamp
from tests.superlists.checkout import copied_to, python
from tests.superlists.testing.channel import served

SITE = site_settings.SITENAME
ARGUMENTS = {
    "create_list": ["Hang the bunting", "--owner", "francis@example.com"],
    "create_login_link": ["edith@example.com"],
    "create_session": ["edith@example.com"],
    "read_mail": [],
    "reset_site": ["--site", SITE],
    "share_list": ["{list}", "francis@example.com"],
}


def fixture_commands():
    ours = {name: app for name, app in get_commands().items() if not app.startswith("django.")}
    return sorted(name for name, app in ours.items() if isinstance(load_command_class(app, name), FixtureCommand))


@pytest.fixture
def stamp(db):
    return Stamp.objects.get_or_create(site=SITE)[0]


@pytest.fixture(params=fixture_commands())
def fixture_command(request, ediths_list, settings, tmp_path):
    """A command and its arguments, on a site that holds Edith's list, and writes mail to files."""
    settings.EMAIL_FILE_PATH = str(tmp_path)
    arguments = ARGUMENTS[request.param]
    return request.param, *(argument.format(list=ediths_list.get_absolute_url()) for argument in arguments)


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    """A copy of the site with a database that is a file, migrated and stamped."""
    folder = copied_to(tmp_path_factory.mktemp("checkout"))
    (folder / ".git").mkdir()
    assert python(folder, "manage.py", "migrate").returncode == 0
    return folder


@pytest.fixture
def run(capsys):
    """Run a command; return what it printed."""

    def call(*command):
        call_command(*command)
        return capsys.readouterr().out.strip()

    return call


@pytest.fixture
def serve(tmp_path):
    """Serve these chunks; return what was answered after the site said that it is ready."""

    def call(*chunks, **options):
        ready, *answers = served(tmp_path / "answers", *chunks, **options)
        assert ready == {"ready": "localhost"}
        return answers

    return call


@pytest.fixture
def everything(ediths_list):
    """Every row of every table, by table; `ediths_list` sees to it that there are some."""

    def look():
        with connection.cursor() as cursor:
            return {
                table: cursor.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
                for table in connection.introspection.table_names(cursor)
            }

    return look


@pytest.fixture
def lock_on(monkeypatch):
    """Have the lock be for this database instead of the tests' own."""

    def call(**database):
        databases = ConnectionHandler({"default": database})
        monkeypatch.setattr(lock, "connections", databases)
        monkeypatch.setattr(lock, "connection", databases["default"])
        return databases

    return call
