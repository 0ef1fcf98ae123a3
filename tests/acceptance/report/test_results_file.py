"""What a run writes, what is read from it, and what of it is kept."""

import fcntl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from behave.model_type import Status

from acceptance.report.jsonl_formatter import JsonlFormatter
from acceptance.report.report_data import scenario_keys
from acceptance.report.report_folder import scenario_key
from acceptance.report.results import ResultStatus
from acceptance.report.results_file import read_results, remove_unneeded
from tests.acceptance.report.sample import (
    FINDS,
    HELPS,
    SHARING,
    feature,
    first_scenario,
    kill,
    latest,
    write_feature,
    write_run,
    write_scenario,
)

KEYS = {scenario_key(scenario) for scenario in feature().walk_scenarios()}


def test_a_result_has_its_steps_and_its_place(file):
    write_run(file, fails="finds")
    results = read_results(file)
    finds, helps = results.latest[FINDS], results.latest[HELPS]
    assert (finds.status, helps.status) == (ResultStatus.FAILED, ResultStatus.PASSED)
    assert [step.status for step in finds.steps] == ["passed", "passed", "failed"]
    assert finds.message == "not right"
    assert finds.steps[2].table == [["name"], ["Hang the bunting"]]
    assert [(step.keyword, step.type, step.took) for step in helps.steps][1] == ("When", "when", 0.25)
    assert (finds.file, finds.line, results.last_run.about["release"]) == ("features/sharing.feature", 11, "abc1234")
    assert results.last_run.complete


def test_of_a_killed_run_everything_up_to_then_is_known(file):
    results = JsonlFormatter(file)
    first, second, *_ = feature().walk_scenarios()
    write_scenario(results, first)
    results.scenario(second)
    step = next(iter(second.all_steps))
    step.status = Status.passed
    results.result(step)
    kill(results)
    with file.open("a") as stream:
        # Lines of another version, and half a line.
        stream.write('{"event": "scenario", "run": "x", "at": 1}\n[1]\n7\n{"event": "step", "run')
    known = read_results(file)
    assert known.latest[FINDS].status is ResultStatus.PASSED
    assert known.latest[HELPS].status is ResultStatus.BROKEN_OFF
    assert [step.status for step in known.latest[HELPS].steps] == ["passed", "not run", "not run"]
    assert not known.runs[0].complete
    write_run(file, only="helps")
    assert latest(file)[HELPS].status is ResultStatus.PASSED


@pytest.mark.parametrize(
    ("old", "new"), [('"steps": ', '"steps" '), ('"line": 18', '"was": 18')], ids=["no JSON", "less"]
)
def test_a_scenario_whose_beginning_is_damaged_is_told_so_and_the_one_before_keeps_its_outcome(file, old, new):
    write_run(file, fails="finds")
    lines = file.read_text().split("\n")
    (begun,) = [number for number, line in enumerate(lines) if '"event": "scenario"' in line and HELPS in line]
    lines[begun] = lines[begun].replace(old, new)
    file.write_text("\n".join(lines))
    known = latest(file)
    assert [step.status for step in known[FINDS].steps] == ["passed", "passed", "failed"]
    assert known[FINDS].status is ResultStatus.FAILED
    assert known[HELPS].status is ResultStatus.BROKEN_OFF
    assert "The results file is damaged" in known[HELPS].message
    assert len(known) == 4


def test_an_interrupted_scenario_is_neither_passed_nor_failed(file):
    results, scenario = JsonlFormatter(file), first_scenario()
    results.scenario(scenario)
    step = next(iter(scenario.all_steps))
    step.status, step.exception = Status.error, KeyboardInterrupt()
    results.result(step)
    results.close()
    result = latest(file)[FINDS]
    assert (result.status, result.steps[0].status) == (ResultStatus.BROKEN_OFF, ResultStatus.BROKEN_OFF)


def test_a_failing_hook_is_a_failure(file):
    results, scenario = JsonlFormatter(file), first_scenario()
    write_scenario(results, scenario)
    scenario.set_status(Status.hook_error)
    scenario.error_message = "HOOK-ERROR in after_scenario: oh dear"
    results.close()
    result = latest(file)[FINDS]
    assert (result.status, result.failed_step) == (ResultStatus.FAILED, None)
    assert "oh dear" in result.message


