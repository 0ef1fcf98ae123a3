"""What has no place in a report: passwords, login tokens, session keys, CSRF tokens."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from html import escape
from typing import Any, TextIO
from urllib.parse import quote

from behave.model import Scenario, Step

from acceptance.project import project

# What such a variable holds is a secret, whatever it is used for.
NAMES = re.compile(r"(PASSWORD|PASSWD|SECRET|SECRET_KEY|TOKEN|API_KEY)$", re.IGNORECASE)
# What is shorter stands in every text by chance.
LEAST_LENGTH = 6
# What has the form of a secret on any Django site; its first group stays.
SECRETS = (
    r'(name="csrfmiddlewaretoken" value=")[^"]*',
    r"(\b(?:sessionid|csrftoken)=)[^;\s\"'<>]+",
    # The password of an address, as in DATABASE_URL.
    r"(\w://[^\s/:@\"'<>]*:)[^\s/@\"'<>]+(?=@)",
)
HIDDEN = "[redacted]"
# How a secret may be written: as it is, in a page, in an attribute, in an address, in JSON, in Python.
WRITTEN: tuple[Callable[[str], str], ...] = (
    str,
    lambda secret: escape(secret, quote=False),
    lambda secret: secret.replace("&", "&amp;").replace('"', "&quot;"),
    escape,
    lambda secret: quote(secret, safe=""),
    lambda secret: json.dumps(secret)[1:-1],
    lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    # Chromium's console spares a page its tags.
    lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1].replace("<", "\\u003C"),
    lambda secret: repr(secret)[1:-1],
)
# Every form in which a secret that is known may stand in a text.
_known: set[str] = set()


def hide(secret: str) -> str:
    """Let a secret stand in no report from now on; return it, for whoever needs it."""
    if len(secret) >= LEAST_LENGTH:
        _known.update(how(secret) for how in WRITTEN)
    return secret


def hide_all(environ: Mapping[str, str]) -> None:
    """Let no secret of an environment stand in a report."""
    for name, value in environ.items():
        if NAMES.search(name):
            hide(value)


def redacted(text: str) -> str:
    """Return `text` without secrets: those that are known, and what has the form of one."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for pattern in (*SECRETS, *project().secrets):
        text = re.sub(pattern, rf"\g<1>{HIDDEN}", text)
    return text


class RedactedStream:
    """Stands for a stream, and passes on what is written without secrets."""

    def __init__(self, stream: TextIO) -> None:
        """Write to this stream."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text without its secrets; return how long it was."""
        self._stream.write(redacted(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each of the lines."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        """Return what else the stream has."""
        return getattr(self._stream, name)


def redact_failure(step: Step) -> None:
    """Take the secrets out of all that is known of a step that failed."""
    if step.error_message:
        step.error_message = redacted(step.error_message)
        _redact(step.exception)
        redact_output(step)


def redact_output(item: Scenario | Step) -> None:
    """Take the secrets out of what a step, or a whole scenario, printed."""
    for captured in item.captured.captures:
        captured.stdout, captured.stderr = redacted(captured.stdout), redacted(captured.stderr)


def _redact(error: Any) -> None:
    error.args = tuple(redacted(arg) if isinstance(arg, str) else arg for arg in error.args)
    if isinstance(getattr(error, "msg", None), str):
        # What Selenium's errors say of themselves; others may not let it be changed.
        with suppress(AttributeError):
            error.msg = redacted(error.msg)
