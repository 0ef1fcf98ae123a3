"""Coverage of the site and of the suite, by the unit tests, the journeys and the tests on an engine together."""

import subprocess
import sys

DATA = [f"reports/.coverage.{part}" for part in ("unit", "journeys", "targets", "box")]


def main(at_least: str) -> int:
    """Combine, report, and hold to the limit in percent; return the exit code."""
    coverage = [sys.executable, "-m", "coverage"]
    combined = "--data-file=reports/.coverage"
    code = subprocess.run([*coverage, "combine", "--quiet", "--keep", combined, *DATA], check=False).returncode
    report = [*coverage, "report", combined, f"--fail-under={at_least}"]
    return code or subprocess.run(report, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
