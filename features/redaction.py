"""What has no place in a report: login tokens, session keys, CSRF tokens."""

import re
from typing import Any

from behave.formatter.base import Formatter
from behave.model import Step

SECRETS = re.compile(
    r'(name="csrfmiddlewaretoken" value=")[^"]*'
    r"|(/accounts/login/)[^/\s\"'<>?]+"
    r"|(\b(?:sessionid|csrftoken)=)[^;\s\"'<>]+"
)


def redacted(text: str) -> str:
    """Return `text` without secrets."""
    return SECRETS.sub(lambda found: f"{found[1] or found[2] or found[3]}[redacted]", text)


class Redaction(Formatter):  # type: ignore[misc] # behave is not typed
    """Stands before the formatters that print; they and the reporters see a failure without secrets.

    A hook comes too early: behave notes the failure of a step after after_step.
    """

    name = "redaction"
    description = "Takes secrets out of failures"

    def __init__(self) -> None:
        """Write nothing."""

    def close(self) -> None:
        """Leave alone the terminal, which is not this formatter's."""

    def result(self, step: Step) -> None:
        """Take the secrets out of all that is known of a step that failed."""
        if step.error_message:
            step.error_message = redacted(step.error_message)
            _redact(step.exception)
            for captured in step.captured.captures:
                captured.stdout, captured.stderr = redacted(captured.stdout), redacted(captured.stderr)


def _redact(error: Any) -> None:
    error.args = tuple(redacted(arg) if isinstance(arg, str) else arg for arg in error.args)
    if isinstance(getattr(error, "msg", None), str):
        # What Selenium's errors say of themselves.
        error.msg = redacted(error.msg)
