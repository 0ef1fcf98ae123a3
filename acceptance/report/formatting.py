"""Times, counts and messages as people read them; the templates use each as a filter."""

from datetime import UTC, datetime

from behave.model import Scenario, Step

MINUTE_S = 60
HEADLINE = 400
# Keeps a number and its unit on one line.
NARROW = "\N{NO-BREAK SPACE}"


def duration(seconds: float) -> str:
    """Return a duration, as exact as a reader needs it."""
    if seconds < 0.095:  # noqa: PLR2004 - what would read as 0.1 s
        return f"{seconds * 1000:.0f}{NARROW}ms"
    if seconds < MINUTE_S:
        return f"{seconds:.1f}{NARROW}s"
    return f"{int(seconds // MINUTE_S)}{NARROW}min {seconds % MINUTE_S:.0f}{NARROW}s"


def iso(at: float) -> str:
    """Return a moment, in seconds since the epoch, as a machine reads it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def moment(at: float) -> str:
    """Return a moment as a person reads it."""
    when = datetime.fromtimestamp(at, UTC)
    return f"{when.day} {when:%b %Y, %H:%M} UTC"


def counted(number: int, noun: str) -> str:
    """Return a number of things, in the singular if there is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(names: list[str]) -> str:
    """Return names as a sentence lists them."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def headline(error: str) -> str:
    """Return a failure in one line that is not too long, without behave's words."""
    line = without_prefix(one_line(error))
    return line if len(line) <= HEADLINE else f"{line[:HEADLINE]}…"


def one_line(error: str) -> str:
    """Return a failure in one line: the last of a traceback, the first of anything else."""
    lines = error.strip().splitlines() or [""]
    return lines[-1] if "Traceback (most recent call last):" in error else lines[0]


def without_prefix(error: str) -> str:
    """Return a failure without the words that behave puts before it."""
    return error.removeprefix("ASSERT FAILED: ").strip()


def evidence_of(item: Scenario | Step) -> str:
    """Return the site's log of a failure, and the names of the files about it; empty if there are none."""
    evidence: str = getattr(item, "evidence", "")
    return evidence


def time_of(scenario: Scenario) -> float:
    """Return how long a scenario took in seconds, hooks included where our runner ran it."""
    began, ended = getattr(scenario, "ran", (0.0, scenario.duration))
    return float(ended - began)


def repeated_for(scenario: Scenario) -> str:
    """Return where a scenario ran again and why, where it did; else nothing."""
    reason: str = getattr(scenario, "repeated", "")
    return reason


def output_of(step: Step) -> str:
    """Return what a step that failed printed, and its evidence."""
    printed = "".join(captured.stdout for captured in step.captured.captures)
    return "\n".join(filter(None, [printed.rstrip(), evidence_of(step)]))
