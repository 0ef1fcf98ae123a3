from pathlib import Path

import pytest
from behave.parser import parse_file

from benchmarks import __main__ as command
from benchmarks import figures, rounds
from benchmarks.recorder import Run, Scenario
from benchmarks.rounds import FEATURES, SCENARIOS, MeasurementError, measured


def test_the_baselines_have_a_test_of_each_scenario_that_the_suite_runs():
    features = [parse_file(name) for name in FEATURES]
    names = [scenario.name for feature in features for scenario in feature.walk_scenarios()]
    assert sorted(name for name in names if name in SCENARIOS) == sorted(SCENARIOS)


def test_sides_and_targets_take_turns(monkeypatch):
    ran: list[str] = []

    def sides(target, _):
        return {side: lambda side=side: ran.append(f"{side} {target}") for side in ("suite", "selenium")}

    monkeypatch.setattr(rounds, "sides", sides)
    assert [target for target, _ in measured(["local", "docker"], 2, Path())] == ["local", "docker"] * 2
    first = ["suite local", "selenium local", "suite docker", "selenium docker"]
    assert ran == [*first, "selenium local", "suite local", "selenium docker", "suite docker"]


def test_a_side_that_fails_is_no_measurement_and_says_why():
    with pytest.raises(MeasurementError, match=r"(?s)record_run selenium ended with 1:.*no such folder"):
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
