"""Everything, as `make test` runs it: each stage to its end, and the counts on the last line."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic
from xml.etree import ElementTree as ET

from acceptance.docker_client import EngineError
from acceptance.report.report_folder import ReportFolderError, claim
from scripts import base_image, container_engine
from scripts.apt_install import install

RESULTS = Path("reports/junit")
# The groups that the tests on servers run in, each with servers of its own: those that take longest first.
GROUPS = {
    "contained": "a site in a container on a server",
    "staging": "a site on a server",
    "failures": "deploys that fail",
    "interrupted": "deploys that are interrupted",
    "others": "other servers",
    "production": "a production site",
}
# A browser is told of a box's own authority by the first, a box is logged in to by the second, and the third
# gathers a mail catcher. A process gets a network of its own by `ip`; the others are used as the README of the
# databases uses them.
NEEDED = {
    "certutil": "libnss3-tools",
    "ssh": "openssh-client",
    "npm": "npm",
    "ip": "iproute2",
    "curl": "curl",
    "jq": "jq",
    "psql": "postgresql-client",
    "firefox-esr": "firefox-esr",
    # Of a grid of browsers.
    "java": "default-jre-headless",
}
# What runs in another folder writes its coverage here as well.
COVERAGE = Path("reports/.coverage").absolute()
# Percent of the lines and branches of each room.
COVERED = {"acceptance": 95, "databases": 95, "deploy": 95, "features,superlists": 95}
IN_CONTAINERS = "docker,docker-postgres,existing"
# The options of the unit tests, but for what they leave out.
ON_SCREEN = f"addopts=-p no:cacheprovider --strict-markers --strict-config --junit-xml={RESULTS}/screens.xml"
IN_FULL_BROWSER = ("target=docker", "browser=chrome-full")
ON_POSTGRES = ("target=docker", "database=postgres", "mailbox=server")
# A server is waited for now and then, so there are more stages at a time than a small machine has cores.
AT_ONCE = 4
PRINTING = Lock()


@dataclass(frozen=True)
class Stage:
    """One part of the whole: its command, how long it may take, and what it leaves besides its exit code."""

    name: str
    command: list[str]
    limit_s: float = 1800
    # The patterns of its JUnit files in RESULTS, each of which holds a test that ran. None for what runs no test.
    results: tuple[str, ...] = ()
    # What the names of its files of coverage begin with, after COVERAGE; nothing for what has no coverage.
    covered: str = ""

    def missing(self) -> str:
        """Say what is missing of all that the stage leaves; nothing where all is there."""
        if empty := [pattern for pattern in self.results if not sum(counts(pattern))]:
            return f"no test ran: {', '.join(empty)}"
        if self.covered and not [*COVERAGE.parent.glob(f"{COVERAGE.name}.{self.covered}*")]:
            return f"no coverage was written: {self.covered}"
        return ""


def python(*module: str, covered: str = "") -> list[str]:
    """Return the command that runs a module, with its arguments, and keeps its coverage where that has a name."""
    coverage = ["coverage", "run", f"--data-file={COVERAGE}.{covered}", "-m"] if covered else []
    return [sys.executable, "-m", *coverage, *module]


def tests(name: str, part: str, *arguments: str) -> Stage:
    """Return the stage that runs tests on real parts."""
    module = ["pytest", "-q", "-c", "tests/real.ini", *arguments, f"--junit-xml={RESULTS}/{part}.xml"]
    return Stage(name, python(*module, covered=part), results=(f"{part}.xml",), covered=part)


def journeys(name: str, part: str, *settings: str, covered: str = "", module: str = "behave") -> Stage:
    """Return the stage that runs Edith's journeys with these settings."""
    arguments = [text for setting in settings for text in ("-D", setting)]
    behave = [module, "--format=progress", "--junit", f"--junit-directory={RESULTS}/{part}", *arguments]
    return Stage(name, python(*behave, covered=covered), results=(f"{part}/*.xml",), covered=covered)


# The stages of a lane are run in turn; lanes that take longest come first.
SERVERS = tuple((tests(name, f"box-{group}", "tests/box", f"--group={group}"),) for group, name in GROUPS.items())
# These need neither an engine nor what is installed for the others.
UNIT = (
    Stage("unit tests", python("scripts.unit", "--coverage"), results=("unit.xml", "contract.xml"), covered="unit"),
    Stage("lint", python("scripts.lint")),
)
# These look at every container of the site that there is: nobody else may have one meanwhile.
TARGETS = (tests("targets", "targets", "tests/targets", f"--kinds={IN_CONTAINERS}"),)
OTHERS = (
    (tests("whole runs", "runs", "tests/runs"),),
    (tests("databases", "databases", "tests/databases"),),
    # All of them keep their evidence in the same folder.
    (
        # With as many workers as `make features` takes.
        journeys("journeys", "journeys", "workers=auto", covered="journeys"),
        journeys("journeys on PostgreSQL", "postgres", *ON_POSTGRES),
        journeys("journeys in Firefox", "firefox", "browser=firefox"),
        # Those with several Thens. All other stages use the headless shell.
        journeys("Thens in reverse order, full browser", "reversed", *IN_FULL_BROWSER, module="scripts.then_order"),
    ),
    (tests("mail", "mail", "tests/mail"),),
    (
        tests("browsers", "browsers", "tests/browsers", "-k", "not grid"),
        tests("browsers on a grid", "grid", "tests/browsers", "-k", "grid"),
        Stage("pages in a browser", python("pytest", "-q", "-o", ON_SCREEN, "tests/screens"), results=("screens.xml",)),
    ),
    # Another site than Superlists, on the same engine.
    (
        Stage(
            "a second site",
            ["make", "examples", "ARGS=--junit"],
            results=("examples-local/*.xml", "examples-docker/*.xml"),
        ),
    ),
)


