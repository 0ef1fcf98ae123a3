"""Break the project on purpose, one bug at a time: which tests notice, if any do.

Each row of site_bugs.toml, and with --all of engine_breakages.toml, is patched into a scratch copy of its own. There
the fast tests run, and only where they find nothing the slow ones, up to the first failure.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).resolve().parent.parent
SITE, ENGINE = ROOT / "scripts/site_bugs.toml", ROOT / "scripts/engine_breakages.toml"
UNIT, SCENARIOS, REAL, NOTHING, NOT_TRIED = "unit tests", "scenarios", "tests on real parts", "nothing", "not tried"
GIT = ["git", "-c", "user.name=mutants", "-c", "user.email=mutants@example.com", "-c", "commit.gpgsign=false"]
PYTEST, BEHAVE = ["-m", "pytest", "-x", "-q"], ["-m", "behave", "--no-color"]
SITE_TESTS = [*PYTEST, "tests/superlists", "tests/acceptance/django_app", "tests/features/test_page_locators.py"]
# What looks whether each patch has its place fails once a patch is made.
UNIT_TESTS = [*PYTEST, "tests", "--ignore=tests/scripts/test_tables_of_bugs.py"]
CONTRACT = [*PYTEST, "-c", "tests/real.ini", "tests/targets/test_contract.py", "--kinds=local"]
REAL_TESTS = {
    "engine": ["tests/runs", "tests/browsers", "tests/targets", "tests/mail"],
    "deploy": ["tests/box"],
    "databases": ["tests/databases"],
    "catches": ["tests/runs", "tests/targets", "tests/box"],
}
# Some tests on real parts look at all containers of the site that there are.
ONE_AT_A_TIME = Lock()
FAILURE = re.compile(r"^(?:FAILED |ERROR (?=\S+ - Assertion)|(?:Failing|Errored) scenarios:\n  )(.+)", re.MULTILINE)
PASSED = re.compile(r"\b[1-9]\d* (?:scenarios? )?passed")
# A run that takes longer hangs.
LIMIT_S = 3600
# What fails with one of these has not seen the bug: the copy cannot run.
BREAKDOWN = re.compile(r"\b(NameError|ImportError|ModuleNotFoundError|SyntaxError|EngineError): ")


class BrokeDownError(Exception):
    """Nothing can be said of a row: its patch has no place, or a run ended for another reason than a failing test."""


@dataclass(frozen=True)
class Row:
    """A mistake and the text that makes it; the heads of the tables say what the fields mean."""

    name: str
    kind: str
    file: str = ""
    old: str = ""
    new: str = ""
    caught_by: str = ""
    scenario: str = ""
    says: str = ""


def read_table(table: Path) -> list[Row]:
    """Return the rows of a table, and before them one without a bug, of which no test may fail."""
    (rows,) = tomllib.loads(table.read_text()).values()
    return [Row(f"(No bug: {table.stem})", table.stem, caught_by=NOTHING), *(Row(**row) for row in rows)]


def snapshot() -> str:
    """Return a commit of the project as it is now, but for files that git does not know."""
    asked = (["stash", "create"], ["rev-parse", "HEAD"])
    stash, head = (subprocess.check_output([*GIT, *command], cwd=ROOT, text=True).strip() for command in asked)
    return stash or head


def make_broken_copy(row: Row, commit: str, root: Path) -> None:
    """Clone the project, and commit the row's patch there: what is deployed is a commit."""
    subprocess.run([*GIT, "clone", "--quiet", "--shared", ROOT, root], check=True)
    subprocess.run([*GIT, "checkout", "--quiet", "--detach", commit], cwd=root, check=True)
    if row.file:
        text = (root / row.file).read_text()
        if text.count(row.old) != 1:
            raise BrokeDownError(f"{row.file} has {text.count(row.old)} times, not once: {row.old}")
        (root / row.file).write_text(text.replace(row.old, row.new))
        subprocess.run([*GIT, "commit", "--quiet", "--all", "--message=A bug"], cwd=root, check=True)


def runs_of(row: Row) -> list[tuple[str, list[str]]]:
    """Return what to run for a row, in turn, and which kind of tests each is."""
    if row.kind in (*REAL_TESTS, ENGINE.stem):
        real = [(REAL, [*PYTEST, "-c", "tests/real.ini", folder]) for folder in REAL_TESTS.get(row.kind, ())]
        return [(UNIT, UNIT_TESTS), (UNIT, CONTRACT), *real]
    scenarios = [*BEHAVE, "--stop", "-D", "seed=off", "-D", "report=no"]
    return [(UNIT, SITE_TESTS), (UNIT, CONTRACT), (SCENARIOS, scenarios)]


