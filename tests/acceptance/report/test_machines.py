"""What machines read: JUnit files, lines of a build's log, annotations."""

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from behave.formatter.base import StreamOpener
from behave.model_type import Status
from behave.reporter.junit import JUnitReporter

from acceptance.exit_code import Outcome
from acceptance.report import junit
from acceptance.report.annotations import GitHub, GitLab
from acceptance.report.ci_formatter import Lines
from acceptance.report.junit import JUnit, instead_of_behaves
from acceptance.report.paths import REPORTS
from acceptance.signals import Interruption
from tests.acceptance.report.told import HELPS, SHARING, feature


@pytest.fixture
def config(tmp_path: Path) -> Any:
    return SimpleNamespace(junit_directory=str(tmp_path), reporters=[], name=[], tag_expression=None)


@pytest.fixture
def outcome() -> Outcome:
    return Outcome(SimpleNamespace(reporters=[]), Interruption())


@pytest.fixture
def told() -> Any:
    """A feature of which the second scenario failed, and the third was skipped for a reason."""
    told = feature(SHARING.replace("Edith sees it", "Edith sees it, \x07 and: 100%"))
    scenarios = list(told.walk_scenarios())
    for scenario in scenarios[:2]:
        for step in scenario.all_steps:
            step.status, step.duration = Status.passed, 0.5
    last = list(scenarios[1].all_steps)[-1]
    last.status, last.error_message = Status.failed, "ASSERT FAILED: nothing there\nsessionid=s3cr3tkey"
    last.captured.add_captured(
        SimpleNamespace(stdout="The site's log: RuntimeError", stderr="", has_output=lambda: True)
    )
    for scenario in scenarios[:2]:
        scenario.clear_status()
    scenarios[2].skip("mail cannot be read here")
    scenarios[3].skip()
    return told


def suite(file: Path) -> Any:
    return ET.parse(file).getroot()


def test_junit_tells_what_failed_with_its_log_and_evidence(config, outcome, told, tmp_path, monkeypatch):
    monkeypatch.setattr("acceptance.report.paths.REPORTS", tmp_path)
    (tmp_path / "docker" / HELPS).mkdir(parents=True)
    (tmp_path / "docker" / HELPS / "edith.png").touch()
    reporter = JUnit(config, outcome)
    reporter.target = "docker"
    reporter.feature(told)
    written = suite(tmp_path / "TESTS-sharing.xml")
    assert (written.get("tests"), written.get("failures"), written.get("errors"), written.get("skipped")) == (
        "3",
        "1",
        "0",
        "1",
    )
    passed, failed, skipped = written.iter("testcase")
    assert [child.tag for child in passed] == ["system-out"]
    failure = failed.find("failure")
    assert failure.get("message") == "ASSERT FAILED: nothing there"
    assert "The site's log: RuntimeError" in failure.text
    assert "s3cr3tkey" not in (tmp_path / "TESTS-sharing.xml").read_text()
    assert f"[[ATTACHMENT|{tmp_path}/docker/{HELPS}/edith.png]]" in failed.find("system-out").text
    assert f"Report: {tmp_path}/site/docker/{HELPS}.html" in failed.find("system-out").text
    assert skipped.find("skipped").get("message") == "mail cannot be read here"
    assert written.find("properties/property").attrib == {"name": "target", "value": "docker"}


def test_an_error_of_a_hook_is_an_error(config, outcome, tmp_path):
    told = feature()
    broken = next(iter(told.walk_scenarios()))
    broken.set_status(Status.hook_error)
    broken.error_message = "HOOK-ERROR in before_scenario: no browser"
    for scenario in list(told.walk_scenarios())[1:]:
        scenario.skip()
    JUnit(config, outcome).feature(told)
    assert "no browser" in suite(tmp_path / "TESTS-sharing.xml").find("testcase/error").get("message")


