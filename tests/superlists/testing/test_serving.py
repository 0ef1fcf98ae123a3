"""What the fixture channel answers to each kind of request."""

import json

import pytest

from superlists.accounts.models import User
from superlists.lists.models import List
from tests.superlists.testing.channel import ALIVE, NO_JSON, request

pytestmark = pytest.mark.usefixtures("stamp")
MALFORMED = {"refused": 'A request is {"command": NAME, "args": [TEXT, …]}'}


def test_a_command_is_carried_out_and_what_it_prints_answered(serve):
    (made,) = serve(request("create_session", "edith@example.com"))
    assert (list(made), len(made["printed"])) == (["printed"], 32)
    assert User.objects.get().email == "edith@example.com"


def test_a_command_that_refuses_is_answered_with_its_reason(serve):
    assert serve(request("create_session", "edith")) == [{"refused": "create_session: 'edith' is not an email address"}]


def test_a_sign_of_life_is_answered_with_one(serve):
    assert serve(ALIVE) == [{"alive": True}]


@pytest.mark.parametrize(
    "line",
    [b"", b"  ", b"create_session", b'{"command": "create_se', b"\xff\xfe\x80", b'{"alive": "\xe9"}', b"[" * 9999],
)
def test_what_is_not_json_is_refused(serve, line):
    assert serve(line + b"\n", ALIVE) == [NO_JSON, {"alive": True}]


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "create_session",
        [],
        ["create_session", "edith@example.com"],
        {},
        {"alive": False},
        {"alive": 1},
        {"alive": True, "command": "create_session", "args": []},
        {"command": "create_session"},
        {"args": []},
        {"command": "create_session", "args": ["edith@example.com"], "stdin": ""},
        {"command": ["create_session"], "args": []},
        {"command": None, "args": []},
        {"command": "create_session", "args": "edith@example.com"},
        {"command": "create_session", "args": None},
        {"command": "create_session", "args": [["edith@example.com"]]},
        {"command": "create_session", "args": [{"email": "edith@example.com"}]},
        {"command": "create_login_link", "args": ["edith@example.com", "--age", 15]},
        {"command": {"command": "create_session", "args": []}, "args": []},
    ],
)
def test_another_shape_is_refused(serve, value):
    assert serve(json.dumps(value).encode() + b"\n", ALIVE) == [MALFORMED, {"alive": True}]
    assert not User.objects.exists()


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


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_an_option_that_would_end_the_process_does_not(serve, option):
    assert serve(request("create_session", option), ALIVE) == [
        {"refused": "create_session: Its arguments make nothing"},
        {"alive": True},
    ]


def test_arguments_that_a_command_does_not_take_are_refused(serve):
    (missing, surplus) = serve(request("create_session"), request("create_session", "edith@example.com", "--age", "1"))
    assert missing["refused"] == "create_session: Error: the following arguments are required: email"
    assert surplus["refused"] == "create_session: Error: unrecognized arguments: --age 1"


def test_a_failure_that_no_command_foresaw_is_answered_and_logged(serve, site_log):
    answers = serve(request("create_list", "\ud800"), request("create_list", "Buy peacock feathers"))
    assert answers[0]["refused"].startswith("create_list: UnicodeEncodeError: 'utf-8' codec can't encode")
    assert answers[1]["printed"] == List.objects.get().get_absolute_url()
    assert "channel_server: The fixture command create_list failed\nTraceback" in site_log.getvalue()
