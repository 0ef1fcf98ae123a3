from functools import partial
from typing import Any

import pytest

from benchmarks import rounds
from benchmarks.rounds import MeasurementError, measured


def test_the_sides_take_turns_at_going_first(monkeypatch):
    went: list[str] = []
    for side in ("behave", "straight"):
        monkeypatch.setattr(rounds, f"{side}_run", partial(_goes, side, went))
    pairs: list[Any] = list(measured(["local"], 3))
    assert went == ["behave", "straight", "straight", "behave", "behave", "straight"]
    assert pairs == 3 * [("local", ("behave on local", "straight on local"))]


def test_targets_take_turns(monkeypatch):
    for side in ("behave", "straight"):
        monkeypatch.setattr(rounds, f"{side}_run", partial(_goes, side, []))
    assert [target for target, _ in measured(["local", "docker"], 2)] == ["local", "docker"] * 2


def _goes(side, went, target, _sites):
    went.append(side)
    return f"{side} on {target}"


def test_a_side_that_fails_is_no_measurement_and_says_why():
    with pytest.raises(MeasurementError, match=r"(?s)benchmarks\.no_such_module ended with 1:.*No module named"):
        rounds._run("benchmarks.no_such_module")


def test_a_side_that_left_scenarios_out_is_no_measurement(monkeypatch, tmp_path):
    monkeypatch.setattr(rounds, "_ended", lambda *_: 0)
    monkeypatch.setattr(rounds, "read_scenarios", lambda _: [])
    with pytest.raises(MeasurementError, match=r"ran \[\] instead of \['Edith is invited to begin'"):
        rounds._run("benchmarks.traced_behave")
