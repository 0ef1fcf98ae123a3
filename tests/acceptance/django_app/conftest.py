"""A stamped database of Superlists, and every fixture command with arguments that would do something."""

import pytest
from django.conf import settings as site_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import ConnectionHandler

from acceptance.django_app import lock
from acceptance.django_app.fixture_command import fixture_commands
from acceptance.django_app.models import Stamp
from tests.acceptance.django_app.channel import served
from tests.superlists.checkout import copied_to, python
from tests.superlists.conftest import (  # noqa: F401 - fixtures
    as_edith,
    as_francis,
    edith,
    ediths_list,
    francis,
    no_database,
    run,
    site_log,
    start_list,
)

SITE = str(site_settings.ACCEPTANCE["site"])
ARGUMENTS = {
    "create_list": ["Hang the bunting", "--owner", "francis@example.com"],
    "create_login_link": ["edith@example.com"],
    "create_session": ["edith@example.com"],
    "read_mail": [],
    "reset_site": ["--site", SITE],
    "share_list": ["{list}", "francis@example.com"],
}


@pytest.fixture
def stamp(db):
    return Stamp.objects.get_or_create(site=SITE)[0]


@pytest.fixture
def acceptance(settings):
    """Change what the site's settings say to the app."""

    def change(**said):
        settings.ACCEPTANCE = settings.ACCEPTANCE | said

    return change


@pytest.fixture(params=fixture_commands())
def fixture_command(request, ediths_list, settings, tmp_path):  # noqa: F811
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
def serve(tmp_path):
    """Serve these chunks; return what was answered after the site said that it is ready."""

    def call(*chunks, **options):
        ready, *answers = served(tmp_path / "answers", *chunks, **options)
        assert ready == {"ready": "localhost"}
        return answers

    return call


@pytest.fixture
def everything(ediths_list):  # noqa: F811
    """Every row of every table, by table; `ediths_list` sees to it that there are some."""

    def look():
        with connection.cursor() as cursor:
            return {
                table: cursor.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
                for table in connection.introspection.table_names(cursor)
            }

    return look


@pytest.fixture
def refused(everything):
    """Run a command that has to be refused and to leave each row as it is; return why."""

    def call(*command):
        before = everything()
        with pytest.raises(CommandError, match=r"^Refused: ") as refusal:
            call_command(*command)
        assert everything() == before
        return str(refusal.value)

    return call


@pytest.fixture
def lock_on(monkeypatch):
    """Have the lock be for this database instead of the tests' own."""

    def call(**database):
        databases = ConnectionHandler({"default": database})
        monkeypatch.setattr(lock, "connections", databases)
        monkeypatch.setattr(lock, "connection", databases["default"])
        return databases

    return call
