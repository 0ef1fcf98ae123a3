"""`serve_fixtures` as a process: what it says on which output, and how it ends."""

import os
import sqlite3
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command

from tests.superlists.checkout import python
from tests.superlists.testing.channel import ALIVE, Channel, request

CHATTY = """
import os, subprocess
from acceptance.django_app.fixture_command import FixtureCommand

class Command(FixtureCommand):
    def make(self, **_):
        print("by Python")
        os.write(1, b"by the system\\n")
        subprocess.run(["echo", "by a process"], check=True)
        return "the answer"
"""


@pytest.fixture
def chatty(checkout):
    """A site with a fixture command that prints what it should not."""
    command = checkout / "superlists" / "testing" / "management" / "commands" / "chatty.py"
    command.write_text(CHATTY)
    yield checkout
    command.unlink()


@contextmanager
def standard_input_and_output():
    """Have this process speak with the test for a while; capturing would undo it before a test begins."""
    kept = [os.dup(number) for number in (0, 1)]
    source, sink = os.pipe()
    answers, output = os.pipe()
    os.dup2(source, 0)
    os.dup2(output, 1)
    try:
        yield sink, answers
    finally:
        for number, copy in enumerate(kept):
            os.dup2(copy, number)
        for number in (*kept, source, answers, output):
            os.close(number)


def test_it_says_that_it_is_ready_answers_and_ends_with_its_input(checkout):
    with Channel(checkout) as channel:
        made = channel.ask("create_session", "edith@example.com")
        assert len(made["printed"]) == 32
        assert channel.close() == ("", "")
        assert channel.process.returncode == 0


def test_what_it_makes_is_there_for_the_site_at_once(checkout):
    with Channel(checkout) as channel:
        path = channel.ask("create_list", "Buy peacock feathers")["printed"]
        database = sqlite3.connect(checkout / "db.sqlite3")
        ((found,),) = database.execute("SELECT id FROM lists_list").fetchall()
        database.close()
        assert path.strip("/").split("/")[-1].replace("-", "") == found
        assert channel.ask("reset_site", "--site", "localhost") == {"printed": "localhost is empty"}


def test_what_a_command_prints_by_the_way_is_not_an_answer(chatty):
    with Channel(chatty) as channel:
        assert channel.ask("chatty") == {"printed": "the answer"}
        assert channel.ask("create_session", "--help") == {"refused": "create_session: Its arguments make nothing"}
        out, err = channel.close()
    assert out == ""
    assert {"by Python", "by the system", "by a process"} <= set(err.splitlines())
    assert "usage: " in err


def test_silence_ends_the_process_and_its_log_says_so(checkout):
    with Channel(checkout, "--silence", "0.2") as channel:
        assert channel.process.wait(timeout=20) == 0
        said = channel.process.stderr.read()
    assert "The fixture channel ends: no sign of life for 0.2 s" in said


@pytest.mark.parametrize("catch", ["environment", "stamp"])
def test_where_there_are_no_fixtures_nothing_is_said_on_the_channel(checkout, tmp_path, catch):
    unstamped = {"SUPERLISTS_TESTING": "1", "DJANGO_DB_PATH": str(tmp_path / "new.sqlite3")}
    environ = {"environment": {}, "stamp": unstamped}
    refused = python(checkout, "manage.py", "serve_fixtures", SITE_ENVIRONMENT="local", **environ[catch])
    assert (refused.returncode != 0, refused.stdout) == (True, "")
    expected = {"environment": "Unknown command: 'serve_fixtures'", "stamp": "Refused: the database is not stamped"}
    assert expected[catch] in refused.stderr


@pytest.mark.parametrize("broken", [{"SITE_ENVIRONMENT": "production"}, {"SUPERLISTS_TESTING": False}])
def test_it_serves_no_site_whose_settings_do_not_ask_for_it(stamp, settings, broken):
    for name, value in broken.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError, match="Refused: there are no fixtures in the environment"):
        call_command("serve_fixtures")


def test_within_a_process_it_speaks_on_its_standard_input_and_output(stamp):
    with standard_input_and_output() as (sink, answers):
        os.write(sink, ALIVE + request("create_session", "edith"))
        os.close(sink)
        call_command("serve_fixtures")
        said = os.read(answers, 4096).splitlines()
    assert said == [
        b'{"ready": "localhost"}',
        b'{"alive": true}',
        b'{"refused": "create_session: \'edith\' is not an email address"}',
    ]
