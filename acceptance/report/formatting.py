"""How times and outcomes read."""

from datetime import UTC, datetime

from acceptance.report.results import BROKEN_OFF, FAILED, NOT_RUN, PASSED, SKIPPED

# Told by shape as well as by colour: for whoever sees no red, and for a printer without colour.
SYMBOLS = {PASSED: "✓", FAILED: "✗", SKIPPED: "-", BROKEN_OFF: "!", NOT_RUN: "·"}
# What somebody in a hurry has to see first.
WORST_FIRST = (FAILED, BROKEN_OFF, SKIPPED, NOT_RUN, PASSED)
MINUTE_S = 60
HEADLINE = 400
# Keeps a number and its unit on one line.
NARROW = "\N{NO-BREAK SPACE}"


def duration(seconds: float) -> str:
    """Return how long something took, as exactly as anyone wants to know."""
    if seconds < 0.095:  # noqa: PLR2004 - what would read as 0.1 s
        return f"{seconds * 1000:.0f}{NARROW}ms"
    if seconds < MINUTE_S:
        return f"{seconds:.1f}{NARROW}s"
    return f"{int(seconds // MINUTE_S)}{NARROW}min {seconds % MINUTE_S:.0f}{NARROW}s"


def moment(at: float) -> dict[str, str]:
    """Return a moment as a machine reads it and as a person does; the page tells its age as it is looked at."""
    when = datetime.fromtimestamp(at, UTC)
    return {"iso": when.isoformat(timespec="seconds"), "text": f"{when.day} {when:%b %Y, %H:%M} UTC"}


def status_class(status: str) -> str:
    """Return an outcome as a name in a stylesheet."""
    return status.replace(" ", "-")


def counted(number: int, what: str) -> str:
    """Return a number of things, in the singular where there is one."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def listed(names: list[str]) -> str:
    """Return names as a sentence lists them."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def headline(error: str) -> str:
    """Return what a failure says in one line: the last of a traceback, the first of anything else."""
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    if not lines:
        return ""
    line = lines[-1] if "Traceback (most recent call last):" in error else lines[0]
    line = line.removeprefix("ASSERT FAILED: ")
    return line if len(line) <= HEADLINE else f"{line[:HEADLINE]}…"
