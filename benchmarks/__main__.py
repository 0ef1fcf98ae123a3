"""`python -m benchmarks`: the eight journeys through behave and straight on Selenium, side by side.

Ends with 0 when it could measure, however fast, and with 2 when it could not.
"""

import argparse
import signal
import sys
from pathlib import Path

from acceptance.proxies import bypass_proxies
from acceptance.sites import SITES
from benchmarks.figures import entry
from benchmarks.journeys import JOURNEYS, ROOT, UnknownScenarioError
from benchmarks.report import aims, told, write
from benchmarks.rounds import MeasurementError, Pair, measured
from benchmarks.sizes import extra_figures

REPORT = ROOT / "reports" / "bench.json"
NOT_MEASURED, INTERRUPTED = 2, 130


def main() -> int:
    """Measure, print, write; return the exit code."""
    asked = _arguments()
    bypass_proxies()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for journey in JOURNEYS:
            journey.require_told()
        pairs = _shown(asked.target, asked.rounds, asked.sites)
        extras = {target: extra_figures(target) for target in asked.target}
    except (UnknownScenarioError, MeasurementError) as error:
        print(error, file=sys.stderr)
        return NOT_MEASURED
    except KeyboardInterrupt:
        print("Interrupted: nothing was written.", file=sys.stderr)
        return INTERRUPTED
    for target, measurements in pairs.items():
        figures = entry([pair.behave for pair in measurements], [pair.straight for pair in measurements])
        figures |= extras[target]
        figures["aims"] = aims(target, figures)
        write(REPORT, target, figures)
        print(f"\n{told(target, figures)}\nAll of it: {REPORT.relative_to(ROOT)}")
    return 0


def _shown(targets: list[str], rounds: int, sites: Path) -> dict[str, list[Pair]]:
    """Return all rounds of each target, each shown as soon as it is over; the targets take turns."""
    pairs: dict[str, list[Pair]] = {target: [] for target in targets}
    for target, pair in measured(targets, rounds, sites):
        pairs[target].append(pair)
        both = f"behave {pair.behave.journeys_s:.2f} s, straight {pair.straight.journeys_s:.2f} s"
        print(f"Round {len(pairs[target])} of {rounds} on {target}: {both}", flush=True)
    return pairs


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=_positive, default=5, help="how often both sides run (default: 5)")
    parser.add_argument("--target", nargs="+", default=["local"], help="the sites, in turn (default: local)")
    parser.add_argument("--sites", type=Path, default=SITES, help=f"the sites on servers (default: {SITES.name})")
    return parser.parse_args()


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
