"""The JUnit files of a run."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from behave.model_type import Status

from acceptance.exit_code import Outcome
from acceptance.report.junit import OF_THE_RUN, JUnitFiles
from acceptance.report.report_folder import mistakes
from tests.acceptance.report.sample import HELPS, SHARING, feature


@pytest.fixture
def outcome() -> Outcome:
    return Outcome(SimpleNamespace(reporters=[]))


@pytest.fixture
def reporter(tmp_path: Path, outcome: Outcome) -> JUnitFiles:
    config = SimpleNamespace(junit_directory=str(tmp_path), reporters=[], name=[], tag_expression=None)
    return JUnitFiles(config, outcome)


def ended(name: str, status: Status) -> Any:
    """Return the feature as one of this name, of which every scenario ended so."""
    sample = feature(SHARING, name)
    for scenario in sample.walk_scenarios():
        scenario.set_status(status)
    return sample


def write(reporter: JUnitFiles, outcome: Outcome, sample: Any, left_out: int = 0) -> None:
    """Write the file of a feature; the last scenarios of it were not asked for."""
    scenarios = list(sample.walk_scenarios())
    outcome.selected += scenarios[: len(scenarios) - left_out]
    reporter.feature(sample)


def suite(file: Path) -> Any:
    return ET.parse(file).getroot()


def test_junit_shows_what_failed_with_its_log_and_evidence(reporter, outcome, ran, tmp_path, monkeypatch):
    monkeypatch.setattr("acceptance.report.junit.REPORTS", tmp_path)
    (tmp_path / "docker" / HELPS / "run").mkdir(parents=True)
    (tmp_path / "docker" / HELPS / "run" / "edith.png").touch()
    reporter.target, reporter.run = "docker", "run"
    write(reporter, outcome, ran, left_out=1)
    written = suite(tmp_path / "TESTS-sharing.xml")
    assert [written.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["3", "1", "0", "1"]
    passed, failed, skipped = written.iter("testcase")
    assert [child.tag for child in passed] == ["system-out"]
    failure = failed.find("failure")
    assert failure.get("message") == "ASSERT FAILED: nothing there"
    assert "The site's log: RuntimeError" in failure.text
    assert "s3cr3tkey" not in (tmp_path / "TESTS-sharing.xml").read_text()
    assert f"[[ATTACHMENT|{tmp_path}/docker/{HELPS}/run/edith.png]]" in failed.find("system-out").text
    assert f"Report: {tmp_path}/site/docker/{HELPS}.html" in failed.find("system-out").text
    assert skipped.find("skipped").get("message") == "mail cannot be read here"
    assert written.find("properties/property").attrib == {"name": "target", "value": "docker"}


def test_each_feature_that_was_asked_for_has_a_file_and_none_has_the_runs_own(reporter, outcome, tmp_path):
    write(reporter, outcome, feature(SHARING, "features/left_out.feature"), left_out=4)
    files = {"features/a.feature": Status.failed, "features/sub/a.feature": Status.passed, "run.feature": Status.failed}
    for name, status in files.items():
        write(reporter, outcome, ended(name, status))
    outcome.ran = 12
    reporter.end()
    assert {file.name: suite(file).get("failures") for file in tmp_path.iterdir()} == {
        "TESTS-a.xml": "4", "TESTS-sub.a.xml": "0", "TESTS-run.feature.xml": "4",
    }  # fmt: skip


@pytest.mark.parametrize("others", ["features/a/b.feature", "elsewhere/features/a.b.feature", "a.b.feature"])
def test_no_feature_takes_the_file_of_another_that_failed(reporter, outcome, tmp_path, others):
    write(reporter, outcome, ended("features/a.b.feature", Status.failed))
    write(reporter, outcome, ended(others, Status.passed))
    assert suite(tmp_path / "TESTS-a.b.xml").get("failures") == "4"
    (other,) = tmp_path.glob("TESTS-a.b-*.xml")
    assert suite(other).get("failures") == "0"


def test_a_run_that_proved_nothing_is_an_error_until_one_does(reporter, outcome, tmp_path):
    assert "has not come to its end" in (tmp_path / OF_THE_RUN).read_text()
    reporter.end()
    assert "No scenario ran" in suite(tmp_path / OF_THE_RUN).find("testcase/error").get("message")
    outcome.ran = 1
    reporter.end()
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_ends_well_leaves_the_file_of_another_that_goes_on(reporter, outcome, tmp_path):
    other = JUnitFiles(reporter.config, outcome)
    outcome.ran = 1
    reporter.end()
    assert "has not come to its end" in (tmp_path / OF_THE_RUN).read_text()
    other.end()
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_is_to_be_is_told_before_the_run(outcome, tmp_path):
    (tmp_path / "taken").write_text("a letter")
    JUnitFiles(SimpleNamespace(junit_directory=str(tmp_path / "taken"), reporters=[]), outcome)
    (problem,) = mistakes("local", tmp_path / "taken")
    assert problem.startswith(f"The JUnit files cannot be written: {tmp_path}/taken is no folder. --junit-directory=")
    assert outcome.problem.startswith("No scenario ran")
