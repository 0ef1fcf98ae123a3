"""The run's end of the fixture channel, on a process that says what a test wants."""

import json
from collections.abc import Iterable
from itertools import chain, repeat
from unittest.mock import Mock

import pytest

from acceptance.targets import fixture_channel
from acceptance.targets.base import FixtureError, TargetError
from acceptance.targets.fixture_channel import Channel
from acceptance.waiting import eventually

READY = b'{"ready": "lists.example.com"}\n'


def scripted(*pieces: bytes | BaseException) -> Mock:
    """Return a process whose output is these pieces; an exception among them is raised in its turn."""
    last_words = Mock(return_value="CommandError: so there\n(exit code 1)")
    return Mock(read=Mock(side_effect=chain(pieces, repeat(b""))), last_words=last_words)


def opened(*pieces: bytes | BaseException) -> tuple[Channel, Mock]:
    pipe = scripted(READY, *pieces)
    return Channel(pipe), pipe


def written(pipe: Mock) -> list[dict[str, object]]:
    return [json.loads(call.args[0]) for call in pipe.write.call_args_list]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_an_answer_may_come_in_pieces_and_with_the_next_and_after_a_refusal_another(size):
    text = b'{"printed": "one"}\n{"refused": "reset_site: Refused"}\n{"printed": "two"}\n'
    opened_channel, pipe = opened(*(text[start : start + size] for start in range(0, len(text), size)))
    assert opened_channel.manage("create_session", "edith@example.com") == "one"
    assert written(pipe) == [{"command": "create_session", "args": ["edith@example.com"]}]
    with pytest.raises(FixtureError, match=r"^reset_site: Refused$"):
        opened_channel.manage("reset_site")
    assert opened_channel.manage("reset_site") == "two"
    assert (opened_channel.site, opened_channel.ended) == ("lists.example.com", "")


@pytest.mark.parametrize(
    ("pieces", "says"),
    [
        ([], r"it ended. Its last words: CommandError: so there\n\(exit code 1\)"),
        # The wait for the database comes on top of the wait for the channel.
        ([TimeoutError()], "no answer within 660 s"),
        ([ConnectionResetError("reset by peer")], "reset by peer"),
        ([b"Traceback\n"], "it said b'Traceback'"),
        ([b'{"printed": ""}\n'], "began with {'printed': ''}"),
        ([b"[]\n"], r"began with \[\]"),
        ([KeyboardInterrupt("stopped")], "stopped"),
    ],
)
def test_a_site_that_does_not_get_ready_is_told_with_its_last_words_and_let_go_of(pieces: Iterable[bytes], says: str):
    pipe = scripted(*pieces)
    with pytest.raises((TargetError, KeyboardInterrupt), match=says):
        Channel(pipe, lock_wait_s=600)
    assert pipe.close.called


def test_what_comes_too_late_is_not_taken_for_the_next_answer():
    opened_channel, pipe = opened(TimeoutError(), b'{"printed": "too late"}\n')
    for _ in range(2):
        with pytest.raises(TargetError, match="no answer within 30 s"):
            opened_channel.manage("create_session", "edith@example.com")
    assert "no answer within 30 s" in opened_channel.ended
    assert len(written(pipe)) == 1


def test_a_process_that_takes_nothing_more_is_gone(monkeypatch):
    opened_channel, pipe = opened()
    monkeypatch.setattr(pipe, "write", lambda _: (_ for _ in ()).throw(BrokenPipeError("broken pipe")))
    with pytest.raises(TargetError, match="The fixture channel is gone: broken pipe"):
        opened_channel.manage("reset_site")


def test_it_shows_signs_of_life(monkeypatch):
    monkeypatch.setattr(fixture_channel, "SIGN_OF_LIFE_S", 0.001)
    opened_channel, pipe = opened(*[b'{"alive": true}\n'] * 3)
    eventually(lambda: opened_channel.ended, what="the end of the answers")
    assert written(pipe) == [{"alive": True}] * 4
    with pytest.raises(TargetError, match="it ended"):
        opened_channel.manage("reset_site")
