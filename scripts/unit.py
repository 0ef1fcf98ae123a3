"""Run the unit tests and hold their coverage to its limit: no browser, no whole runs, no program to be installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

COVERED_AT_LEAST = 95
# The journeys themselves, and an engine's containers, are what proves these; their coverage is added in test_all.
PROVEN_ELSEWHERE = (
    "features/steps/*",
    "features/pages/*",
    "features/environment.py",
    "acceptance/browsers/*",
    "acceptance/mailboxes/catcher.py",
    "acceptance/mailboxes/pop3.py",
    "acceptance/targets/container.py",
    "acceptance/targets/docker_exec.py",
    "acceptance/targets/run_resources.py",
    "acceptance/targets/server.py",
    "acceptance/targets/host_tunnel.py",
    "acceptance/hooks.py",
    "acceptance/page.py",
    "acceptance/runner.py",
    "acceptance/ssh.py",
    "deploy/*",
    "*/migrations/*",
)
# All that the tests find on their PATH besides Python: git, and what every Debian or Ubuntu has.
PROGRAMS = (
    *("git", "sh", "cat", "chmod", "cp", "dd", "env", "find", "flock", "getent", "install", "ln", "ls", "mkdir", "mv"),
    *("rm", "setpriv", "sleep", "tar", "tee", "test", "timeout", "touch", "true"),
)
JUNIT = Path("reports/junit")
SUITES = {
    "unit": ["-q"],
    "contract": ["-q", "-c", "tests/real.ini", "tests/targets/test_contract.py", "--kinds=local"],
}


def main() -> int:
    """Return the exit code: that of the first tests to fail, else that of the coverage."""
    JUNIT.mkdir(parents=True, exist_ok=True)
    coverage = [sys.executable, "-m", "coverage"]
    data = "--data-file=reports/.coverage.unit"
    subprocess.run([*coverage, "erase", data], check=True)
    with TemporaryDirectory() as folder:
        # Some tests act as another user.
        Path(folder).chmod(0o755)
        Path(folder, "python3").symlink_to(sys.executable)
        for program in PROGRAMS:
            if found := shutil.which(program):
                Path(folder, program).symlink_to(found)
        codes = [
            subprocess.run(
                [*coverage, "run", "--append", data, "-m", "pytest", *arguments, f"--junit-xml={JUNIT}/{name}.xml"],
                check=False,
                env=os.environ | {"PATH": folder},
            ).returncode
            for name, arguments in SUITES.items()
        ]
    omit = f"--omit={','.join(PROVEN_ELSEWHERE)}"
    report = [*coverage, "report", data, omit, f"--fail-under={COVERED_AT_LEAST}"]
    return next(filter(None, codes), 0) or subprocess.run(report, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
