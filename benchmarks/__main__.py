"""`python -m benchmarks`: the eight journeys through the suite, directly in Selenium, and as people usually test them.

Ends with 0 when all aims are met, with 1 when one is missed, and with 2 when it could not measure.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

from acceptance.docker_client import connect
from acceptance.images import base_image, image, site_recipe
from acceptance.proxies import bypass_proxies
from benchmarks.databases import database_figures
from benchmarks.deploys import deploy_figures, seconds
from benchmarks.figures import Figures, described, judged, target_figures, write
from benchmarks.generated_suite import generated_figures
from benchmarks.rounds import IDIOMATIC, ROOT, MeasurementError, Round, counted, measured
from benchmarks.workers import worker_figures
from deploy import SITES

REPORT = ROOT / "reports" / "bench.json"
MISSED, NOT_MEASURED, INTERRUPTED = 1, 2, 130
REPEATED = 5
MB = 1_000_000


def main() -> int:
    """Measure, print, write; return the exit code."""
    options = _parser().parse_args()
    bypass_proxies()
    # As on people's machines, no side compiles again what it compiled before.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    rounds: dict[str, list[Round]] = {target: [] for target in options.target}
    try:
        for target, each in measured(options.target, options.rounds, options.sites):
            rounds[target].append(each)
            took = ", ".join(f"{side} {run.whole_s:.1f} s" for side, run in each.items())
            print(f"Round {len(rounds[target])} of {options.rounds} on {target}: {took}", flush=True)
        idiomatic = {target: counted(target) if target in IDIOMATIC else {} for target in options.target}
        extras = {target: EXTRAS[target]() for target in options.target if target in EXTRAS}
    except MeasurementError as error:
        print(error, file=sys.stderr)
        return NOT_MEASURED
    except KeyboardInterrupt:
        print("Interrupted: nothing was written.", file=sys.stderr)
        return INTERRUPTED
    missed = []
    for target in options.target:
        figures = target_figures(rounds[target], idiomatic[target]) | extras.get(target, {})
        figures["aims"] = aims = judged(target, figures)
        write(REPORT, target, figures)
        print("", *described(target, figures), f"All of it: {REPORT.relative_to(ROOT)}", sep="\n")
        missed += [name for name, aim in aims.items() if not aim["met"]]
    return MISSED if missed else 0


def image_figures() -> Figures:
    """Return how long it takes to find that the image is there, in s, and what it adds to its base, in MB."""
    engine = connect()
    try:
        tag = image(engine, site_recipe())
        found = [seconds(lambda: image(engine, site_recipe())) for _ in range(REPEATED)]
        size, base = (engine.images.get(name).attrs["Size"] for name in (tag, base_image(engine)))
    finally:
        engine.close()
    return {"image_found_s": median(found), "image_above_base_mb": (size - base) / MB}


# Figures of one target only, measured apart from the journeys; a box is what `make box` calls it.
EXTRAS: dict[str, Callable[[], Figures]] = {
    "local": lambda: generated_figures() | worker_figures(),
    "docker": lambda: image_figures() | database_figures(),
    "box": deploy_figures,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=_positive, default=6, help="how often all sides run (default: 6)")
    parser.add_argument("--target", nargs="+", default=["local"], help="the sites, in turn (default: local)")
    parser.add_argument("--sites", type=Path, default=SITES, help=f"the sites on servers (default: {SITES.name})")
    return parser


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
