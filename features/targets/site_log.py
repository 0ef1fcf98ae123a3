"""Which lines of a site's log belong to a scenario; the same for every target."""

import re
from collections.abc import Iterable

CLAIMED = re.compile(r"\[[A-Za-z0-9._-]{1,64}\] ")
OTHERS = "-- without a scenario, since this one began: --"


def lines_of(scenario_id: str, lines: Iterable[str]) -> str:
    """Return the scenario's own lines, without its id, and then those without any id.

    Each of `lines` is one physical line, written since the scenario began; those
    that bear another scenario's id are left out.
    """
    prefix = f"[{scenario_id}] "
    own: list[str] = []
    unclaimed: list[str] = []
    for line in lines:
        if line.startswith(prefix):
            own.append(line.removeprefix(prefix))
        elif not CLAIMED.match(line):
            unclaimed.append(line)
    return "\n".join([*own, *([OTHERS, *unclaimed] if unclaimed else [])])
