"""What a reader in a hurry is told: one sentence about everything, and a card for each target."""

from typing import Any
from urllib.parse import quote

from acceptance.report.formatting import SYMBOLS, counted, duration, listed, moment, status_class
from acceptance.report.report_data import Knowledge, has_changed, is_older
from acceptance.report.results import BROKEN_OFF, FAILED, NOT_RUN, PASSED, Result, Run, TargetResults

# What stands on a card besides, in this order, where it is known.
FACTS = ("environment", "release", "site", "address", "sites", "browser", "order")
# So many at once; the others for whoever asks for them.
SHOWN = 2


def verdict(known: Knowledge) -> dict[str, Any]:
    """Return how things stand, in one word and one sentence, and what limits that."""
    status, sentence = _verdict(known)
    return {
        "class": status_class(status),
        "symbol": SYMBOLS[status],
        "sentence": sentence,
        "but": [
            *(f"{feature.file}: {feature.unread}" for feature in known.features if feature.unread),
            *(f"{target.name}: {but}" for target in known.targets for but in _buts(known, target)),
        ],
    }


def _verdict(known: Knowledge) -> tuple[str, str]:
    whole = len(known.scenarios)
    if not known.targets:
        return NOT_RUN, "Nothing has run yet"
    failed = {s.key for s in known.scenarios for t in known.targets if known.status(t, s) == FAILED}
    if failed:
        where = [target.name for target in known.targets if known.counts(target).get(FAILED)]
        verb = "fails" if len(failed) == 1 else "fail"
        return FAILED, f"{len(failed)} of {counted(whole, 'scenario')} {verb} on {listed(where)}"
    for target in known.targets:
        if target.last_run.no_start:
            return FAILED, f"The last run on {target.name} did not start"
        if known.counts(target).get(BROKEN_OFF):
            return BROKEN_OFF, f"The last run on {target.name} was broken off"
    unread = any(feature.unread for feature in known.features)
    if not unread and all(known.counts(target) == {PASSED: whole} for target in known.targets):
        return PASSED, f"All {counted(whole, 'scenario')} pass on {listed([t.name for t in known.targets])}"
    return (
        NOT_RUN,
        f"Nothing failed, but not every {'feature can be read' if unread else 'scenario has run everywhere'}",
    )


def _buts(known: Knowledge, target: TargetResults) -> list[str]:
    """Return what a reader must know before believing the sentence above."""
    of_now = [(scenario, target.latest.get(scenario.key)) for scenario in known.scenarios]
    older = [result for _, result in of_now if result and is_older(target, result)]
    changed = [scenario for scenario, result in of_now if result and has_changed(scenario, result)]
    buts = []
    if target.last_run.no_start:
        buts.append("the last run did not start, so that all results are of earlier runs.")
    elif older:
        buts.append(f"{counted(len(older), 'result')} of earlier runs, not of the last.")
    if changed:
        buts.append(f"{counted(len(changed), 'scenario')} changed since it ran.")
    if not target.last_run.whole and not target.last_run.no_start:
        buts.append("the last run was killed before its end.")
    return buts


def card(known: Knowledge, target: TargetResults) -> dict[str, Any]:
    """Return what is to be known of a target and its last run."""
    run = target.last_run
    counts = known.counts(target)
    return {
        "name": target.name,
        "at": moment(run.began),
        "took": duration(run.ended - run.began),
        "ran": f"{len(run.results)} of {counted(len(known.scenarios), 'scenario')}",
        "no_start": run.no_start,
        "facts": facts(run)[:SHOWN],
        "more": facts(run)[SHOWN:],
        "counts": [_count(target.name, status, number) for status, number in counts.items()],
        "releases": _releases(known, target),
    }


def facts(run: Run) -> list[dict[str, str]]:
    """Return what is known of a run, each with its name."""
    return [{"name": name, "value": run.about[name]} for name in FACTS if run.about.get(name)]


def _count(target: str, status: str, number: int) -> dict[str, str]:
    css = status_class(status)
    return {
        "status": status,
        "class": css,
        "symbol": SYMBOLS[status],
        "number": str(number),
        "href": f"#target={quote(target)}&status={css}",
    }


def _releases(known: Knowledge, target: TargetResults) -> str:
    """Return which releases the results are of, where it is more than one."""
    results: list[Result] = [r for s in known.scenarios if (r := target.latest.get(s.key))]
    releases = {result.run.about.get("release", "unknown"): None for result in results}
    return listed(sorted(releases)) if len(releases) > 1 else ""
