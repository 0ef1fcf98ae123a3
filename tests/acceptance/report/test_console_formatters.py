"""What a build's log and its annotations tell of a run."""

import io
import json
from typing import Any

from behave.formatter.base import StreamOpener

from acceptance.report.console_formatters import CiFormatter, GitHubFormatter, GitLabFormatter


def printed(kind: type[Any], ran: Any, scenarios: int = 2) -> str:
    """Return what a formatter prints of the first scenarios."""
    stream = io.StringIO()
    formatter = kind(StreamOpener(stream=stream), None)
    formatter.expected = 4
    formatter.feature(ran)
    for scenario in list(ran.walk_scenarios())[:scenarios]:
        formatter.scenario(scenario)
        for step in scenario.all_steps:
            formatter.result(step)
    formatter.eof()
    formatter.close()
    return stream.getvalue()


def test_a_builds_log_has_a_line_for_each_feature_and_its_failures(ran):
    text = printed(CiFormatter, ran)
    assert "✗ features/sharing.feature:18  The friend helps\n    Then Edith sees it" in text
    assert "    The site's log: RuntimeError" in text
    assert "s3cr3tkey" not in text
    assert text.splitlines()[-1].startswith("✗     2/4  Sharing a list (2 scenarios, 1 failed, ")
    assert printed(CiFormatter, ran, scenarios=0) == ""


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
