"""Run the unit tests: no browser, no whole runs, no program that is not on every Debian."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

# All that the tests find on their PATH besides Python: git, and what every Debian or Ubuntu has.
PROGRAMS = (
    *("git", "sh", "cat", "chmod", "cp", "dd", "env", "find", "flock", "getent", "install", "ln", "ls", "mkdir", "mv"),
    *("rm", "setpriv", "sleep", "stat", "tar", "tee", "test", "timeout", "touch", "true"),
)
JUNIT = Path("reports/junit")
SUITES = {
    # What the tests of a file share is made once.
    "unit": ["-q", "-n", "auto", "--dist=loadfile"],
    "contract": ["-q", "-c", "tests/real.ini", "tests/targets/test_contract.py", "--kinds=local"],
}
# Also of the processes that share the tests among them.
COVERAGE = ("--cov", "--cov-append", "--cov-report=")


def main() -> int:
    """Return the exit code of the first tests that fail; with `--coverage`, write what they cover."""
    JUNIT.mkdir(parents=True, exist_ok=True)
    coverage = COVERAGE if "--coverage" in sys.argv else ()
    with TemporaryDirectory() as folder:
        # Some tests act as another user.
        Path(folder).chmod(0o755)
        Path(folder, "python3").symlink_to(sys.executable)
        for program in PROGRAMS:
            if found := shutil.which(program):
                Path(folder, program).symlink_to(found)
        environ = os.environ | {"PATH": folder, "COVERAGE_FILE": str(Path("reports/.coverage.unit").absolute())}
        codes = [
            subprocess.run(
                [sys.executable, "-m", "pytest", *arguments, *coverage, f"--junit-xml={JUNIT}/{name}.xml"],
                check=False,
                env=environ,
            ).returncode
            for name, arguments in SUITES.items()
        ]
    return next(filter(None, codes), 0)


if __name__ == "__main__":
    sys.exit(main())
