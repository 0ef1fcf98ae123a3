"""Run the scenarios with several Thens once more, with these in reverse order: no Then leans on what another did.

Takes behave's own arguments. A scenario that fails here, and passes as it is written, has a Then that leans on another.
"""

import os
import subprocess
import sys
from itertools import groupby

from behave.model import Scenario

from acceptance.report.report_folder import REPORTS, VARIABLE, claim
from acceptance.runner import AcceptanceRunner


class ReversedThensRunner(AcceptanceRunner):
    """Runs each scenario with its Thens in reverse order; skips those with one."""

    def _prepare(self) -> None:
        for feature in self.features:
            for scenario in feature.walk_scenarios():
                if not reverse_thens(scenario):
                    scenario.mark_skipped()
        super()._prepare()


def reverse_thens(scenario: Scenario) -> bool:
    """Reverse each row of Thens in place, keywords left where they are; return whether there was any of several."""
    rows = [list(row) for _, row in groupby(scenario.steps, lambda step: step.step_type)]
    steps = [step for row in rows for step in (reversed(row) if row[0].step_type == "then" else row)]
    changed = bool(steps != scenario.steps)
    for step, keyword in zip(steps, [step.keyword for step in scenario.steps], strict=True):
        step.keyword = keyword
    scenario.steps[:] = steps
    return changed


if __name__ == "__main__":
    runner = f"--runner=scripts.then_order:{ReversedThensRunner.__name__}"
    # The results of the scenarios as they are written stay the last ones.
    claim(REPORTS)
    environment = os.environ | {VARIABLE: str(REPORTS / "reversed-thens")}
    command = [sys.executable, "-m", "behave", runner, "-D", "report=no", *sys.argv[1:]]
    sys.exit(subprocess.call(command, env=environment))
