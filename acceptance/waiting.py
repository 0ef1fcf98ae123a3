"""The only wait of the suite: look again until it is so, or say what was last seen."""

import reprlib
import time
from collections.abc import Callable
from itertools import chain, repeat
from typing import TypeVar

from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException

from acceptance.redaction import redacted

# Most of what is awaited is nearly there; what takes longer is not asked all the time.
FIRST_PAUSES_S, PAUSE_S = (0.002, 0.004, 0.006), 0.01
# Longer texts are quoted by their beginning and their length.
LONG_TEXT = 200
QUOTED = 20
limit_s = 5.0

Seen = TypeVar("Seen")


class _Brief(reprlib.Repr):
    """What a failure quotes: whole, but for texts of which nobody reads every letter."""

    def __init__(self) -> None:
        """Cut nothing but long texts."""
        super().__init__()
        self.maxdict = self.maxlist = self.maxtuple = self.maxother = 10_000

    def repr_str(self, x: str, level: int) -> str:
        """Return the beginning of a long text, and its length."""
        # Half a secret would no longer be known as one.
        text = redacted(x)
        return repr(text) if len(text) <= LONG_TEXT else f"{text[:QUOTED]!r}… ({len(x):,} letters)"


brief = _Brief().repr


class NotReadyError(Exception):
    """What was looked at is just being replaced; another look will tell."""


class NotSeenError(AssertionError):
    """Something that was awaited and did not come about within the limit."""


def set_limit(seconds: float) -> None:
    """Set how long `eventually` waits, for the whole run."""
    global limit_s  # noqa: PLW0603 - one limit a run; the one place that sets it
    limit_s = seconds


def limit() -> float:
    """Return how long `eventually` waits, in seconds."""
    return limit_s


def eventually(
    look: Callable[[], Seen],
    until: Callable[[Seen], object] = bool,
    *,
    what: str,
    within_s: float | None = None,
    poll_s: float | None = None,
) -> Seen:
    """Return what `look` sees once `until` holds of it; look every 10 ms, sooner at first, or every `poll_s`.

    `what` says what is awaited, `within_s` how long if not as long as the run is set
    to. Raises NotSeenError with what was last seen. An element that is not there yet,
    or a page that is just being replaced, is one more thing seen.
    """
    patience = limit_s if within_s is None else within_s
    deadline = time.monotonic() + patience
    pauses = repeat(poll_s) if poll_s else chain(FIRST_PAUSES_S, repeat(PAUSE_S))
    while True:
        last = time.monotonic() >= deadline
        described = ""
        try:
            seen = look()
            if until(seen):
                return seen
            # It may take a while to tell, and is told of the last look only.
            described = brief(seen) if last else ""
        except (NoSuchElementException, StaleElementReferenceException) as error:
            described = f"no element ({_first_words(error.msg)})"
        except NotReadyError as error:
            described = str(error)
        if last:
            raise NotSeenError(redacted(f"Waited {patience:g} s for {what}. Last seen: {described}"))
        time.sleep(next(pauses))


def _first_words(message: str | None) -> str:
    """Return what WebDriver says before it goes on to versions and documentation."""
    return (message or "").split(";")[0].split("\n")[0]
