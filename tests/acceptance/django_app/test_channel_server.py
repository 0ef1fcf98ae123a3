"""Every request on the fixture channel has one answer, in order, however it arrives."""

import json
import os
import random
import sqlite3
from contextlib import closing, contextmanager
from itertools import pairwise

import pytest
from django.core.management import call_command

from acceptance.django_app.channel_server import CHUNK, REQUEST_LIMIT
from superlists.accounts.models import User
from superlists.lists.models import List
from tests.acceptance.django_app.channel import ALIVE, NO_JSON, Channel, request
from tests.superlists.checkout import python

in_process = pytest.mark.usefixtures("stamp")
MALFORMED = {"refused": 'A request is {"command": NAME, "args": [TEXT, …]}'}
TOO_LONG = {"refused": "The request is longer than 65536 bytes"}
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
        None,
        7,
        ["create_session", "edith@example.com"],
        {},
        {"alive": False},
        {"alive": 1},
        {"alive": True, "command": "create_session", "args": []},
        {"command": "create_session"},
        {"command": "create_session", "args": ["edith@example.com"], "stdin": ""},
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
@pytest.mark.parametrize(
    "command", ["stamp_site", "migrate_disposable", "serve_fixtures", "flush", "runserver", "", "no"]
)
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
        (["--help"], "create_session: Its arguments make nothing"),
        (["--version"], "create_session: Its arguments make nothing"),
        ([], "create_session: Error: the following arguments are required: email"),
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


def sized(length):
    """A sign of life that is this long, its line's end not counted."""
    return ALIVE.strip() + b" " * (length - len(ALIVE.strip())) + b"\n"


def chunks(data, size=CHUNK):
    return [data[start : start + size] for start in range(0, len(data), size)]


@in_process
def test_a_request_may_have_64_kib_and_not_a_byte_more(serve):
    assert serve(*chunks(sized(REQUEST_LIMIT))) == [{"alive": True}]
    assert serve(*chunks(sized(REQUEST_LIMIT + 1))) == [TOO_LONG]


@in_process
@pytest.mark.parametrize("size", [1000, CHUNK])
def test_an_overlong_request_is_one_request_in_however_many_chunks(serve, size):
    assert serve(*chunks(sized(300_000) + ALIVE + sized(70_000) + b"\n", size)) == [
        TOO_LONG,
        {"alive": True},
        TOO_LONG,
        NO_JSON,
    ]


@in_process
def test_a_request_may_come_byte_by_byte_and_is_none_without_a_lines_end(serve):
    query = '{"command": "naïve", "args": []}\n'.encode()
    assert serve(*chunks(query + ALIVE, 1), ALIVE.strip()) == [*serve(query), {"alive": True}]


@in_process
@pytest.mark.parametrize("seed", range(5))
def test_whatever_comes_there_is_one_answer_for_each_line(serve, seed):
    chance = random.Random(seed)
    garbage = [b"}" + chance.randbytes(chance.randrange(200)).replace(b"\n", b" ") for _ in range(60)]
    lines = [
        line
        for bad in garbage
        for line in (bad + b"\n", request(f"no-{chance.random()}"), sized(chance.randrange(20, 99_999)))
    ]
    chance.shuffle(lines)
    data = b"".join(lines)
    cuts = sorted({0, len(data), *range(0, len(data), CHUNK), *chance.sample(range(len(data)), 50)})
    answers = serve(*(data[start:end] for start, end in pairwise(cuts)))
    assert [kind(answer) for answer in answers] == [expected(line) for line in lines]


def expected(line):
    if len(line) > REQUEST_LIMIT + 1:
        return TOO_LONG["refused"]
    if line.startswith(b'{"command": '):
        return f"Unknown command: {json.loads(line)['command']!r}"
    return "alive" if line.startswith(ALIVE.strip()) else NO_JSON["refused"]


def kind(answer):
    return answer["refused"].partition(". Allowed")[0] if "refused" in answer else "alive"


@pytest.fixture
def chatty(checkout):
    """A site with a fixture command that prints what it should not."""
    command = checkout / "superlists" / "testing" / "management" / "commands" / "chatty.py"
    command.write_text(CHATTY)
    yield checkout
    command.unlink()


def test_it_answers_and_ends_with_its_input_and_what_it_made_is_there_at_once(checkout):
    with Channel(checkout) as channel:
        path = channel.ask("create_list", "Buy peacock feathers")["printed"]
        with closing(sqlite3.connect(checkout / "db.sqlite3")) as database:
            ((key,),) = database.execute("SELECT id FROM lists_list").fetchall()
        assert path.strip("/").split("/")[-1].replace("-", "") == key
        assert channel.ask("reset_site", "--site", "localhost") == {"printed": "localhost is empty"}
        assert channel.close() == ("", "")
        assert channel.process.returncode == 0


def test_what_a_command_prints_by_the_way_is_not_an_answer(chatty):
    with Channel(chatty) as channel:
        assert channel.ask("chatty") == {"printed": "the answer"}
        assert channel.ask("create_session", "--help") == {"refused": "create_session: Its arguments make nothing"}
        output, errors = channel.close()
    assert output == ""
    assert {"by Python", "by the system", "by a process"} <= set(errors.splitlines())
    assert "usage: " in errors


def test_silence_ends_the_process_and_its_log_says_so(checkout):
    with Channel(checkout, "--silence", "0.2") as channel:
        assert channel.process.wait(timeout=20) == 0
        assert "The fixture channel ends: no sign of life for 0.2 s" in channel.process.stderr.read()


@in_process
def test_silence_after_a_request_ends_it_too(serve, site_log):
    assert serve(ALIVE, silence_s=0.2, end=False) == [{"alive": True}]
    assert "no sign of life for 0.2 s" in site_log.getvalue()
    assert serve() == []


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


def test_within_a_process_it_speaks_on_its_standard_input_and_output(stamp):
    with standard_input_and_output() as (sink, answers):
        os.write(sink, ALIVE)
        os.close(sink)
        call_command("serve_fixtures")
        assert os.read(answers, 4096).splitlines() == [b'{"ready": "localhost"}', b'{"alive": true}']
