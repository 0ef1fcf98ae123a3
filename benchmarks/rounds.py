"""The rounds: both sides in processes of their own, taking turns at going first."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from acceptance.sites import SITES
from benchmarks.figures import Run
from benchmarks.journeys import ROOT, behave_arguments, scenario_names
from benchmarks.recorder import read_scenarios

GRACE_S = 10
LINES_SHOWN = 60


class MeasurementError(Exception):
    """A side that did not run to its end, with its last output."""


class Pair(NamedTuple):
    """Both sides of one round."""

    behave: Run
    straight: Run


def measured(targets: Sequence[str], rounds: int, sites: Path = SITES) -> Iterator[tuple[str, Pair]]:
    """Give each round of each target once it is over.

    The targets take turns, and the order is a b, b a, a b …, so that drift of the
    machine cancels.
    """
    for number in range(rounds):
        for target in targets:
            yield target, _both(target, sites, behave_first=number % 2 == 0)


def _both(target: str, sites: Path, *, behave_first: bool) -> Pair:
    if behave_first:
        behave = behave_run(target, sites)
        return Pair(behave, straight_run(target, sites))
    straight = straight_run(target, sites)
    return Pair(behave_run(target, sites), straight)


def behave_run(target: str, sites: Path) -> Run:
    """Run the journeys through behave."""
    return _run("benchmarks.traced_behave", *behave_arguments(target, sites))


def straight_run(target: str, sites: Path) -> Run:
    """Run the journeys straight on Selenium."""
    return _run("benchmarks.traced_straight", target, str(sites))


def _run(module: str, *arguments: str) -> Run:
    """Run a module that records itself; raises MeasurementError unless all scenarios passed."""
    with TemporaryDirectory() as folder:
        record, output = Path(folder, "record.json"), Path(folder, "output")
        spawned = time.monotonic()
        code = _ended([sys.executable, "-m", module, str(record), *arguments], output)
        exited = time.monotonic()
        if code:
            raise MeasurementError(f"{module} ended with {code}:\n{_last_lines(output)}")
        run = Run(spawned, exited, read_scenarios(record))
    ran = [scenario.name for scenario in run.scenarios]
    if ran != scenario_names():
        raise MeasurementError(f"{module} ran {ran} instead of {scenario_names()}")
    return run


def _last_lines(output: Path) -> str:
    return "\n".join(output.read_text().splitlines()[-LINES_SHOWN:])


def _ended(command: list[str], output: Path) -> int:
    """Return the exit code of a process that does not outlive this one's interruption.

    It has a session of its own, so that Ctrl-C reaches it once, from here.
    """
    with output.open("w") as sink:
        process = subprocess.Popen(command, cwd=ROOT, stdout=sink, stderr=sink, start_new_session=True)
        try:
            return process.wait()
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            _interrupt(process)
            raise


def _interrupt(process: "subprocess.Popen[bytes]") -> None:
    """Let the process clean up, then end what is left of its group."""
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_S)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