def test_a_password_that_is_a_word_of_a_name_takes_no_result_away(file, monkeypatch):
    monkeypatch.setattr("acceptance.redaction._known", {"sharing"})
    write_run(file, fails="helps")
    assert (latest(file)[HELPS].status, latest(file)[FINDS].status) == (ResultStatus.FAILED, ResultStatus.PASSED)


def test_what_a_run_writes_is_in_the_file_even_if_others_rewrite_it_meanwhile(file):
    file.parent.mkdir(parents=True)
    file.touch()
    ended = threading.Event()

    def rewrite():
        while not ended.is_set():
            remove_unneeded(file.parent, set())

    with ThreadPoolExecutor(2) as others:
        rewriting = [others.submit(rewrite) for _ in range(2)]
        lost = 0
        for _ in range(300):
            results = JsonlFormatter(file)
            results.about(release="abc1234")
            lost += f'"{results.run}"' not in file.read_text()
            kill(results)
        ended.set()
    assert ([each.result() for each in rewriting], lost) == ([None, None], 0)


def test_runs_without_a_latest_result_are_removed_but_not_the_last_run(file):
    replaced = write_run(file, only="finds", fails="finds")
    kept = write_run(file)
    results = JsonlFormatter(file)
    results.failed_to_start("no site there")
    results.close()
    remove_unneeded(file.parent, KEYS)
    assert replaced not in file.read_text()
    assert [run.id for run in read_results(file).runs] == [kept, results.run]
    assert {result.status for result in latest(file).values()} == {ResultStatus.PASSED}
    assert read_results(file).last_run.no_start == "no site there"


def test_evidence_that_is_out_of_date_is_removed(file):
    before, last = write_run(file), write_run(file)
    for place in (f"{FINDS}/{before}", f"{FINDS}/{last}", f"{HELPS}/{last}", f"gone/one/{last}"):
        (file.parent / place).mkdir(parents=True)
    remove_unneeded(file.parent, KEYS - {HELPS})
    assert [str(path.relative_to(file.parent)) for path in file.parent.glob("*/*/*")] == [f"{FINDS}/{last}"]
    assert not (file.parent / "gone").exists()


def test_what_another_run_is_writing_is_left_alone(file):
    write_run(file)
    write_run(file)
    before = file.read_text()
    with file.open() as writing:
        fcntl.flock(writing, fcntl.LOCK_SH)
        remove_unneeded(file.parent, KEYS)
    assert file.read_text() == before


EDITED = {
    "keyword too many": SHARING.replace(
        "    Scenario: The friend helps", "    Scenaro\n    Scenario: The friend helps"
    ),
    "mistyped keyword": SHARING.replace("Scenario: The friend", "Scenaro: The friend"),
    "unknown language": f"# language: xx\n{SHARING}",
    "empty": "",
    "no text": "\udcff",
    "no features": None,
}


@pytest.mark.parametrize("edited", EDITED.values(), ids=EDITED)
def test_results_of_a_feature_that_cannot_be_read_stay(features, file, edited):
    last = write_run(file)
    (file.parent / FINDS / last).mkdir(parents=True)
    if edited is None:
        (features / "sharing.feature").unlink()
    else:
        (features / "sharing.feature").write_text(edited.lstrip(), errors="surrogateescape")
        write_feature(features, "Feature: f\n\n  Scenario: s\n    Given a\n", "another.feature")
    remove_unneeded(file.parent, scenario_keys(features))
    assert {FINDS, HELPS} <= set(latest(file))
    assert (file.parent / FINDS / last).exists()


def test_scenarios_of_one_name_have_keys_of_their_own_in_whatever_order():
    sample = feature("Feature: ???\n\n  Scenario: One!\n    Given a\n\n  Scenario: one\n    Given b\n")
    sample.run_items.reverse()
    assert [scenario_key(scenario) for scenario in sample.walk_scenarios()] == ["unnamed/one-6", "unnamed/one"]


def test_a_title_of_any_length_gives_a_name_that_can_be_written(tmp_path: Path):
    titles = "\n".join(f"  Scenario: {letter * 300} {end}\n    Given a\n" for letter in "aé孔" for end in (1, 2))
    names = {scenario_key(scenario) for scenario in feature(f"Feature: f\n\n{titles}").walk_scenarios()}
    assert len(names) == 6
    for name in names:
        (tmp_path / name).mkdir(parents=True)
