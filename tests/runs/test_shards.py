"""Several machines share a run: each scenario runs on one of them, and one report tells of all."""

import re

from acceptance.report import merge
from acceptance.report.pages import build
from acceptance.report.report_folder import claim
from tests.acceptance.report.sample import page, text_of
from tests.runs.conftest import Scratch

SEVEN = "\n".join(f"  Scenario: number {n}\n    Given number {n}\n" for n in range(7))
TELLING = (
    '@given("number {n:d}")\ndef step(context, n):\n    with open("ran", "a") as ran:\n        ran.write(f"{n} ")\n'
)


def test_machines_share_the_scenarios_and_one_report_tells_of_all(scratch: Scratch):
    scratch.tell_alone(SEVEN, TELLING)
    whole = scratch.root / "whole"
    claim(whole)
    for number in (2, 3, 1):
        # Of another order than the features, and of each scenario once.
        ran = scratch.behave("-D", "seed=17", "-D", f"shard={number}/3", SUPERLISTS_REPORTS=f"machine-{number}")
        assert ran.returncode == 0, ran.stdout
        assert f"Order: -D seed=17 -D shard={number}/3" in ran.stdout
        assert re.search(r"\b[23] scenarios passed, 0 failed", ran.stdout)
        merge.collect(scratch.root / f"machine-{number}", whole)
    assert sorted((scratch.root / "ran").read_text().split()) == [str(n) for n in range(7)]
    soup = page(build(whole, scratch.root / "features"))
    assert text_of(soup, "h1") == "✓ All 7 scenarios pass on local"
    assert not soup.select(".caveats, .older")
    assert "7 of 7 scenarios" in text_of(soup, ".card .when")
