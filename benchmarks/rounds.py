"""The rounds: each side in a process of its own, taking turns at going first."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from acceptance.browsers.chromium import Chrome, FullChrome
from acceptance.docker_client import connect
from acceptance.images import image, site_recipe
from acceptance.settings import TARGETS, search_path
from benchmarks.idiomatic_baseline import Journeys
from benchmarks.recorder import Run, Scenario, read_run

ROOT = Path(__file__).parent.parent
GRACE_S = 10
LINES_SHOWN = 60
IDIOMATIC = {
    "local": ("test", "benchmarks.idiomatic_baseline.Local"),
    "docker": ("test", "benchmarks.idiomatic_baseline.Container"),
}
# As `make features` runs it: with as many workers as pay.
AS_MAKE = ("-D", "workers=auto")
Round = Mapping[str, Run]
# The scenarios of the journeys, and the features that tell them.
SCENARIOS = [str(test.__doc__).rstrip(".") for name, test in vars(Journeys).items() if name.startswith("test_")]
FEATURES = [
    str(file.relative_to(ROOT))
    for file in sorted((ROOT / "features").glob("*.feature"))
    if any(f"Scenario: {name}\n" in file.read_text() for name in SCENARIOS)
]


class MeasurementError(Exception):
    """A side that did not run to its end, with its last output."""


def measured(targets: Sequence[str], rounds: int, sites: Path) -> Iterator[tuple[str, Round]]:
    """Give each round of each target once it is over; every other one goes backwards, so that drift cancels."""
    for number in range(rounds):
        for target in targets:
            ran = {name: run() for name, run in list(sides(target, sites).items())[:: -1 if number % 2 else 1]}
            yield target, ran


def sides(target: str, sites: Path) -> dict[str, Callable[[], Run]]:
    """Return what runs on a target: the suite, bare Selenium, and whole commands as people give them."""
    journeys = [argument for name in SCENARIOS for argument in ("--name", f"^{re.escape(name)}$")]
    suite = [*_settings(target, sites), "-D", "seed=off", *journeys, *FEATURES]
    recorded: dict[str, Callable[[], Run]] = {
        "suite": partial(run_recorded, "suite", *suite),
        "selenium": partial(run_recorded, "selenium", *_settings(target, sites)),
    }
    if target not in IDIOMATIC:
        return recorded
    idiomatic = IDIOMATIC[target]
    for side, browser in {"full": "chrome-full", "firefox": "firefox"}.items():
        recorded[side] = partial(run_recorded, "suite", *suite, "-D", f"browser={browser}")
    return recorded | {
        "workers": partial(run, "-m", "behave", *suite, *AS_MAKE),
        "idiomatic": partial(run, "manage.py", *idiomatic, environment=_told(target, FullChrome)),
        "idiomatic_shell": partial(run, "manage.py", *idiomatic, environment=_told(target, Chrome)),
    }


def counted(target: str) -> dict[str, Scenario]:
    """Return what each test of the idiomatic baseline did, by its scenario: of a run that is not timed."""
    ran = run_recorded("idiomatic", *IDIOMATIC[target], environment=_told(target, Chrome))
    return {scenario.name: scenario for scenario in ran.scenarios}


@cache
def _told(target: str, browser: type[Chrome]) -> dict[str, str]:
    """Return what the idiomatic baseline is told."""
    told = {"BROWSER": browser.find(search_path(os.environ)).binary}
    if target == "local":
        return told
    with closing(connect()) as engine:
        return told | {"SITE_IMAGE": image(engine, site_recipe())}


def _settings(target: str, sites: Path) -> list[str]:
    # A site on a server has no usual way: there, mail has to be written to files.
    mailbox = "default" if target in TARGETS else "server"
    return ["-D", f"target={target}", "-D", f"sites={sites}", "-D", f"mailbox={mailbox}"]


def run_recorded(side: str, *arguments: str, scenarios: Sequence[str] = tuple(SCENARIOS), **options: Any) -> Run:
    """Run a side, which records itself; raises MeasurementError unless it ran these scenarios, and all passed."""
    with TemporaryDirectory() as folder:
        record = Path(folder, "record.json")
        whole = run("-m", "benchmarks.record_run", side, str(record), *arguments, **options)
        recorded = read_run(record, whole.spawned, whole.exited)
    names = [scenario.name for scenario in recorded.scenarios]
    if sorted(names) != sorted(scenarios):
        raise MeasurementError(f"{side} ran {names} instead of {list(scenarios)}")
    return recorded


def run(*arguments: str, environment: Mapping[str, str] | None = None, root: Path = ROOT) -> Run:
    """Run Python with these arguments in a folder; raises MeasurementError where it fails."""
    with TemporaryDirectory() as folder, Path(folder, "output").open("w+", errors="replace") as output:
        variables = os.environ | {"PYTHONPATH": str(ROOT)} | dict(environment or {})
        spawned = time.monotonic()
        code = _exit_code([sys.executable, *arguments], cwd=root, env=variables, stdout=output, stderr=output)
        exited = time.monotonic()
        if code:
            output.seek(0)
            last_lines = "".join(output.readlines()[-LINES_SHOWN:])
            raise MeasurementError(f"{' '.join(arguments[:3])} ended with {code}:\n{last_lines}")
    return Run(spawned, exited)


def _exit_code(command: list[str], **options: Any) -> int:
    """Return the exit code of a process; Ctrl-C reaches it once, from here, and it is given time to clean up."""
    process = subprocess.Popen(command, start_new_session=True, **options)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        raise
