"""Every request on the fixture channel has one answer, in order, however it arrives."""

import json
import random
import time
from itertools import pairwise

import pytest

from acceptance.django_app.channel_server import CHUNK, REQUEST_LIMIT
from tests.superlists.testing.channel import ALIVE, NO_JSON, request

pytestmark = pytest.mark.usefixtures("stamp")
TOO_LONG = {"refused": "The request is longer than 65536 bytes"}


def sized(length):
    """A sign of life that is this long, its line's end not counted."""
    return ALIVE.strip() + b" " * (length - len(ALIVE.strip())) + b"\n"


def chunks(data, size=CHUNK):
    return [data[start : start + size] for start in range(0, len(data), size)]


def test_a_request_may_have_64_kib_and_not_a_byte_more(serve):
    assert serve(*chunks(sized(REQUEST_LIMIT))) == [{"alive": True}]
    assert serve(*chunks(sized(REQUEST_LIMIT + 1))) == [TOO_LONG]


@pytest.mark.parametrize("size", [1000, 30_000, CHUNK])
def test_an_overlong_request_is_one_request_in_however_many_chunks(serve, size):
    assert serve(*chunks(sized(300_000), size), ALIVE, b"\n") == [TOO_LONG, {"alive": True}, NO_JSON]


def test_an_overlong_request_and_its_successor_may_share_a_chunk(serve):
    assert serve(*chunks(sized(200_000) + ALIVE + sized(70_000) + ALIVE)) == [TOO_LONG, {"alive": True}] * 2


def test_several_requests_in_one_chunk_are_answered_in_order(serve):
    assert serve(ALIVE + request("create_session", "edith") + b"\n" + ALIVE) == [
        {"alive": True},
        {"refused": "create_session: 'edith' is not an email address"},
        NO_JSON,
        {"alive": True},
    ]


def test_a_request_may_come_byte_by_byte(serve):
    asked = '{"command": "naïve", "args": []}\n'.encode()
    assert serve(*chunks(asked + ALIVE, 1)) == [*serve(asked), {"alive": True}]


def test_what_comes_without_a_lines_end_is_not_a_request(serve):
    assert serve(ALIVE + ALIVE.strip()) == [{"alive": True}]


def test_the_end_of_input_ends_it_at_once(serve, site_log):
    assert serve() == []
    assert site_log.getvalue() == ""


def test_silence_ends_it_and_is_logged(serve, site_log):
    began = time.monotonic()
    assert serve(ALIVE, silence_s=0.2, end=False) == [{"alive": True}]
    assert 0.2 <= time.monotonic() - began < 5
    assert "channel_server: The fixture channel ends: no sign of life for 0.2 s" in site_log.getvalue()


@pytest.mark.parametrize("seed", range(20))
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
