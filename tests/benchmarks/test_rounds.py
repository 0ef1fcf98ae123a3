from pathlib import Path

import pytest
from behave.parser import parse_file

from acceptance.report.pages import build
from benchmarks import __main__ as command
from benchmarks import figures, idiomatic_baseline, report_build_time, rounds
from benchmarks.recorder import Run, Scenario
from benchmarks.rounds import MeasurementError, measured
from benchmarks.selenium_baseline import JOURNEYS, SCENARIOS


def test_both_sides_run_the_same_scenarios_in_the_same_order():
    features = [parse_file(f"features/{name}.feature") for name in JOURNEYS]
    names = [scenario.name for feature in features for scenario in feature.walk_scenarios()]
    assert [name for name in names if name in SCENARIOS] == list(SCENARIOS)


def test_the_idiomatic_baseline_has_a_test_of_each_scenario():
    tests = [test for name, test in vars(idiomatic_baseline.Journeys).items() if name.startswith("test_")]
    assert sorted(str(test.__doc__).rstrip(".") for test in tests) == sorted(SCENARIOS)


def test_sides_and_targets_take_turns(monkeypatch):
    ran: list[str] = []

    def sides(target, _):
        return {side: lambda side=side: ran.append(f"{side} {target}") for side in ("suite", "selenium")}

    monkeypatch.setattr(rounds, "sides", sides)
    assert [target for target, _ in measured(["local", "docker"], 2, Path())] == ["local", "docker"] * 2
    first = ["suite local", "selenium local", "suite docker", "selenium docker"]
    assert ran == [*first, "selenium local", "suite local", "selenium docker", "suite docker"]


def test_a_side_that_fails_is_no_measurement_and_says_why():
    with pytest.raises(MeasurementError, match=r"(?s)recorded_run selenium ended with 1:.*no such folder"):
        rounds.run_recorded("selenium", "-D", "sites=/no such folder", "-D", "target=staging")


def test_a_side_that_left_scenarios_out_is_no_measurement(monkeypatch):
    monkeypatch.setattr(rounds, "run", lambda *_: Run(0, 1))
    monkeypatch.setattr(rounds, "read_run", lambda *_: Run(0, 1))
    with pytest.raises(MeasurementError, match=r"ran \[\] instead of \['Edith is invited to begin'"):
        rounds.run_recorded("suite")


def test_a_missed_aim_is_no_success(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["benchmarks", "--rounds=1", "--target=staging"])
    monkeypatch.setattr(command, "write", lambda *_: None)
    ran = Run(0, 3, [Scenario("first", 1, 1.5), Scenario("second", 1.5, 2)])
    monkeypatch.setattr(command, "measured", lambda *_: [("staging", {"suite": ran, "selenium": ran})])
    monkeypatch.setattr(figures, "ON_A_SERVER", [figures.Aim("journeys", "ratio", 1)])
    assert command.main() == 0
    monkeypatch.setattr(figures, "ON_A_SERVER", [figures.Aim("journeys", "ratio", 0.9)])
    assert command.main() == 1
    assert "(at most 0.9: missed)" in capsys.readouterr().out


def test_the_report_that_is_measured_has_a_page_for_each_scenario(monkeypatch):
    pages: list[Path] = []
    monkeypatch.setattr(report_build_time, "FEATURES", 2)
    monkeypatch.setattr(report_build_time, "REPEATED", 1)
    monkeypatch.setattr(report_build_time, "build", lambda *given: pages.extend(build(*given).parent.rglob("*.html")))
    assert report_build_time.report_build_s() > 0
    assert len(pages) == 1 + 2 * report_build_time.SCENARIOS * len(report_build_time.TARGETS)
