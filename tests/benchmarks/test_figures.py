import pytest

from benchmarks import figures
from benchmarks.recorder import ANOTHER_THREAD, Call
from tests.benchmarks.sides import a_run, run, scenario

TWO = run(
    scenario(
        2.0,
        3.0,
        Call("clean", "open", 0.4),
        Call("fixture", "reset_site", 0.01),
        Call("webdriver", "get", 0.3),
        Call("wait", "sleep", 0.02),
        name="one",
    ),
    scenario(
        3.5,
        4.0,
        Call("devtools", "Target.disposeBrowserContext", 0.05, within="clean"),
        Call("clean", "clean", 0.06),
        Call("devtools", "Storage.setCookies", 0.01),
        Call("devtools", "Target.createTarget", 0.2, within=ANOTHER_THREAD),
        Call("webdriver", "get", 0.1),
        name="two",
    ),
    spawned=1.0,
    exited=4.25,
)


def test_a_run_is_its_start_its_journeys_and_its_stop():
    assert (TWO.start_s, TWO.journeys_s, TWO.stop_s) == (1.0, 2.0, 0.25)
    assert TWO.whole_s == 3.25


def test_the_phases_are_the_whole_run():
    phases = TWO.phases()
    assert sum(phases.values()) == pytest.approx(TWO.exited - TWO.spawned)
    assert phases == pytest.approx(
        {"start-up": 1, "fixtures": 0.01, "browser": 0.41, "waits": 0.02, "clean": 0.46, "rest": 1.1, "stop": 0.25}
    )


def test_rest_is_what_no_call_accounts_for():
    assert [figures.rest_seconds(each) for each in TWO.scenarios] == pytest.approx([0.27, 0.33])


def test_commands_are_counted_wherever_they_are_sent():
    assert (TWO.per_scenario("webdriver"), TWO.per_scenario("devtools")) == (1, 1.5)


def test_the_first_scenario_finds_nothing_to_clean():
    assert figures.clean_ms([TWO]) == pytest.approx(60)


def test_commands_are_told_apart_by_who_made_them():
    assert figures.commands([TWO, TWO]) == {
        "get": {"n": 2, "ms": pytest.approx(400)},
        "Target.disposeBrowserContext (clean)": {"n": 1, "ms": pytest.approx(50)},
        "Storage.setCookies": {"n": 1, "ms": pytest.approx(10)},
        "Target.createTarget (another thread)": {"n": 1, "ms": pytest.approx(200)},
    }


def test_a_scenario_is_the_median_of_its_rounds():
    seconds = figures.by_scenario([a_run(1), a_run(9), a_run(2)], lambda each: each.seconds)
    assert seconds == pytest.approx({"first": 1000, "second": 1000})


def test_a_kind_of_call_that_was_not_made_took_no_time():
    assert figures.call_ms([a_run(1)], "wait") == 0


def test_the_ratio_is_the_median_of_the_rounds_own_ratios():
    entry = figures.entry([a_run(2), a_run(3), a_run(8)], [a_run(1), a_run(2), a_run(2)])
    assert (entry["ratio"], entry["ratio_min"], entry["ratio_max"]) == pytest.approx((2, 1.5, 4))
    assert (entry["journeys_s"], entry["straight_s"], entry["rounds"]) == pytest.approx((3, 2, 3))
    assert entry["whole_ratio"] == pytest.approx(4 / 3)


def test_an_entry_has_what_readers_of_the_file_look_for():
    entry = figures.entry([a_run(2)], [a_run(1)])
    wanted = {"start_s", "stop_s", "fixture_ms", "clean_ms", "rest_ms_max", "commands_per_scenario", "phases_s"}
    assert wanted < set(entry)
    assert entry["rest_ms_max"] == pytest.approx(899)


def test_rounds_without_their_other_side_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        figures.entry([a_run(2), a_run(2)], [a_run(1)])
