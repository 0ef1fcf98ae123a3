"""What machines read of a run: JUnit files, lines of a build's log, annotations."""

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from behave.formatter.base import StreamOpener
from behave.model_type import Status

from acceptance.exit_code import Outcome
from acceptance.report.ci_formatter import CiFormatter, GitHubFormatter, GitLabFormatter
from acceptance.report.junit import OF_THE_RUN, JUnitFiles
from tests.acceptance.report.sample import HELPS, SHARING, feature


@pytest.fixture
def config(tmp_path: Path) -> Any:
    return SimpleNamespace(junit_directory=str(tmp_path), reporters=[], name=[], tag_expression=None)


@pytest.fixture
def outcome() -> Outcome:
    return Outcome(SimpleNamespace(reporters=[]))


@pytest.fixture
def ran() -> Any:
    """A feature of which the second scenario failed, and the third was skipped for a reason."""
    ran = feature(SHARING.replace("Edith sees it", "Edith sees it, \x07 and: 100%"))
    scenarios = list(ran.walk_scenarios())
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
    return ran


def suite(file: Path) -> Any:
    return ET.parse(file).getroot()


def test_junit_tells_what_failed_with_its_log_and_evidence(config, outcome, ran, tmp_path, monkeypatch):
    for module in ("paths", "junit"):
        monkeypatch.setattr(f"acceptance.report.{module}.REPORTS", tmp_path)
    (tmp_path / "docker" / HELPS).mkdir(parents=True)
    (tmp_path / "docker" / HELPS / "edith.png").touch()
    reporter = JUnitFiles(config, outcome)
    reporter.target = "docker"
    reporter.feature(ran)
    written = suite(tmp_path / "TESTS-sharing.xml")
    assert [written.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["3", "1", "0", "1"]
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
    sample = feature()
    broken, *others = sample.walk_scenarios()
    broken.set_status(Status.hook_error)
    broken.error_message = "HOOK-ERROR in before_scenario: no browser"
    for scenario in others:
        scenario.skip()
    JUnitFiles(config, outcome).feature(sample)
    assert "no browser" in suite(tmp_path / "TESTS-sharing.xml").find("testcase/error").get("message")


def test_a_feature_that_nobody_asked_for_has_no_file(config, outcome, tmp_path):
    sample = feature()
    sample.skip()
    JUnitFiles(config, outcome).feature(sample)
    assert [file.name for file in tmp_path.iterdir()] == [OF_THE_RUN]


def test_features_of_one_file_name_have_a_file_each_and_none_has_the_runs_own(config, outcome, tmp_path):
    reporter = JUnitFiles(config, outcome)
    files = {"features/a.feature": Status.failed, "features/sub/a.feature": Status.passed, "run.feature": Status.failed}
    for name, status in files.items():
        sample = feature(SHARING, name)
        for scenario in sample.walk_scenarios():
            scenario.set_status(status)
        reporter.feature(sample)
    outcome.ran = 12
    reporter.end()
    assert {file.name: suite(file).get("failures") for file in tmp_path.iterdir()} == {
        "TESTS-a.xml": "4", "TESTS-sub.a.xml": "0", "TESTS-run.feature.xml": "4",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("problem", "message"),
    [("did not start", "The port is taken"), ("nothing ran", "No scenario ran"), ("interrupted", "was interrupted")],
)
def test_a_run_that_proved_nothing_is_an_error(config, outcome, tmp_path, problem, message):
    reporter = JUnitFiles(config, outcome)
    outcome.ran = 0 if problem == "nothing ran" else 1
    outcome.interrupted = problem == "interrupted"
    reporter.no_start = "The port is taken" if problem == "did not start" else ""
    reporter.end()
    assert message in suite(tmp_path / OF_THE_RUN).find("testcase/error").get("message")


def test_an_error_of_an_earlier_run_does_not_stay(config, outcome, tmp_path):
    JUnitFiles(config, outcome).end()
    assert "No scenario ran" in (tmp_path / OF_THE_RUN).read_text()
    reporter = JUnitFiles(config, outcome)
    assert "has not come to its end" in (tmp_path / OF_THE_RUN).read_text()
    outcome.ran = 1
    reporter.end()
    assert list(tmp_path.iterdir()) == []


def play(formatter: Any, ran: Any) -> None:
    formatter.feature(ran)
    for scenario in list(ran.walk_scenarios())[:2]:
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


def test_a_builds_log_has_a_line_for_each_feature_and_its_failures(opener, stream, ran):
    formatter = CiFormatter(opener, None)
    formatter.expect(4)
    play(formatter, ran)
    text = stream.getvalue()
    assert "✗ features/sharing.feature:18  The friend helps\n    Then Edith sees it" in text
    assert "    The site's log: RuntimeError" in text
    assert "s3cr3tkey" not in text
    assert text.splitlines()[-1].startswith("✗     2/4  Sharing a list (2 scenarios, 1 failed, ")


def test_a_builds_log_says_nothing_of_a_feature_in_which_nothing_ran(opener, stream, ran):
    formatter = CiFormatter(opener, None)
    formatter.feature(ran)
    formatter.eof()
    assert stream.getvalue() == ""


def test_github_is_told_the_line_and_what_went_wrong_in_one_line(opener, stream, ran):
    play(GitHubFormatter(opener, None), ran)
    assert stream.getvalue().startswith(
        "::error file=features/sharing.feature,line=20,title=The friend helps::Then Edith"
    )
    assert "100%25%0AASSERT FAILED" in stream.getvalue()
    assert stream.getvalue().count("\n") == 1


def test_gitlab_is_told_the_same_in_a_file(opener, stream, ran):
    play(GitLabFormatter(opener, None), ran)
    (found,) = json.loads(stream.getvalue())
    assert found["location"] == {"path": "features/sharing.feature", "lines": {"begin": 20}}
    assert found["description"] == "The friend helps: nothing there"


def test_without_a_failure_gitlab_is_told_so(opener, stream):
    GitLabFormatter(opener, None).close()
    assert json.loads(stream.getvalue()) == []
