import os
import sys
from pathlib import Path

import pytest

from acceptance.report import rerun
from acceptance.report.jsonl_formatter import Results
from acceptance.report.rerun import NothingToRunError, to_run_again
from tests.acceptance.report.told import SHARING, feature, runs, written


def why_not(reports: Path, features: Path) -> tuple[str, int]:
    with pytest.raises(NothingToRunError) as raised:
        to_run_again("docker", reports, features)
    return str(raised.value), raised.value.code


def test_what_failed_runs_again_where_it_stands_by_now(reports, features):
    runs(reports / "docker/results.jsonl", feature(), fails="helps")
    assert to_run_again("docker", reports, features) == [f"{os.path.relpath(features)}/sharing.feature:18"]
    written(features, SHARING.replace("  Edith cannot", "  Really.\n  Edith cannot"))
    assert to_run_again("docker", reports, features) == [f"{os.path.relpath(features)}/sharing.feature:19"]


def test_no_letter_in_a_failure_ends_its_line(reports, features):
    results = Results(reports / "docker/results.jsonl")
    results.about(site="superlists")
    results.failed_to_start("said: \u2028 \x85 \x0c")
    results.close()
    said, code = why_not(reports, features)
    assert "did not start" in said
    assert code == 1


def test_so_does_what_was_broken_off(reports, features):
    results = Results(reports / "docker/results.jsonl")
    results.scenario(next(iter(feature().walk_scenarios())))
    results._file.close()
    assert to_run_again("docker", reports, features) == [f"{os.path.relpath(features)}/sharing.feature:11"]


def test_where_nothing_failed_it_says_so_and_all_is_well(reports, features):
    runs(reports / "docker/results.jsonl", feature())
    assert why_not(reports, features) == ("Nothing failed on docker: there is nothing to run again.", 0)


def test_what_failed_in_a_file_that_cannot_be_read_is_not_taken_for_nothing(reports, features):
    runs(reports / "docker/results.jsonl", feature(), fails="helps")
    written(features, "Feature: x\n  Nonsense\n    Given z\n  Scenario: y\n")
    said, code = why_not(reports, features)
    assert said.startswith("Nothing failed on docker in the files that can be read; these cannot: ")
    assert code == 1


def test_what_failed_under_another_name_is_not_taken_for_nothing(reports, features):
    runs(reports / "docker/results.jsonl", feature(), fails="helps")
    written(features, SHARING.replace("helps", "aids"))
    said, code = why_not(reports, features)
    assert said.startswith("What failed on docker is in no feature any more: ")
    assert code == 1


def test_a_run_that_was_killed_before_its_first_scenario_is_not_taken_for_one_without_failures(reports, features):
    runs(reports / "docker/results.jsonl", feature())
    Results(reports / "docker/results.jsonl")._file.close()
    said, code = why_not(reports, features)
    assert said.startswith("The last run on docker has not come to its end")
    assert code == 1


def test_where_nothing_ran_it_says_what_to_do(reports, features):
    said, code = why_not(reports, features)
    assert ("make features TARGET=docker" in said, code) == (True, 1)
    (reports / "docker").mkdir(parents=True)
    (reports / "docker/results.jsonl").touch()
    assert why_not(reports, features) == (said, code)


def test_where_the_last_run_did_not_start_it_says_why(reports, features):
    results = Results(reports / "docker/results.jsonl")
    results.failed_to_start("no engine")
    results.close()
    said, code = why_not(reports, features)
    assert said.endswith("did not start:\nno engine")
    assert code == 1


def test_behave_takes_over_with_what_it_was_given(monkeypatch):
    taken = []
    monkeypatch.setattr(os, "execv", lambda *given: taken.append(given))
    monkeypatch.setattr(rerun, "to_run_again", lambda _: ["features/x.feature:7"])
    rerun.main(["local", "-D", "wait=1"])
    behave = [sys.executable, "-m", "behave", "-D", "target=local", "-D", "wait=1", "features/x.feature:7"]
    assert taken == [(sys.executable, behave)]


def test_the_reason_is_printed_and_its_code_returned(monkeypatch, capsys):
    def refuse(_: str) -> list[str]:
        raise NothingToRunError("Nothing failed", 0)

    monkeypatch.setattr(rerun, "to_run_again", refuse)
    assert rerun.main(["local"]) == 0
    assert capsys.readouterr().out == "Nothing failed\n"
