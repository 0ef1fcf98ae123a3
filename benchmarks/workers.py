"""What several workers bring, and what they cost: whole commands that take turns."""

import os
from collections.abc import Callable
from functools import partial
from statistics import median

from benchmarks.recorder import Run
from benchmarks.rounds import AS_MAKE, run

REPEATED = 4
SLOW_NETWORK_WORKERS = 4
ONE_SCENARIO = ("--name", "^Edith is invited to begin$", "features/starting_a_list.feature")
Side = Callable[[], Run]


def worker_figures() -> dict[str, float]:
    """Return the figures of the suite on the site in its own process; raises MeasurementError."""
    return {
        "suite_ratio": _ratio(_suite(*AS_MAKE), _suite("-D", "browser=chrome-full")),
        # Once is enough: the network takes nearly all of the time.
        "slow_network_ratio": _ratio(_slow(1), _slow(SLOW_NETWORK_WORKERS), repeated=1),
        "unneeded_s": _median(lambda two, one: two - one, _suite("--jobs", "2", *ONE_SCENARIO), _suite(*ONE_SCENARIO)),
    }


def _median(compare: Callable[[float, float], float], first: Side, second: Side, repeated: int = REPEATED) -> float:
    """Return the median of what both take, compared in each round, in s; they take turns at going first."""
    rounds = []
    for number in range(repeated):
        took = {side: side().whole_s for side in ((first, second) if number % 2 else (second, first))}
        rounds.append(compare(took[first], took[second]))
    return median(rounds)


def _ratio(first: Side, second: Side, repeated: int = REPEATED) -> float:
    return _median(lambda one, other: one / other, first, second, repeated)


def _suite(*arguments: str) -> Side:
    return partial(run, "-m", "behave", "-D", "seed=17", *arguments)


def _slow(workers: int) -> Side:
    arguments = ("-D", "seed=17", "--jobs", str(workers))
    return partial(run, "-m", "benchmarks.record_run", "slow_suite", os.devnull, *arguments)
