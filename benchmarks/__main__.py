"""`python -m benchmarks`: the eight journeys through behave and directly in Selenium, side by side.

Ends with 0 when it could measure, however fast, and with 2 when it could not.
"""

import argparse
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
from benchmarks.figures import Figures, both_sides, described, judged, write
from benchmarks.report_build_time import report_build_s
from benchmarks.rounds import ROOT, MeasurementError, Pair, behave_run, measured
from deploy import SITES

REPORT = ROOT / "reports" / "bench.json"
NOT_MEASURED, INTERRUPTED = 2, 130
REPEATED = 5
MB = 1_000_000


def main() -> int:
    """Measure, print, write; return the exit code."""
    options = _parser().parse_args()
    bypass_proxies()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    pairs: dict[str, list[Pair]] = {target: [] for target in options.target}
    try:
        for target, pair in measured(options.target, options.rounds, options.sites):
            pairs[target].append(pair)
            both = f"behave {pair.behave.journeys_s:.2f} s, Selenium {pair.selenium.journeys_s:.2f} s"
            print(f"Round {len(pairs[target])} of {options.rounds} on {target}: {both}", flush=True)
        extras = {target: EXTRAS[target]() for target in options.target if target in EXTRAS}
    except MeasurementError as error:
        print(error, file=sys.stderr)
        return NOT_MEASURED
    except KeyboardInterrupt:
        print("Interrupted: nothing was written.", file=sys.stderr)
        return INTERRUPTED
    for target, rounds in pairs.items():
        figures = both_sides([pair.behave for pair in rounds], [pair.selenium for pair in rounds])
        figures |= extras.get(target, {})
        figures["aims"] = judged(target, figures)
        write(REPORT, target, figures)
        print("", *described(target, figures), f"All of it: {REPORT.relative_to(ROOT)}", sep="\n")
    return 0


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


def shell_figures() -> Figures:
    """Return how long the headless shell takes to the full browser, as whole commands that take turns."""
    ratios = []
    for number in range(REPEATED):
        order = ("chrome", "chrome-full") if number % 2 else ("chrome-full", "chrome")
        took = {browser: behave_run("local", SITES, browser).whole_s for browser in order}
        ratios.append(took["chrome"] / took["chrome-full"])
    return {"shell_ratio": median(ratios)}


# Figures of one target only, measured apart from the journeys; a box is what `make box` calls it.
EXTRAS: dict[str, Callable[[], Figures]] = {
    "local": lambda: {"report_build_s": report_build_s()} | shell_figures(),
    "docker": lambda: image_figures() | database_figures(),
    "box": deploy_figures,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=_positive, default=5, help="how often both sides run (default: 5)")
    parser.add_argument("--target", nargs="+", default=["local"], help="the sites, in turn (default: local)")
    parser.add_argument("--sites", type=Path, default=SITES, help=f"the sites on servers (default: {SITES.name})")
    return parser


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