def test_a_feature_that_nobody_asked_for_has_no_file(config, outcome, tmp_path):
    told = feature()
    told.skip()
    JUnit(config, outcome).feature(told)
    assert [file.name for file in tmp_path.iterdir()] == [junit.OF_THE_RUN]


@pytest.mark.parametrize("problem", ["did not start", "nothing ran", "interrupted"])
def test_a_run_that_proved_nothing_is_an_error(config, outcome, tmp_path, problem):
    reporter = JUnit(config, outcome)
    outcome.ran = 0 if problem == "nothing ran" else 1
    outcome._interruption.happened = problem == "interrupted"
    reporter.no_start = "The port is taken" if problem == "did not start" else ""
    reporter.end()
    said = suite(tmp_path / junit.OF_THE_RUN).find("testcase/error").get("message")
    assert {"did not start": "The port is taken", "nothing ran": "No scenario ran", "interrupted": "was interrupted"}[
        problem
    ] in said


def test_an_error_of_an_earlier_run_does_not_stay(config, outcome, tmp_path):
    outcome.ran = 0
    JUnit(config, outcome).end()
    assert [file.name for file in tmp_path.iterdir()] == [junit.OF_THE_RUN]
    outcome.ran = 1
    JUnit(config, outcome).end()
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_that_name_that_somebody_else_wrote_stays(config, outcome, tmp_path):
    (tmp_path / junit.OF_THE_RUN).write_text('<testsuite name="Running">')
    outcome.ran = 1
    JUnit(config, outcome).end()
    assert [file.name for file in tmp_path.iterdir()] == [junit.OF_THE_RUN]


def test_ours_takes_the_place_of_behaves(config, outcome):
    config.userdata = {}
    assert instead_of_behaves(config, outcome) is None
    config.reporters = [JUnitReporter(config), outcome]
    assert config.reporters[0] is not instead_of_behaves(config, outcome)
    assert isinstance(config.reporters[0], JUnit)
    assert Path("reports") == REPORTS


def heard(formatter: Any, told: Any) -> None:
    formatter.feature(told)
    for scenario in list(told.walk_scenarios())[:2]:
        formatter.scenario(scenario)
        for step in scenario.all_steps:
            formatter.result(step)
    formatter.eof()
    formatter.close()


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def opener(stream: io.StringIO) -> StreamOpener:
    return StreamOpener(stream=stream)


def test_a_builds_log_has_a_line_for_each_feature_and_its_failures(opener, stream, told):
    lines = Lines(opener, None)
    lines.expect(4)
    heard(lines, told)
    said = stream.getvalue()
    assert "✗ features/sharing.feature:18  The friend helps\n    Then Edith sees it" in said
    assert "    The site's log: RuntimeError" in said
    assert said.splitlines()[-1].startswith("✗     2/4  Sharing a list (2 scenarios, 1 failed, ")


def test_a_builds_log_says_nothing_of_a_feature_in_which_nothing_ran(opener, stream, told):
    lines = Lines(opener, None)
    lines.feature(told)
    lines.eof()
    assert stream.getvalue() == ""


def test_github_is_told_the_line_and_what_went_wrong_in_one_line(opener, stream, told):
    heard(GitHub(opener, None), told)
    assert stream.getvalue().startswith(
        "::error file=features/sharing.feature,line=20,title=The friend helps::Then Edith"
    )
    assert "100%25%0AASSERT FAILED" in stream.getvalue()
    assert stream.getvalue().count("\n") == 1


def test_gitlab_is_told_the_same_in_a_file(opener, stream, told):
    heard(GitLab(opener, None), told)
    (found,) = json.loads(stream.getvalue())
    assert found["location"] == {"path": "features/sharing.feature", "lines": {"begin": 20}}
    assert found["description"] == "The friend helps: nothing there"


def test_without_a_failure_gitlab_is_told_so(opener, stream):
    GitLab(opener, None).close()
    assert json.loads(stream.getvalue()) == []
