import json

import pytest

from benchmarks.figures import ON_A_BOX, Run, both_sides, described, judged, one_side, write
from benchmarks.recorder import Scenario


def run_of(seconds):
    """Return a run of two scenarios that take so long together, a tenth of it in the browser."""
    calls = {"fixtures": [0.001], "browser": [seconds / 20]}
    middle, end = 1 + seconds / 2, 1 + seconds
    return Run(0, end + 1, [Scenario("first", 1, middle, calls), Scenario("second", middle, end, calls)])


@pytest.fixture
def figures():
    return both_sides([run_of(3)], [run_of(2)]) | {"report_build_s": 1.5, "shell_ratio": 0.7}


def test_the_phases_are_the_whole_run():
    one = Scenario("one", 2.0, 3.0, {"clean": [0.4], "fixtures": [0.01], "browser": [0.3], "waits": [0.02]})
    two = Scenario("two", 3.5, 4.0, {"clean": [0.06], "browser": [0.01, 0.1]})
    run = Run(1.0, 4.25, [one, two])
    assert run.phases() == pytest.approx(
        {"start-up": 1, "fixtures": 0.01, "browser": 0.41, "waits": 0.02, "clean": 0.46, "rest": 1.1, "stop": 0.25}
    )
    assert sum(run.phases().values()) == pytest.approx(run.whole_s)
    assert one_side([run])["rest_ms_max"] == pytest.approx(330)
    # The first scenario finds nothing to clean.
    assert one_side([run])["clean_ms"] == pytest.approx(60)


def test_the_ratio_is_the_median_of_the_rounds_own_ratios():
    figures = both_sides([run_of(2), run_of(3), run_of(8)], [run_of(1), run_of(2), run_of(2)])
    assert (figures["ratio"], figures["ratio_min"], figures["ratio_max"]) == pytest.approx((2, 1.5, 4))
    assert (figures["journeys_s"], figures["selenium"]["journeys_s"]) == pytest.approx((3, 2))
    assert figures["scenarios_ms"] == pytest.approx({"first": 1500, "second": 1500})
    with pytest.raises(ValueError, match="shorter"):
        both_sides([run_of(2), run_of(2)], [run_of(1)])


def test_an_aim_is_met_or_missed_and_the_reader_is_told(figures):
    assert {name: aim["met"] for name, aim in judged("local", figures).items()} == {
        "behave / Selenium": False,
        "clean, median": True,
        "rest, slowest scenario": False,
        "start-up and stop": False,
        "headless shell / full browser": True,
        "fixtures, slowest scenario": True,
        "report, 300 on 3 targets": True,
    }
    assert judged("local", figures | {"ratio": 1.25})["behave / Selenium"]["met"]
    lines = list(described("local", figures | {"aims": judged("local", figures)}))
    assert "behave / Selenium                 1.50 (at most 1.25: missed)" in lines
    assert "report, 300 on 3 targets          1.50 s (at most 2 s: met)" in lines


def test_a_request_that_failed_during_a_deploy_misses_the_aim(figures):
    deploys = {key: 0 for _, key, _, _ in ON_A_BOX if key not in figures}
    assert judged("box", figures | deploys)["requests failed meanwhile"]["met"]
    assert not judged("box", figures | deploys | {"requests_failed_during_deploy": 1})["requests failed meanwhile"][
        "met"
    ]


def test_the_file_keeps_what_it_says_of_other_targets(tmp_path, figures):
    path = tmp_path / "reports" / "bench.json"
    write(path, "docker", figures)
    write(path, "local", figures)
    assert set(json.loads(path.read_text())) == {"docker", "local"}
