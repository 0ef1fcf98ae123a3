"""Steps that end in a way that behave does not take for a failure."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from behave.api.pending_step import StepNotImplementedError


class StepError(Exception):
    """A step that did not do what it says, though behave would have let the run end well."""


def let_fail(registry: Any) -> None:
    """Let each step fail that would end the process, with whatever exit code, or that is not written yet.

    Behave ends at once with that code, and takes what is not written for passed under @wip.
    """
    for matchers in registry.steps.values():
        for matcher in matchers:
            matcher.func = _failing(matcher.func)


def _failing(step: Callable[..., None]) -> Callable[..., None]:
    @wraps(step)
    def run(*args: Any, **named: Any) -> None:
        try:
            step(*args, **named)
        except SystemExit as error:
            code = error.code or 0
            raise StepError(f"This step would have ended the whole run, with exit code {code}") from error
        except StepNotImplementedError as error:
            raise StepError(f"This step is not written yet: {error}") from error

    return run
