"""Where the time of a run goes."""

from typing import Any

from acceptance.report.formatting import duration
from acceptance.report.results import Run

# What a part is called, and its name in the stylesheet.
PARTS = (
    ("Starting", "starting"),
    ("Given", "given"),
    ("When", "when"),
    ("Then", "then"),
    ("Between scenarios", "between"),
)
# A part that is too thin to be seen is left to the words below.
SEEN_FROM = 0.002
SLOWEST = 5


def parts(run: Run) -> list[dict[str, Any]]:
    """Return the parts of a run with their share in percent: before the first scenario, in steps, and between them."""
    spent = _seconds(run)
    whole = sum(spent.values())
    return [
        {"name": name, "class": css, "took": duration(spent[css]), "share": f"{100 * spent[css] / whole:.1f}"}
        for name, css in PARTS
        if whole and spent[css] / whole > SEEN_FROM
    ]


def _seconds(run: Run) -> dict[str, float]:
    steps = [(step.type, step.took) for result in run.results for step in result.steps]
    spent = {kind: sum(took for type_, took in steps if type_ == kind) for kind in ("given", "when", "then")}
    first = run.results[0].at if run.results else run.ended
    between = run.ended - first - sum(spent.values())
    return spent | {"starting": first - run.began, "between": max(between, 0.0)}


def slowest(run: Run) -> list[dict[str, Any]]:
    """Return the scenarios that took longest, with their share of the longest."""
    longest = sorted(run.results, key=lambda result: -result.took)[:SLOWEST]
    return [
        {
            "name": result.name.partition(" -- @")[0],
            "key": result.key,
            "took": duration(result.took),
            "share": f"{100 * result.took / longest[0].took if longest[0].took else 0:.0f}",
        }
        for result in longest
    ]
