"""Every request on the fixture channel has one answer, in order, however it arrives."""

import json

import pytest

from superlists.accounts.models import User
from superlists.lists.models import List
from tests.acceptance.django_app.channel import ALIVE, NO_JSON, Channel, request
from tests.superlists.checkout import python

in_process = pytest.mark.usefixtures("stamp")
MALFORMED = {"refused": 'A request is {"command": NAME, "args": [TEXT, …]}'}
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


@in_process
@pytest.mark.parametrize(
    "line", [b"", b"create_session", b'{"command": "create_se', b"\xff\xfe\x80", b'{"alive": "\xe9"}', b"[" * 9999]
)
def test_what_is_not_json_is_refused(serve, line):
    assert serve(line + b"\n", ALIVE) == [NO_JSON, {"alive": True}]


@in_process
@pytest.mark.parametrize(
    "value",
    [
        *(None, 7, ["create_session", "edith@example.com"], {}, {"alive": False}, {"alive": 1}),
        {"command": "create_session"},
        {"command": ["create_session"], "args": []},
        {"command": "create_session", "args": "edith@example.com"},
        {"command": "create_session", "args": [["edith@example.com"]]},
        {"command": "create_login_link", "args": ["edith@example.com", "--age", 15]},
    ],
)
def test_another_shape_is_refused(serve, value):
    assert serve(json.dumps(value).encode() + b"\n", ALIVE) == [MALFORMED, {"alive": True}]
    assert not User.objects.exists()


@in_process
@pytest.mark.parametrize("command", ["stamp_site", "migrate_disposable", "serve_fixtures", "flush", "", "no"])
def test_what_is_not_a_fixture_command_is_unknown(serve, everything, command):
    before = everything()
    (answer,) = serve(request(command, "--no-input"))
    assert answer["refused"] == (
        f"Unknown command: {command!r}. Allowed: "
        "create_list, create_login_link, create_session, read_mail, reset_site, share_list"
    )
    assert everything() == before


@in_process
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["edith"], "create_session: 'edith' is not an email address"),
        (["--version"], "create_session: Its arguments make nothing"),
        (["edith@example.com", "--age", "1"], "create_session: Error: unrecognized arguments: --age 1"),
    ],
)
def test_arguments_that_a_command_refuses_do_not_end_the_channel(serve, arguments, reason):
    assert serve(request("create_session", *arguments), ALIVE) == [{"refused": reason}, {"alive": True}]


@in_process
def test_a_failure_that_no_command_foresaw_is_answered_and_logged(serve, site_log):
    answers = serve(request("create_list", "\ud800"), request("create_list", "Buy peacock feathers"))
    assert answers[0]["refused"].startswith("create_list: UnicodeEncodeError: 'utf-8' codec can't encode")
    assert answers[1]["printed"] == List.objects.get().get_absolute_url()
    assert "channel_server: The fixture command create_list failed\nTraceback" in site_log.getvalue()


@in_process
def test_a_request_may_come_byte_by_byte_and_is_none_without_a_lines_end(serve):
    query = '{"command": "naïve", "args": []}\n'.encode()
    assert serve(*(bytes([byte]) for byte in query + ALIVE), ALIVE.strip()) == [*serve(query), {"alive": True}]


def test_what_a_command_prints_by_the_way_is_not_an_answer(checkout):
    command = checkout / "superlists" / "testing" / "management" / "commands" / "chatty.py"
    command.write_text(CHATTY)
    with Channel(checkout) as channel:
        assert channel.ask("chatty") == {"printed": "the answer"}
        assert channel.ask("create_session", "--help") == {"refused": "create_session: Its arguments make nothing"}
        output, errors = channel.close()
    command.unlink()
    assert output == ""
    assert {"by Python", "by the system", "by a process"} <= set(errors.splitlines())
    assert "usage: " in errors


@in_process
def test_silence_ends_it_and_its_log_says_so(serve, site_log):
    assert serve(ALIVE, silence_s=0.2, end=False) == [{"alive": True}]
    assert "The fixture channel ends: no sign of life for 0.2 s" in site_log.getvalue()
    assert serve(silence_s=0.2, end=False) == []


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({}, "Unknown command: 'serve_fixtures'"),
        ({"SUPERLISTS_TESTING": "1", "DJANGO_DB_PATH": "new.sqlite3"}, "Refused: the database is not stamped"),
    ],
)
def test_where_there_are_no_fixtures_nothing_is_said_on_the_channel(checkout, environ, reason):
    refused = python(checkout, "manage.py", "serve_fixtures", SITE_ENVIRONMENT="local", **environ)
    assert (refused.returncode != 0, refused.stdout) == (True, "")
    assert reason in refused.stderr
