"""The site's end of the fixture channel: a JSON line in, a JSON line out.

A request is {"command": NAME, "args": [TEXT, …]}, or {"alive": true} as a sign of
life. An answer is {"printed": TEXT}, {"refused": REASON} or {"alive": true}; the
first line is {"ready": SITE}. Every request has one answer, broken ones included.
"""

import json
import logging
import os
import select
from typing import Any

from django.core.management.base import CommandError
from django.db import connections

from acceptance.django_app.fixture_command import call_fixture

logger = logging.getLogger(__name__)
# Without any input for so long the channel ends.
SILENCE_S = 30.0
CHUNK = 65536


class ChannelServer:
    """Reads requests from one file descriptor and answers on another, until the input ends or nothing comes."""

    def __init__(self, source: int, sink: int, *, silence_s: float = SILENCE_S) -> None:
        """Read from `source`, write to `sink`; end after `silence_s` seconds without a request."""
        self._source = source
        self._sink = sink
        self._silence_s = silence_s
        self._pending = b""

    def is_abandoned(self) -> bool:
        """Tell whether the input has ended, without waiting; what came early is kept."""
        if not select.select([self._source], [], [], 0)[0]:
            return False
        chunk = os.read(self._source, CHUNK)
        self._pending += chunk
        return not chunk

    def serve(self, site: str) -> None:
        """Say that requests are welcome, and answer them one by one."""
        self._write({"ready": site})
        self._answer_whole_lines()
        while chunk := self._read():
            self._pending += chunk
            self._answer_whole_lines()

    def _answer_whole_lines(self) -> None:
        *lines, self._pending = self._pending.split(b"\n")
        for line in lines:
            self._write(answer_to(line))

    def _read(self) -> bytes:
        ready, _, _ = select.select([self._source], [], [], self._silence_s)
        if not ready:
            logger.warning(
                "The fixture channel ends: no sign of life for %g s (was the run suspended?)", self._silence_s
            )
            return b""
        return os.read(self._source, CHUNK)

    def _write(self, answer: dict[str, Any]) -> None:
        rest = json.dumps(answer).encode() + b"\n"
        while rest:
            rest = rest[os.write(self._sink, rest) :]


def answer_to(line: bytes) -> dict[str, Any]:
    """Return the answer to one request, whatever it is."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return {"refused": "The request is not a line of JSON"}
    match request:
        case {"command": str(command), "args": [*arguments]} if all(isinstance(each, str) for each in arguments):
            return _call(command, arguments)
        case {"alive": True}:
            return {"alive": True}
    return {"refused": 'A request is {"command": NAME, "args": [TEXT, …]}'}


def _call(command: str, arguments: list[str]) -> dict[str, Any]:
    try:
        return {"printed": call_fixture(command, arguments)}
    except CommandError as error:
        reason = str(error)
    except Exception as error:
        logger.exception("The fixture command %s failed", command)
        reason = f"{command}: {type(error).__name__}: {error}"
    # The channel outlives whatever one command runs into; a broken connection does not.
    connections.close_all()
    return {"refused": reason}
