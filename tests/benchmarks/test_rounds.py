from pathlib import Path
from typing import Any

import pytest
from behave.parser import parse_file

from acceptance.report.pages import build
from benchmarks import report_build_time, rounds
from benchmarks.rounds import MeasurementError, measured
from benchmarks.selenium_baseline import JOURNEYS, SCENARIOS


def test_both_sides_run_the_same_scenarios_in_the_same_order():
    features = [parse_file(f"features/{name}.feature") for name in JOURNEYS]
    names = [scenario.name for feature in features for scenario in feature.walk_scenarios()]
    assert [name for name in names if name in SCENARIOS] == list(SCENARIOS)


def test_sides_and_targets_take_turns(monkeypatch):
    ran: list[str] = []

    def run(side, target):
        ran.append(f"{side} {target}")
        return side

    for side in ("behave", "selenium"):
        monkeypatch.setattr(rounds, f"{side}_run", lambda target, _, side=side: run(side, target))
    pairs: list[Any] = list(measured(["local", "docker"], 2, Path()))
    assert pairs == [(target, ("behave", "selenium")) for target in ("local", "docker", "local", "docker")]
    first = ["behave local", "selenium local", "behave docker", "selenium docker"]
    assert ran == [*first, "selenium local", "behave local", "selenium docker", "behave docker"]


def test_a_side_that_fails_is_no_measurement_and_says_why():
    with pytest.raises(MeasurementError, match=r"(?s)selenium ended with 1:.*no such folder"):
        rounds._run("selenium", "-D", "sites=/no such folder", "-D", "target=staging")


def test_a_side_that_left_scenarios_out_is_no_measurement(monkeypatch):
    monkeypatch.setattr(rounds, "_exit_code", lambda *_: 0)
    monkeypatch.setattr(rounds, "read_scenarios", lambda _: [])
    with pytest.raises(MeasurementError, match=r"ran \[\] instead of \['Edith is invited to begin'"):
        rounds._run("behave")


def test_the_report_that_is_measured_has_a_page_for_each_scenario(monkeypatch):
    pages: list[Path] = []
    monkeypatch.setattr(report_build_time, "FEATURES", 2)
    monkeypatch.setattr(report_build_time, "REPEATED", 1)
    monkeypatch.setattr(report_build_time, "build", lambda *given: pages.extend(build(*given).parent.rglob("*.html")))
    assert report_build_time.report_build_s() > 0
    assert len(pages) == 1 + 2 * report_build_time.SCENARIOS * len(report_build_time.TARGETS)
