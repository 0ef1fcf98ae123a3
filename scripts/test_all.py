"""Everything, as `make test` runs it: each stage to its end, and the counts on the last line."""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic
from xml.etree import ElementTree as ET

from acceptance.container_engine import EngineError
from acceptance.report.report_folder import ReportFolderError, claim
from scripts import base_image, engine
from scripts.packages import install
from scripts.server_groups import GROUPS, part_of

RESULTS = Path("reports/junit")
# A browser is told of a box's own authority by the first, a box is logged in to by the second, and the third
# gathers a mail catcher. The others are used as the README of the databases uses them.
NEEDED = {
    "certutil": "libnss3-tools",
    "ssh": "openssh-client",
    "npm": "npm",
    "curl": "curl",
    "jq": "jq",
    "psql": "postgresql-client",
}
COVERED_AT_LEAST = 95
PYTEST = ["-m", "pytest", "-q", "-c", "tests/real.ini"]
# Those of the unit tests, but for what they leave out.
ON_SCREEN = "-p no:cacheprovider --strict-markers --strict-config"
ON_POSTGRES = ("target=docker", "database=postgres", "mailbox=server")
IN_CONTAINERS = "docker,docker-postgres,existing"


@dataclass(frozen=True)
class Stage:
    """One part of the whole: a command for this Python."""

    name: str
    command: list[str]


def coverage_of(data: str, command: list[str]) -> list[str]:
    """Return the command, run so that its coverage is kept in reports/."""
    return ["-m", "coverage", "run", f"--data-file=reports/.coverage.{data}", *command]


def journeys(name: str, *settings: str) -> list[str]:
    """Return the command that runs Edith's journeys with these settings."""
    given = [text for setting in settings for text in ("-D", setting)]
    return ["-m", "behave", "--format=progress", "--junit", f"--junit-directory={RESULTS}/{name}", *given]


def tests(name: str, *arguments: str) -> list[str]:
    """Return the command that runs tests on real parts."""
    return [*PYTEST, *arguments, f"--junit-xml={RESULTS}/{name}.xml"]


def tests_on_screen(name: str, *arguments: str) -> list[str]:
    """Return the command that runs tests on pages, with the site's own settings."""
    return ["-m", "pytest", "-q", "-o", f"addopts={ON_SCREEN}", *arguments, f"--junit-xml={RESULTS}/{name}.xml"]


def on_servers(group: str, name: str) -> Stage:
    """Return the stage of a group of the tests on servers."""
    part = part_of(group)
    return Stage(name, coverage_of(part, tests(part, "tests/box", f"--group={group}")))


# The tests on servers. A server is waited for now and then, so there are more at a time than a small machine has cores.
SERVERS = tuple((on_servers(group, name),) for group, name in GROUPS.items())
SERVERS_AT_ONCE = 4
# The tests of targets look at every container of the site that there is: nobody else may have one meanwhile.
ALONE = (Stage("targets", coverage_of("targets", tests("targets", "tests/targets", f"--kinds={IN_CONTAINERS}"))),)
# These need no container, and may run beside anything.
WITHOUT_CONTAINERS = (
    (Stage("unit tests", ["-m", "scripts.unit"]),),
    (Stage("pages in a browser", tests_on_screen("screens", "tests/screens")),),
    (Stage("lint", ["-m", "scripts.lint"]),),
)
# The journeys are in one lane: all three write the same report.
IN_CONTAINERS_TOO = (
    (Stage("whole runs", coverage_of("runs", tests("runs", "tests/runs"))),),
    (Stage("mail", coverage_of("mail", tests("mail", "tests/mail"))),),
    (
        Stage("journeys", coverage_of("journeys", journeys("journeys"))),
        Stage("journeys in a container", journeys("docker", "target=docker")),
        Stage("journeys on PostgreSQL", journeys("postgres", *ON_POSTGRES)),
    ),
    (Stage("databases", coverage_of("databases", tests("databases", "tests/databases"))),),
)
HERE_AT_ONCE = 2
COVERAGE = Stage("coverage", ["-m", "scripts.combined_coverage", str(COVERED_AT_LEAST)])
TELLING = Lock()


def main() -> int:
    """Run all stages, whatever comes of each; return 0 only if all is well."""
    try:
        # What is in it is removed only where the suite wrote it.
        claim(RESULTS.parent)
    except ReportFolderError as error:
        print(error)
        return 1
    for old in RESULTS.glob("**/*.xml"):
        old.unlink()
    RESULTS.mkdir(parents=True, exist_ok=True)
    try:
        install_missing()
        with engine.running():
            base_image.ensure()
            failed = [*failing_on_servers(), *failing_here(), *failing_in_turn([COVERAGE])]
    except EngineError as error:
        # Nothing is skipped: without an engine the whole fails, and says why.
        print(error)
        failed = ["the container engine"]
    passed_tests, failed_tests = counts()
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    # A stage that fails without a failing test, such as lint, counts as one.
    print(f"total: {passed_tests} passed, {max(failed_tests, len(failed))} failed", flush=True)
    return 1 if failed or failed_tests or not passed_tests else 0


def install_missing() -> None:
    """Install what the tests of servers need; where that is not allowed, they say what is missing."""
    for program, package in NEEDED.items():
        if not shutil.which(program):
            install(package)


def failing_on_servers() -> list[str]:
    """Run the tests on servers; return the names of the stages that failed."""
    began = monotonic()
    with ThreadPoolExecutor(SERVERS_AT_ONCE) as pool:
        failed = [name for lane in pool.map(failing_in_turn, SERVERS) for name in lane]
    print(f"\n=== all on servers: {monotonic() - began:.0f} s", flush=True)
    return failed


def failing_here() -> list[str]:
    """Run all else, with no core left idle; return the names of the stages that failed."""
    began = monotonic()
    with ThreadPoolExecutor(HERE_AT_ONCE) as pool:
        lanes = [pool.submit(failing_in_turn, lane) for lane in (ALONE, *WITHOUT_CONTAINERS)]
        # These wait until nobody minds containers.
        lanes[0].result()
        lanes += [pool.submit(failing_in_turn, lane) for lane in IN_CONTAINERS_TOO]
    print(f"\n=== all on this machine: {monotonic() - began:.0f} s", flush=True)
    return [name for lane in lanes for name in lane.result()]


def failing_in_turn(stages: Iterable[Stage]) -> list[str]:
    """Run stages in turn; return the names of those that failed."""
    return [stage.name for stage in stages if not succeeds(stage)]


def succeeds(stage: Stage) -> bool:
    """Run one stage, print what it says once it is through, and tell whether it succeeded."""
    print(f"… {stage.name}", flush=True)
    began = monotonic()
    command = [sys.executable, *stage.command]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    result = "passed" if done.returncode == 0 else f"failed, exit code {done.returncode}"
    with TELLING:
        print(f"\n=== {stage.name} ===\n{done.stdout.decode(errors='replace').strip()}")
        print(f"=== {stage.name}: {result} in {monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


def counts() -> tuple[int, int]:
    """Return how many tests and scenarios passed and failed, as the JUnit files say."""
    cases = [case for file in RESULTS.glob("**/*.xml") for case in ET.parse(file).iter("testcase")]  # noqa: S314 - ours
    failed = sum(any(child.tag in {"failure", "error"} for child in case) for case in cases)
    skipped = sum(any(child.tag == "skipped" for child in case) for case in cases)
    return len(cases) - failed - skipped, failed


if __name__ == "__main__":
    sys.exit(main())
