import json

import pytest

from benchmarks.figures import AIMS, described, judged, one_side, phases, target_figures, write
from benchmarks.recorder import Run, Scenario

OTHERS = {aim.figure: aim.limit for aim in AIMS["local"]}


def run_of(seconds, whole=0.0, commands=0, pages=0):
    """Return a run of two scenarios that take so long together, a tenth of it in the browser."""
    calls = {"fixtures": [0.001], "browser": [seconds / 20]}
    middle, end = 1 + seconds / 2, 1 + seconds
    second = Scenario("second", middle, end, calls, commands, pages)
    return Run(0, whole or end + 1, [Scenario("first", 1, middle, calls), second])


@pytest.fixture
def figures():
    return OTHERS | target_figures([{"suite": run_of(3), "selenium": run_of(2)}], {})


def test_the_phases_are_the_whole_run():
    one = Scenario("one", 2.0, 3.0, {"clean": [0.4], "fixtures": [0.01], "browser": [0.3], "waits": [0.02]})
    two = Scenario("two", 3.5, 4.0, {"clean": [0.06], "browser": [0.01, 0.1]})
    run = Run(1.0, 4.25, [one, two])
    assert phases(run) == pytest.approx(
        {"start-up": 1, "fixtures": 0.01, "browser": 0.41, "waits": 0.02, "clean": 0.46, "rest": 1.1, "stop": 0.25}
    )
    assert sum(phases(run).values()) == pytest.approx(run.whole_s)
    assert one_side([run])["rest_ms_max"] == pytest.approx(330)
    # The first scenario finds nothing to clean.
    assert one_side([run])["clean_ms"] == pytest.approx(60)


def test_a_ratio_is_the_median_of_the_rounds_own_ratios():
    rounds = [
        {
            "suite": run_of(suite, whole=2, commands=9, pages=2),
            "selenium": run_of(selenium, commands=4, pages=1),
            "workers": Run(0, workers),
            "full": run_of(selenium),
            "firefox": run_of(suite),
            "idiomatic": Run(0, 12),
        }
        for suite, selenium, workers in ((2, 1, 1), (3, 2, 4), (8, 2, 2))
    ]
    figures = target_figures(rounds, {name: Scenario(name, 0, 0, {}, 7, 3) for name in ("first", "second")})
    assert (figures["ratio"], figures["ratio_min"], figures["ratio_max"]) == pytest.approx((2, 1.5, 4))
    assert (figures["journeys_s"], figures["selenium"]["journeys_s"]) == pytest.approx((3, 2))
    assert (figures["idiomatic_ratio"], figures["idiomatic_ratio_one_worker"]) == pytest.approx((6, 6))
    assert figures["whole_commands_s"]["workers"] == 2
    assert figures["firefox_ratio"] == pytest.approx(2)
    assert figures["sent"]["second"] == {"suite": [9, 2], "selenium": [4, 1], "idiomatic": [7, 3]}
    lines = [*described("local", figures | {"aims": {}})]
    assert [" ".join(line.split()) for line in lines if line.startswith("all")] == ["all 9 / 2 4 / 1 14 / 6"]
    assert "the idiomatic baseline / the suite: 6.00 with workers, 6.00 with one" in lines


def test_an_aim_is_met_or_missed_and_the_reader_is_told(figures):
    aims = judged("local", figures)
    assert not aims["suite / bare Selenium, journeys"]["met"]
    assert judged("local", figures | {"ratio": 1.15})["suite / bare Selenium, journeys"]["met"]
    assert not judged("local", figures | {"idiomatic_ratio": 3.9})["idiomatic / suite with workers"]["met"]
    lines = list(described("local", figures | {"aims": aims}))
    assert "suite / bare Selenium, journeys     1.50 (at most 1.15: missed)" in lines
    assert "idiomatic / suite with workers      4.00 (at least 4: met)" in lines


def test_the_file_keeps_what_it_says_of_other_targets(tmp_path, figures):
    path = tmp_path / "reports" / "bench.json"
    write(path, "docker", figures)
    write(path, "local", figures)
    assert set(json.loads(path.read_text())) == {"docker", "local"}
