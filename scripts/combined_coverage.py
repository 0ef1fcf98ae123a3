"""Coverage by the unit tests, the journeys and the tests on an engine together: of site and suite, and of deploy."""

import subprocess
import sys

from scripts.server_groups import GROUPS, part_of

PARTS = ("unit", "journeys", "targets", *map(part_of, GROUPS), "mail", "databases", "runs")
DATA = [f"reports/.coverage.{part}" for part in PARTS]
# What puts the site on a machine has its own limit: much of it is for what goes wrong there.
DEPLOY_AT_LEAST = "85"


def main(at_least: str) -> int:
    """Combine, report, and hold to the limits in percent; return the exit code."""
    coverage = [sys.executable, "-m", "coverage"]
    combined = "--data-file=reports/.coverage"
    codes = [subprocess.run([*coverage, "combine", "--quiet", "--keep", combined, *DATA], check=False).returncode]
    for code, limit in (("superlists/*,features/*,acceptance/*", at_least), ("deploy/*,databases/*", DEPLOY_AT_LEAST)):
        report = [*coverage, "report", combined, f"--include={code}", f"--fail-under={limit}"]
        codes.append(subprocess.run(report, check=False).returncode)
    return next(filter(None, codes), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
