"""What several workers bring, and what they cost: whole commands that take turns."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.recorder import Run
from benchmarks.rounds import AS_MAKE, run, run_recorded

REPEATED = 3
SLOW_NETWORK_WORKERS = 4
ONE_SCENARIO = ("--name", "^Edith is invited to begin$", "features/starting_a_list.feature")
# A browser that only sleeps, so that all that is left is what the coordinator does.
SLEEPERS, SLEEPING_WORKERS, FEATURES = (100, 1000), 8, 10
STEPS = """
from time import sleep
from behave import when

@when("the browser sleeps")
def sleeps(context):
    sleep(0.01)
"""


def worker_figures() -> dict[str, float]:
    """Return the figures of the suite on the site in its own process; raises MeasurementError."""
    few, many = map(_coordinator, SLEEPERS)
    return {
        "suite_ratio": _ratio(_suite(*AS_MAKE), _suite("-D", "browser=chrome-full")),
        # Once is enough: the network takes nearly all of the time.
        "slow_network_ratio": _ratio(_slow(1), _slow(SLOW_NETWORK_WORKERS), repeated=1),
        "unneeded_s": _median(_suite("--jobs", "2", *ONE_SCENARIO), _suite(*ONE_SCENARIO), lambda two, one: two - one),
        "coordinator_ms": 1000 * (many.cpu_s - few.cpu_s) / (SLEEPERS[1] - SLEEPERS[0]),
        "coordinator_mb": many.peak_mb - few.peak_mb,
    }


def _median(
    first: Callable[[], Run],
    second: Callable[[], Run],
    compare: Callable[[float, float], float],
    repeated: int = REPEATED,
) -> float:
    """Return the median of what both take, compared in each round, in s; they take turns at going first."""
    rounds = []
    for number in range(repeated):
        took = {side: side().whole_s for side in ((first, second) if number % 2 else (second, first))}
        rounds.append(compare(took[first], took[second]))
    return median(rounds)


def _ratio(first: Callable[[], Run], second: Callable[[], Run], repeated: int = REPEATED) -> float:
    return _median(first, second, lambda one, other: one / other, repeated)


def _suite(*arguments: str) -> Callable[[], Run]:
    return partial(run, "-m", "behave", "-D", "seed=17", *arguments)


def _slow(workers: int) -> Callable[[], Run]:
    arguments = ("-D", "seed=17", "--jobs", str(workers))
    return partial(run, "-m", "benchmarks.recorded_run", "slow_suite", os.devnull, *arguments)


def _coordinator(scenarios: int) -> Run:
    """Run so many scenarios that only sleep; return what the coordinator of their workers took."""
    with TemporaryDirectory() as folder:
        features = Path(folder, "features")
        (features / "steps").mkdir(parents=True)
        (features / "steps" / "sleeping_steps.py").write_text(STEPS)
        (features / "environment.py").touch()
        for number in range(FEATURES):
            each = range(scenarios // FEATURES)
            told = "".join(f"\n  Scenario: Nap {nap} of {number}\n    When the browser sleeps\n" for nap in each)
            (features / f"{number}.feature").write_text(f"Feature: Sleeping, part {number}\n{told}")
        arguments = ("--format=null", "--jobs", str(SLEEPING_WORKERS), "-D", "report=no", str(features))
        environment = {"SUPERLISTS_REPORTS": f"{folder}/reports"}
        return run_recorded("suite", *arguments, scenarios=(), environment=environment)