def main() -> int:
    """Run all stages, whatever the result of each; return 0 only if all is well."""
    try:
        # Results of before are removed only where the suite wrote them.
        claim(RESULTS.parent)
    except ReportFolderError as error:
        print(error)
        return 1
    for old in (*RESULTS.glob("**/*.xml"), *COVERAGE.parent.glob(f"{COVERAGE.name}*")):
        old.unlink()
    RESULTS.mkdir(parents=True, exist_ok=True)
    # Many hundred processes are started: none compiles again what another has compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        unit = pool.submit(failed_in_turn, UNIT)
        try:
            install_missing()
            with container_engine.running():
                base_image.ensure()
                failed = [*failed_stages(pool), *unit.result()]
            failed += uncovered()
        except EngineError as error:
            # Nothing is skipped: without an engine the whole fails, and says why.
            print(error)
            failed = [*unit.result(), "the container engine"]
    passed_tests, failed_tests = counts()
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    # A stage that fails without a failing test, such as lint, counts as one.
    print(f"total: {passed_tests} passed, {max(failed_tests, len(failed))} failed", flush=True)
    return 1 if failed or failed_tests or not passed_tests else 0


def install_missing() -> None:
    """Install what the tests of servers need; where that is not allowed, they say what is missing."""
    if missing := [package for program, package in NEEDED.items() if not shutil.which(program)]:
        install(*missing)


def failed_stages(pool: ThreadPoolExecutor) -> list[str]:
    """Run all lanes from one queue; return the names of the stages that failed."""
    lanes: list[Future[list[str]]] = []
    lanes += [pool.submit(failed_in_turn, lane) for lane in (TARGETS, *SERVERS[: AT_ONCE - 1])]
    lanes[0].result()
    # Those that take longest come first, so that none ends alone.
    left = (*OTHERS[:4], *SERVERS[AT_ONCE - 1 :], *OTHERS[4:])
    lanes += [pool.submit(failed_in_turn, lane) for lane in left]
    return [name for lane in lanes for name in lane.result()]


def failed_in_turn(stages: Sequence[Stage]) -> list[str]:
    """Run stages in turn; return the names of those that failed."""
    return [stage.name for stage in stages if not succeeds(stage)]


def succeeds(stage: Stage) -> bool:
    """Run one stage, print its output once it is through, and tell whether it succeeded in its time."""
    print(f"… {stage.name}", flush=True)
    began = monotonic()
    process = subprocess.Popen(stage.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, _ = process.communicate(timeout=stage.limit_s)
        problem = f"exit code {process.returncode}" if process.returncode else stage.missing()
    except subprocess.TimeoutExpired:
        output = _end(process)
        problem = f"not through within {stage.limit_s:g} s"
    with PRINTING:
        print(f"\n=== {stage.name} ===\n{output.decode(errors='replace').strip()}")
        result = f"failed, {problem}," if problem else "passed"
        print(f"=== {stage.name}: {result} in {monotonic() - began:.0f} s", flush=True)
    return not problem


def _end(process: subprocess.Popen[bytes]) -> bytes:
    """End a stage and what it started: first as Ctrl-C does, so that it can clean up; return its output."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=60)[0]
    return b"It could not be ended."


def uncovered() -> list[str]:
    """Combine the coverage of all stages, and print it; return the rooms that have less than their share."""
    coverage, combined = [sys.executable, "-m", "coverage"], f"--data-file={COVERAGE}"
    parts = [str(file) for file in COVERAGE.parent.glob(f"{COVERAGE.name}.*")]
    if (
        not parts
        or subprocess.run([*coverage, "combine", "--quiet", "--keep", combined, *parts], check=False).returncode
    ):
        return ["coverage, which cannot be combined"]
    failed = []
    for rooms, percent in COVERED.items():
        files = ",".join(f"{room}/*" for room in rooms.split(","))
        report = [*coverage, "report", combined, f"--include={files}", f"--fail-under={percent}"]
        if subprocess.run(report, check=False).returncode:
            failed.append(f"coverage of {rooms}")
    return failed


def counts(pattern: str = "**/*.xml") -> tuple[int, int]:
    """Return how many tests and scenarios passed and failed, as the JUnit files of this pattern say."""
    cases = [case for file in RESULTS.glob(pattern) for case in ET.parse(file).iter("testcase")]  # noqa: S314 - ours
    failed = sum(any(child.tag in {"failure", "error"} for child in case) for case in cases)
    skipped = sum(any(child.tag == "skipped" for child in case) for case in cases)
    return len(cases) - failed - skipped, failed


if __name__ == "__main__":
    sys.exit(main())
