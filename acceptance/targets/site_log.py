"""Which lines of a site's log belong to a scenario; the same for every target."""

import re
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from acceptance.targets.health_client import visit
from acceptance.waiting import NotSeenError, eventually

CLAIMED = re.compile(r"\[[A-Za-z0-9._-]{1,64}\] ")
# An engine or a journal takes its time to pass on what was written.
PASSED_ON_WITHIN_S = 2.0
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


def up_to_now(read: Callable[[], list[str]], base_url: str, authority: Path | None = None) -> list[str]:
    """Return the lines that `read` gives once all that the site wrote before this moment are among them.

    They come by way of an engine or a journal, a little later than the answer to a request. So a page that
    is not there is asked for: when the site's word about that has come, all before it have.
    """
    mark = f"/log-up-to-here-{secrets.token_hex(8)}/"
    try:
        visit(base_url + mark, authority, within_s=PASSED_ON_WITHIN_S)
        lines = eventually(
            read,
            lambda lines: any(mark in line for line in lines),
            what="the site's log to come up to now",
            within_s=PASSED_ON_WITHIN_S,
        )
    except (OSError, NotSeenError):
        # A site that is gone writes nothing more; one that is in a bad way may log nothing of this.
        lines = read()
    return [line for line in lines if mark not in line]
