"""A mistyped active tag, by which a scenario would run everywhere or nowhere, is told with what is allowed."""

import pytest
from behave.parser import parse_feature

from acceptance.prose.active_tag_check import active_tag_mistakes

FEATURE = """@{tag}
Feature: f
  Scenario Outline: s
    Then y

    @{other}
    Examples:
      | x |
      | 1 |
"""


@pytest.mark.parametrize(
    ("tag", "allowed"),
    [
        ("use.with_targt=docker", "@use.with_target=…"),
        ("use.wiht_target=docker", "@use.with_target=…"),
        ("not.with_target", "@use.with_target=…"),
        ("not.with_target=", "local, docker, lists"),
        ("use.with_target=dcoker", "local, docker, lists"),
        ("use.with_mailbox=smpt", "outbox, smtp, "),
        ("use.with_mailbox=smtp", ""),
        ("not.with_target=lists", ""),
        ("use.with_target=docker", ""),
        ("use", ""),
        ("issue=3", ""),
    ],
)
@pytest.mark.parametrize(("place", "line"), [("tag", 1), ("other", 9)])
def test_a_tag_that_no_run_knows_is_told_once_with_its_line(tmp_path, tag, allowed, place, line):
    (tmp_path / "sites.toml").write_text("[lists]\n")
    text = FEATURE.format(**{"tag": "slow", "other": "slow", place: tag})
    sites = {"sites": str(tmp_path / "sites.toml")}
    found = list(active_tag_mistakes([parse_feature(text, filename="f.feature")], sites))
    assert len(found) == bool(allowed), found
    told = f"f.feature:{line}: @{tag} is no tag that a run knows; allowed: {allowed}"
    assert not found or found[0].startswith(told)
