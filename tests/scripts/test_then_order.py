"""The Thens of a scenario are reversed, and nothing else is."""

from behave.parser import parse_feature

from scripts.then_order import reverse_thens

FEATURE = """Feature: f
  Background:
    Given a
    And b

  Scenario Outline: several
    Given c
    And d
    When e
    Then <x>
    And f
    But g

    Examples:
      | x |
      | h |

  Scenario: one
    Given c
    Then d
"""


def test_rows_of_thens_are_reversed():
    several, one = parse_feature(FEATURE).walk_scenarios()
    assert reverse_thens(several)
    said = [f"{step.keyword} {step.name}" for step in several.all_steps]
    assert said == ["Given a", "And b", "Given c", "And d", "When e", "Then g", "And f", "But h"]
    assert not reverse_thens(one)
