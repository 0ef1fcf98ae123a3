"""`make rerun`: only what failed the last time on a target, or was broken off."""

import argparse
import os
import sys
from pathlib import Path

from acceptance.report.feature_catalogue import read_features
from acceptance.report.formatting import listed
from acceptance.report.paths import REPORTS, results_of
from acceptance.report.results import BROKEN_OFF, FAILED, read


class NothingToRunError(Exception):
    """There is nothing to run again, and why; `code` is how that ends."""

    def __init__(self, message: str, code: int = 0) -> None:
        """Say why, and whether that is as it should be."""
        super().__init__(message)
        self.code = code


def main(arguments: list[str] | None = None) -> int:
    """Replace this process with behave, on the scenarios that failed; return 0 where there are none."""
    options = argparse.ArgumentParser(prog="make rerun", description=__doc__)
    options.add_argument("target", help="the target whose failures are meant")
    asked, for_behave = options.parse_known_args(arguments)
    try:
        places = to_run_again(asked.target)
    except NothingToRunError as reason:
        print(reason)
        return reason.code
    command = [sys.executable, "-m", "behave", "-D", f"target={asked.target}", *for_behave, *places]
    sys.stdout.flush()
    # Behave's exit code is this one's.
    return os.execv(sys.executable, command)  # noqa: S606 - there is no shell in it


def to_run_again(target: str, reports: Path = REPORTS, features: Path | None = None) -> list[str]:
    """Return the places (file:line) of the scenarios that failed, as they stand by now; raises NothingToRunError."""
    file = results_of(target, reports)
    known = read(target, file) if file.exists() else None
    if not known or not known.runs:
        raise NothingToRunError(f"Nothing has run on {target} yet. To run it all: make features TARGET={target}", 1)
    if known.last_run.no_start:
        raise NothingToRunError(f"The last run on {target} did not start:\n{known.last_run.no_start}", 1)
    there = read_features(*([features] if features else []))
    again = [
        f"{scenario.file}:{scenario.line}"
        for feature in there
        for scenario in feature.scenarios
        if scenario.key in known.latest and known.latest[scenario.key].status in (FAILED, BROKEN_OFF)
    ]
    if not again and (unread := [feature.file for feature in there if feature.unread]):
        raise NothingToRunError(
            f"Nothing failed on {target} in the files that can be read; these cannot: {listed(unread)}", 1
        )
    if not again and (gone := [one.name for one in known.latest.values() if one.status in (FAILED, BROKEN_OFF)]):
        raise NothingToRunError(f"What failed on {target} is in no feature any more: {listed(gone)}", 1)
    if not again and not known.last_run.whole:
        raise NothingToRunError(
            f"The last run on {target} has not come to its end. To run it all: make features TARGET={target}", 1
        )
    if not again:
        raise NothingToRunError(f"Nothing failed on {target}: there is nothing to run again.")
    return again


if __name__ == "__main__":
    sys.exit(main())
