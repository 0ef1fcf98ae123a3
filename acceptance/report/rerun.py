"""`make rerun`: runs only the scenarios that failed the last time on a target, or were broken off."""

import argparse
import os
import sys
from pathlib import Path

from behave.configuration import Configuration

from acceptance.browsers import BROWSERS
from acceptance.report.formatting import listed
from acceptance.report.report_data import FEATURES, read_features
from acceptance.report.report_folder import REPORTS, RESULTS, make_variables, results_name, target_folder
from acceptance.report.results import ResultStatus
from acceptance.report.results_file import ResultsError, read_results

AGAIN = (ResultStatus.FAILED, ResultStatus.BROKEN_OFF)


def main(arguments: list[str] | None = None) -> int:
    """Replace this process with behave, on the scenarios that failed; return 0 if nothing failed.

    Raises SystemExit with the reason if nothing can run again although not everything passed.
    """
    options = argparse.ArgumentParser(prog="make rerun", description=__doc__)
    options.add_argument("target", help="the target whose failures are meant")
    request, for_behave = options.parse_known_args(arguments)
    browser = Configuration(for_behave).userdata.get("browser", "chrome")
    if browser not in BROWSERS:
        raise SystemExit(f"browser: {browser!r} is not known; allowed: {', '.join(BROWSERS)}")
    name = results_name(request.target, BROWSERS[browser].column)
    try:
        locations = to_run_again(name)
    except ResultsError as error:
        raise SystemExit(str(error)) from error
    if not locations:
        print(f"Nothing failed on {name}: there is nothing to run again.")
        return 0
    command = [sys.executable, "-m", "behave", "-D", f"target={request.target}", *for_behave, *locations]
    sys.stdout.flush()
    # Behave's exit code is this one's.
    return os.execv(sys.executable, command)  # noqa: S606 - there is no shell in it


def to_run_again(target: str, reports: Path = REPORTS, features: Path = FEATURES) -> list[str]:
    """Return where the scenarios that failed are now, as file:line; raises SystemExit with the reason, or ResultsError.

    Behave's own `rerun` formatter knows neither what a killed run left, nor a line that has moved since.
    """
    file = target_folder(target, reports) / RESULTS
    results = read_results(file) if file.exists() else None
    all_of_it = f"To run everything: make features {make_variables(target)}"
    if not results or not results.runs:
        raise SystemExit(f"Nothing has run on {target} yet. {all_of_it}")
    if results.last_run.no_start:
        raise SystemExit(f"The last run on {target} did not start:\n{results.last_run.no_start}")
    failed = {key: result.name for key, result in results.latest.items() if result.status in AGAIN}
    feature_texts = read_features(features)
    scenarios = [scenario for feature in feature_texts for scenario in feature.scenarios]
    again = [f"{scenario.file}:{scenario.line}" for scenario in scenarios if scenario.key in failed]
    unread = [feature.file for feature in feature_texts if feature.problem]
    if again:
        return again
    if unread:
        raise SystemExit(f"Nothing failed on {target} in the files that can be read; not: {listed(unread)}")
    if failed:
        raise SystemExit(f"What failed on {target} is in no feature any more: {listed([*failed.values()])}")
    if not results.last_run.complete:
        raise SystemExit(f"The last run on {target} did not come to its end. {all_of_it}")
    if results.last_run.problem:
        raise SystemExit(f"Nothing failed in the last run on {target}, but: {results.last_run.problem} {all_of_it}")
    return []


if __name__ == "__main__":
    sys.exit(main())
