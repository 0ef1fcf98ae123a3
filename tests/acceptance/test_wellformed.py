from pathlib import Path

import pytest
from behave.parser import parse_feature, parse_file

from acceptance.prose.gherkin_lint import FeatureError, mistakes_of, refuse_misread

WHY = "Feature: A feature\n\n  Why it matters.\n"
NO_STEP = "x.feature:4: Background has no step"
LOST = "x.feature:4: Rule is followed by a line that is no step and no scenario"


def mistakes(below: str) -> list[str]:
    return list(mistakes_of(parse_feature(WHY + below, filename="x.feature")))


def test_our_own_features_are_well_formed():
    refuse_misread(parse_file(str(path)) for path in Path("features").glob("*.feature"))


@pytest.mark.parametrize(
    ("below", "said"),
    [
        ("Scenario: s\n  Thn y\n", ["x.feature:4: Scenario is followed by", "x.feature:4: Scenario has no step"]),
        ("Scenario: s\n  Gvien x\n  Then y\n", ["x.feature:4: Scenario is followed by a line that is no step"]),
        ("Rule: r\n Scenario: s\n\n Scenario: t\n  Then y\n", ["x.feature:5: Scenario has no step"]),
        ("Background:\n  Gvien x\nScenario: s\n  Then y\n", ["x.feature:4: Background is followed", NO_STEP]),
        ("Rule: r\n Scenaro: s\n  Then y\n", [LOST, LOST, "x.feature:4: Rule has no scenario"]),
        ("Scenaro: s\n  Then y\nScenario: t\n  Then y\n", ["x.feature:1: Feature is no keyword: 'Scenaro: s'"]),
        ("", ["x.feature:1: Feature has no scenario"]),
        ("Scenario Outline: s\n  Then <y>\n", ["x.feature:4: Scenario Outline has no examples"]),
        ("Scenario Outline: s\n  Then <y>\n  Examples:\n", ["x.feature:6: Examples has no rows"]),
        ("Scenario Outline: s\n  Then <y>\n  Examples:\n  | y |\n", ["x.feature:6: Examples has no rows"]),
        ("Scenario Outline: s\n  Then <y>\n  Examples:\n  | z |\n  | 1 |\n", ["x.feature:6: Examples has a column"]),
        ("Scenario s\n  Given x\nRule: r\n Scenario: t\n  Then y\n", ["x.feature:1: Feature is no keyword: 'Scen"]),
        ('Scenario: s\n  Then y\n  """\n  text\n  Then z\n', ['x.feature:6: A text is opened by """ and never ends']),
    ],
)  # fmt: skip
def test_what_would_not_run_is_a_mistake(below, said):
    found = mistakes(below)
    assert len(found) == len(said), found
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True)), found


def test_all_mistakes_of_all_features_are_told_at_once():
    features = [parse_feature(f"Feature: {name}\n\n\nScenario: s\n", filename=f"{name}.feature") for name in "xy"]
    with pytest.raises(FeatureError) as raised:
        refuse_misread(features)
    assert str(raised.value).splitlines() == [
        "These features are not well formed:",
        "  x.feature:4: Scenario has no step",
        "  y.feature:4: Scenario has no step",
    ]


def test_lines_of_prose_are_no_mistake():
    assert mistakes("Scenario outlines are rare.\nScenario: s\n  Then y\n") == []
    assert mistakes("Scenario Outline: of <y>\n  Then x\n  Examples:\n  | y |\n  | 1 |\n") == []


def test_two_features_of_one_name_are_not_taken_for_each_other():
    text = f"{WHY}Scenario: s\n  Then y\n"
    features = [parse_feature(text, filename=name) for name in ("y.feature", "x.feature", "x.feature")]
    with pytest.raises(FeatureError, match=r"y\.feature:1: Feature has the name that x\.feature has as well"):
        refuse_misread(features)
    refuse_misread(features[1:])
