"""Run the unit tests and hold their coverage to its limit: no browser, no whole runs."""

import subprocess
import sys
from pathlib import Path

COVERED_AT_LEAST = 95
# The journeys themselves are what proves these; their coverage is added in test_all.
PROVEN_BY_JOURNEYS = ("features/steps/*", "features/pages/*", "features/environment.py", "*/migrations/*")
PYTEST = ["-m", "pytest", "-q", "--ignore=tests/runs", "--junit-xml=reports/junit/unit.xml"]


def main() -> int:
    """Return the exit code: that of the tests, else that of the coverage."""
    Path("reports/junit").mkdir(parents=True, exist_ok=True)
    coverage = [sys.executable, "-m", "coverage"]
    tests = subprocess.run([*coverage, "run", "--data-file=reports/.coverage.unit", *PYTEST], check=False)
    omit = ",".join(PROVEN_BY_JOURNEYS)
    limit = f"--fail-under={COVERED_AT_LEAST}"
    report = [*coverage, "report", "--data-file=reports/.coverage.unit", f"--omit={omit}", limit]
    return tests.returncode or subprocess.run(report, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
