"""A stamped database, and every fixture command with arguments that would do something."""

import pytest
from django.conf import settings as site_settings
from django.core.management import call_command, get_commands, load_command_class
from django.db import connection

from superlists.testing.fixture import FixtureCommand
from superlists.testing.models import Stamp

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
    names = [name for name, app in get_commands().items() if app == "superlists.testing"]
    return sorted(name for name in names if isinstance(load_command_class("superlists.testing", name), FixtureCommand))


@pytest.fixture
def stamp(db):
    return Stamp.objects.get_or_create(site=SITE)[0]


@pytest.fixture(params=fixture_commands())
def fixture_command(request, ediths_list, settings, tmp_path):
    """A command and its arguments, on a site that holds Edith's list, and writes mail to files."""
    settings.EMAIL_FILE_PATH = str(tmp_path)
    arguments = ARGUMENTS[request.param]
    return request.param, *(argument.format(list=ediths_list.get_absolute_url()) for argument in arguments)


@pytest.fixture
def run(capsys):
    """Run a command; return what it printed."""

    def call(*command):
        call_command(*command)
        return capsys.readouterr().out.strip()

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
