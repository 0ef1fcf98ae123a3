"""What a build's log and its annotations tell of a run."""

import io
import json
from types import SimpleNamespace
from typing import Any

from behave.formatter.base import StreamOpener
from behave.model_type import Status

from acceptance.report.console_formatters import GitHubFormatter, GitLabFormatter, ProgressFormatter


def printed(kind: type[Any], ran: Any, scenarios: int = 2, *, broken_off: bool = False) -> str:
    """Return what a formatter prints of the first scenarios."""
    stream = io.StringIO()
    formatter = kind(StreamOpener(stream=stream), SimpleNamespace(show_timings=False))
    formatter.expected = 4
    formatter.feature(ran)
    for scenario in list(ran.walk_scenarios())[:scenarios]:
        formatter.scenario(scenario)
        for step in scenario.all_steps:
            formatter.step(step)
            formatter.result(step)
    if not broken_off:
        formatter.eof()
    formatter.close()
    return stream.getvalue()


def test_github_learns_the_line_and_what_went_wrong_in_one_line(ran):
    text = printed(GitHubFormatter, ran)
    assert text.startswith("::error file=features/sharing.feature,line=20,title=The friend helps::Then Edith")
    assert "100%25%0AASSERT FAILED" in text
    assert "s3cr3tkey" not in text
    assert text.count("\n") == 1


def test_gitlab_learns_the_same_from_a_file(ran):
    (found,) = json.loads(printed(GitLabFormatter, ran))
    assert found["location"] == {"path": "features/sharing.feature", "lines": {"begin": 20}}
    assert found["description"] == "The friend helps: nothing there"
    assert json.loads(printed(GitLabFormatter, ran, scenarios=1)) == []


def test_a_hook_or_clean_up_that_failed_is_an_annotation_unless_its_step_is_one(ran):
    first, second, *_ = ran.walk_scenarios()
    first.set_status(Status.hook_error)
    first.error_message = "HOOK-ERROR in after_scenario: OSError: full"
    second.set_status(Status.cleanup_error)
    place = "file=features/sharing.feature,line=11,title=The friend finds the list"
    error, failed_step = printed(GitHubFormatter, ran, broken_off=True).splitlines()
    assert error == f"::error {place}::Scenario The friend finds the list%0AHOOK-ERROR in after_scenario: OSError: full"
    assert "line=20," in failed_step
    found = json.loads(printed(GitLabFormatter, ran, scenarios=1, broken_off=True))
    assert [each["location"]["lines"]["begin"] for each in found] == [11]


def test_dots_lose_no_failure_of_a_feature_that_was_broken_off(ran):
    next(iter(ran.walk_scenarios())).set_status(Status.cleanup_error)
    for broken_off in (False, True):
        text = printed(ProgressFormatter, ran, broken_off=broken_off)
        assert text.splitlines()[0] == "features/sharing.feature  HF"
        assert text.count("    Then Edith sees it") == 1
