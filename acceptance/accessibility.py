"""What keeps people out of a page, found by axe-core, which lies in acceptance/vendor/axe/ with its licence."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
# More places of one violation tell nothing new.
PLACES = 5
# Colours on their way from one to the other are nobody's for long; what moves without end is as it is.
RUN = """
const done = arguments[arguments.length - 1];
const ending = document.getAnimations().filter(each => each.effect.getComputedTiming().endTime !== Infinity);
Promise.allSettled(ending.map(each => each.finished)).then(
  () => axe.run(document, {resultTypes: ['violations']})
).then(
  found => done(found.violations.map(({id, help, nodes}) => ({
    id, help, places: nodes.map(({target, failureSummary}) =>
      `${target.join(' ')} (${failureSummary.split('\\n').slice(1).join(';').trim()})`)
  }))),
  error => done([{id: 'axe', help: String(error), places: []}]))
"""


def violations(run_async: Callable[[str], Any]) -> list[str]:
    """Return each rule that the page that is open breaks, with where it does; empty where everybody gets on."""
    found: list[dict[str, Any]] = run_async(_axe() + RUN)
    return [f"{one['help']} [{one['id']}]: {', '.join(one['places'][:PLACES])}" for one in found]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
