"""The rounds: both sides in processes of their own, taking turns at going first."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from acceptance.settings import TARGETS
from benchmarks.figures import Run
from benchmarks.recorder import read_scenarios
from benchmarks.selenium_baseline import JOURNEYS, SCENARIOS

ROOT = Path(__file__).parent.parent
GRACE_S = 10
LINES_SHOWN = 60


class MeasurementError(Exception):
    """A side that did not run to its end, with its last output."""


class Pair(NamedTuple):
    """Both sides of one round."""

    behave: Run
    selenium: Run


def measured(targets: Sequence[str], rounds: int, sites: Path) -> Iterator[tuple[str, Pair]]:
    """Give each round of each target once it is over; the order is a b, b a, a b …, so that drift cancels."""
    for number in range(rounds):
        for target in targets:
            first = behave_run(target, sites) if number % 2 == 0 else None
            selenium = selenium_run(target, sites)
            yield target, Pair(first or behave_run(target, sites), selenium)


def behave_run(target: str, sites: Path, browser: str = "chrome") -> Run:
    """Run the journeys, and nothing else, through behave."""
    names = [argument for name in SCENARIOS for argument in ("--name", f"^{re.escape(name)}$")]
    features = [f"features/{feature}.feature" for feature in JOURNEYS]
    settings = [*_settings(target, sites), "-D", f"browser={browser}", "-D", "seed=off"]
    return _run("behave", *settings, *names, *features)


def selenium_run(target: str, sites: Path) -> Run:
    """Run the journeys directly in Selenium."""
    return _run("selenium", *_settings(target, sites))


def _settings(target: str, sites: Path) -> list[str]:
    # A site on a server has no usual way: there, mail has to be written to files.
    mailbox = "default" if target in TARGETS else "server"
    return ["-D", f"target={target}", "-D", f"sites={sites}", "-D", f"mailbox={mailbox}"]


def _run(side: str, *arguments: str) -> Run:
    """Run a side, which records itself; raises MeasurementError unless all scenarios passed."""
    with TemporaryDirectory() as folder:
        record, output = Path(folder, "record.json"), Path(folder, "output")
        spawned = time.monotonic()
        code = _exit_code([sys.executable, "-m", "benchmarks.recorded_run", side, str(record), *arguments], output)
        exited = time.monotonic()
        if code:
            last_lines = "\n".join(output.read_text().splitlines()[-LINES_SHOWN:])
            raise MeasurementError(f"{side} ended with {code}:\n{last_lines}")
        run = Run(spawned, exited, read_scenarios(record))
    names = [scenario.name for scenario in run.scenarios]
    if names != list(SCENARIOS):
        raise MeasurementError(f"{side} ran {names} instead of {list(SCENARIOS)}")
    return run


def _exit_code(command: list[str], output: Path) -> int:
    """Return the exit code of a process; Ctrl-C reaches it once, from here, and it is given time to clean up."""
    with output.open("w") as sink:
        process = subprocess.Popen(command, cwd=ROOT, stdout=sink, stderr=sink, start_new_session=True)
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_S)
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
