import fcntl
import json
from pathlib import Path

import pytest

from acceptance.report.feature_catalogue import keys_there_are
from acceptance.report.paths import folder_of, results_of, scenario_key
from acceptance.report.report_data import gather, has_changed, is_older, worst
from acceptance.report.results import FAILED, NOT_RUN, PASSED, read
from acceptance.report.retention import tidy
from tests.acceptance.report.told import FINDS, HELPS, SHARING, feature, runs, written


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "local" / "results.jsonl"


def keys() -> set[str]:
    return {scenario_key(scenario) for scenario in feature().walk_scenarios()}


def test_the_last_result_of_a_scenario_counts_whichever_run_it_is_of(file):
    runs(file, feature(), fails="finds")
    runs(file, feature(), only="finds")
    known = read("local", file)
    assert {result.status for result in known.latest.values()} == {PASSED}
    assert not is_older(known, known.latest[FINDS])
    assert is_older(known, known.latest[HELPS])
    assert [len(run.results) for run in known.runs] == [4, 1]


def test_tidying_forgets_what_was_replaced_and_nothing_else(file):
    runs(file, feature(), fails="finds", release="old")
    runs(file, feature(), only="finds")
    runs(file, feature(), only="helps")
    before = read("local", file)
    lines = len(file.read_text().splitlines())
    tidy(file.parent, keys())
    after = read("local", file)
    assert len(file.read_text().splitlines()) < lines
    assert {key: (result.status, result.run.id) for key, result in after.latest.items()} == {
        key: (result.status, result.run.id) for key, result in before.latest.items()
    }
    assert after.last_run.id == before.last_run.id
    tidy(file.parent, keys())
    assert [run.id for run in read("local", file).runs] == [run.id for run in after.runs]


def test_tidying_forgets_scenarios_that_are_gone_and_their_evidence(file):
    before, last = runs(file, feature()), runs(file, feature())
    for place in (f"{FINDS}/{before}", f"{FINDS}/{last}", f"{HELPS}/{last}", f"gone/one/{last}"):
        (file.parent / place).mkdir(parents=True)
    tidy(file.parent, keys() - {HELPS})
    assert HELPS not in read("local", file).latest
    assert [str(path.relative_to(file.parent)) for path in file.parent.glob("*/*/*")] == [f"{FINDS}/{last}"]
    assert not (file.parent / "gone").exists()


def test_tidying_keeps_that_the_last_run_did_not_start(file):
    runs(file, feature())
    with file.open("a") as stream:
        for event in ({"event": "run"}, {"event": "no start", "reason": "no site there"}):
            stream.write(json.dumps(event | {"run": "later", "at": 9e9}) + "\n")
    tidy(file.parent, keys())
    assert read("local", file).last_run.no_start == "no site there"


def test_what_somebody_is_writing_is_left_alone(file):
    runs(file, feature())
    runs(file, feature())
    before = file.read_text()
    with file.open() as writing:
        fcntl.flock(writing, fcntl.LOCK_SH)
        tidy(file.parent, keys())
    assert file.read_text() == before


def test_a_target_without_results_is_none(tmp_path):
    tidy(tmp_path / "nowhere", set())
    (tmp_path / "reports" / "junit").mkdir(parents=True)
    assert gather(tmp_path / "reports", written(tmp_path / "features")).targets == []


def test_a_site_may_have_the_name_of_the_pages():
    assert results_of("site") == Path("reports/site-target/results.jsonl")
    assert folder_of("staging", "a/b", "c") == Path("reports/staging/a/b/c")


def test_targets_stand_in_an_order_of_their_own(tmp_path):
    for name in ("staging", "docker", "box", "local"):
        runs(tmp_path / name / "results.jsonl", feature())
    assert [target.name for target in gather(tmp_path, written(tmp_path / "f")).targets] == [
        "local", "docker", "box", "staging",
    ]  # fmt: skip


def test_a_scenario_that_says_something_else_by_now_is_told(tmp_path):
    runs(tmp_path / "local" / "results.jsonl", feature())
    folder = written(tmp_path / "features")
    known = gather(tmp_path, folder)
    assert not any(has_changed(s, known.targets[0].latest[s.key]) for s in known.scenarios)
    written(folder, SHARING.replace("| Hang the bunting |", "| Order the cake   |"))
    known = gather(tmp_path, folder)
    assert [s.key for s in known.scenarios if has_changed(s, known.targets[0].latest[s.key])] == [FINDS]


def test_the_worst_is_told_first():
    assert worst([PASSED, NOT_RUN, FAILED]) == FAILED
    assert worst([]) == NOT_RUN


def test_scenarios_of_one_name_have_keys_of_their_own_in_whatever_order():
    told = feature("Feature: f\n\n  Scenario: One!\n    Given a\n\n  Scenario: one\n    Given b\n")
    told.run_items.reverse()
    assert [scenario_key(scenario) for scenario in told.walk_scenarios()] == ["f/one-6", "f/one"]


def test_a_folder_bears_the_names_of_the_prose():
    told = feature("Feature: Sharing a list\n\n  Scenario: Édith's friend -- @1.2 <b>\n    Given a\n")
    key = scenario_key(next(iter(told.walk_scenarios())))
    assert folder_of("local", key, "run") == Path("reports/local/sharing-a-list/édith-s-friend-1-2-b/run")
    nameless = feature("Feature: ???\n\n  Scenario: …\n    Given a\n")
    assert scenario_key(next(iter(nameless.walk_scenarios()))) == "unnamed/unnamed"


def test_a_title_of_any_length_gives_a_name_that_can_be_written(tmp_path):
    titles = "\n".join(f"  Scenario: {letter * 300} {end}\n    Given a\n" for letter in "aé孔" for end in (1, 2))
    names = {scenario_key(scenario) for scenario in feature(f"Feature: f\n\n{titles}").walk_scenarios()}
    assert len(names) == 6
    for name in names:
        (tmp_path / name).mkdir(parents=True)


HALF_EDITED: dict[str, str | bytes] = {
    "a keyword too many": SHARING.replace(
        "    Scenario: The friend helps", "    Scenaro\n    Scenario: The friend helps"
    ),
    "a mistyped keyword": SHARING.replace("Scenario: The friend", "Scenaro: The friend"),
    "an unknown language": f"# language: xx\n{SHARING}",
    "an empty file": "",
    "no text at all": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("edit", HALF_EDITED)
def test_results_of_a_feature_that_cannot_be_read_stay(tmp_path, monkeypatch, file, edit):
    monkeypatch.chdir(tmp_path)
    folder = written(tmp_path / "features")
    last = runs(file, feature())
    (file.parent / FINDS / last).mkdir(parents=True)
    text = HALF_EDITED[edit]
    (folder / "sharing.feature").write_bytes(text if isinstance(text, bytes) else text.encode())
    written(folder, "Feature: f\n\n  Scenario: s\n    Given a\n", "another.feature")
    tidy(file.parent, keys_there_are())
    assert {FINDS, HELPS} <= set(read("local", file).latest)
    assert (file.parent / FINDS / last).exists()


def test_without_features_nothing_is_gone(tmp_path, monkeypatch, file):
    monkeypatch.chdir(tmp_path)
    runs(file, feature())
    tidy(file.parent, keys_there_are())
    assert {FINDS, HELPS} <= set(read("local", file).latest)