def first_failure(command: list[str], root: Path) -> tuple[str, str]:
    """Return the first test that failed in the copy, or nothing, and all that was printed.

    Raises BrokeDownError where the run ended for any other reason, or nothing passed and nothing failed.
    """
    # A folder of reports that somebody keeps is for results of the project as it is. Pytest cuts lines to fit.
    environment = {name: value for name, value in os.environ.items() if name != "SUPERLISTS_REPORTS"}
    limited = ["timeout", "--foreground", "--signal=INT", "--kill-after=60", str(LIMIT_S), sys.executable, *command]
    ran = subprocess.run(limited, cwd=root, env=environment | {"COLUMNS": "300"}, capture_output=True, check=False)
    output = (ran.stdout + ran.stderr).decode(errors="replace")
    if ran.returncode == 0 and PASSED.search(output):
        return "", output
    failure = FAILURE.search(output)
    if ran.returncode == 1 and failure and not BREAKDOWN.search(output):
        return failure[1], output
    raise BrokeDownError(f"The run broke down, exit code {ran.returncode}:\n{output[-3000:]}")


def problem_of_scenario(row: Row, root: Path) -> str:
    """Return what is wrong with how the row's own scenario notices the bug; nothing if all is well."""
    # The name of an outline's scenario goes on after what the outline says.
    name = f"^{re.escape(row.scenario)}( --|$)"
    failed, output = first_failure([*BEHAVE, "-D", "wait=2", "-D", "mailbox.wait=2", "--name", name], root)
    if not failed:
        return f"The scenario passed: {row.scenario}"
    return "" if row.says in output else f"The scenario does not say {row.says!r}:\n{output[-3000:]}"


def judge(row: Row, *, commit: str, fast: bool) -> dict[str, str]:
    """Return what caught a row, by which test, and what is wrong with that: nothing if all is well."""
    caught_by, test, problem = NOT_TRIED if fast else NOTHING, "", ""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        root = Path(folder, "copy")
        try:
            make_broken_copy(row, commit, root)
            for kind, command in runs_of(row):
                if not test and (kind == UNIT or not fast):
                    with ONE_AT_A_TIME if kind == REAL else nullcontext():
                        test, _ = first_failure(command, root)
                    caught_by = kind if test else caught_by
            problem = problem_of_scenario(row, root) if row.scenario else ""
        except BrokeDownError as error:
            caught_by, problem = "broke down", str(error)
    if caught_by == NOTHING and row.caught_by in (UNIT, SCENARIOS, REAL):
        problem = problem or f"Nothing caught it; the table says: {row.caught_by}"
    if test and not row.file:
        problem = "This fails without any bug, so what tests caught is worth nothing."
    return {"name": row.name, "kind": row.kind, "caught_by": caught_by, "test": test, "problem": problem}


def main() -> int:
    """Judge the rows that are asked for; return 0 if each was caught that its table says is caught."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--all", action="store_true", help="also what proves and deploys the site")
    parser.add_argument("--fast", action="store_true", help="only the tests that need no browser and no container")
    parser.add_argument("--results", type=Path, default=ROOT / "reports/mutants.jsonl", help="where to write results")
    parser.add_argument("words", nargs="*", help="only rows, of both tables, in whose name these words are")
    options = parser.parse_args()
    tables = [SITE, ENGINE] if options.all or options.words else [SITE]
    rows = [row for table in tables for row in read_table(table) if " ".join(options.words) in row.name]
    options.results.parent.mkdir(parents=True, exist_ok=True)
    results = []
    with ThreadPoolExecutor(max_workers=2) as pool, options.results.open("w") as file:
        for result in pool.map(partial(judge, commit=snapshot(), fast=options.fast), rows):
            results.append(result)
            print(f"{result['caught_by']:20} {result['name']}")
            print(f"{'':20} {result['problem'] or result['test']}", flush=True)
            print(json.dumps(result), file=file, flush=True)
    for sort, number in sorted(Counter(f"{result['kind']}: {result['caught_by']}" for result in results).items()):
        print(f"{number:4} {sort}")
    return 0 if results and not any(result["problem"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
