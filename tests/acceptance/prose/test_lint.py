"""Features that would lose something are refused; prose, and steps, keep to the rules."""

import os
from pathlib import Path

import pytest
from behave.parser import parse_feature

from acceptance.prose import lint
from acceptance.prose.lint import FeatureError, misreadings, prose_mistakes, refuse_misread, step_mistakes
from acceptance.prose.step_catalogue import read_features
from acceptance.report.pages import build
from acceptance.report.report_folder import claim
from tests.acceptance.prose.test_step_catalogue import defined
from tests.acceptance.report.sample import page, text_of, write_feature, write_run

WHY = "Feature: A feature\n\n  Why it matters.\n"
NO_STEP = "x.feature:4: Background has no step"
LOST = "x.feature:4: Rule is followed by a line that is no step and no scenario"


@pytest.mark.parametrize(
    ("below", "mistakes"),
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
        ("Scenario: s\n  Then y\n  | z |\n", ["x.feature:5: Then has a table without rows: y"]),
        ("Scenario s\n  Given x\nRule: r\n Scenario: t\n  Then y\n", ["x.feature:1: Feature is no keyword: 'Scen"]),
        ('Scenario: s\n  Then y\n  """\n  text\n  Then z\n', ['x.feature:6: A text is opened by """ and never ends']),
        ("Scenario outlines are rare.\nScenario: s\n  Then y\n", []),
        ("Scenario Outline: of <y>\n  Then x\n  Examples:\n  | y |\n  | 1 |\n", []),
    ],
)  # fmt: skip
def test_what_would_not_run_is_a_mistake(below, mistakes):
    found = list(misreadings(parse_feature(WHY + below, filename="x.feature")))
    assert len(found) == len(mistakes), found
    assert all(one.startswith(start) for one, start in zip(found, mistakes, strict=True)), found


def test_neither_two_features_of_one_name_nor_a_file_that_is_named_twice_are_taken_for_one():
    """The bug: the second one's passes hid the failures of the first."""
    features = [parse_feature(f"{WHY}Scenario: s\n  Then y\n", filename=f"{name}.feature") for name in "yxx"]
    with pytest.raises(FeatureError, match=r"y\.feature:1: Feature has the name that x\.feature has as well"):
        refuse_misread(features[:2])
    with pytest.raises(FeatureError, match=r"x\.feature: named twice; allowed: once"):
        refuse_misread(features[1:])
    refuse_misread(features[2:])


GOOD = """
Feature: Sharing

  Edith cannot do it all alone.
  She shares her list.

  Rule: A friend can help

    Scenario: The friend helps
      Given Edith has a list
      When Onesiphorus helps
      Then Edith is glad
"""
FEW = "      Given one\n" * 7
SAME_NAME = "Scenario: the friend helps\n      Then Edith is glad\n\n    Scenario: The"
OUTLINE = (
    "Scenario Outline: {}\n      Then Edith is glad\n      Examples:\n        | a |\n        | 1 |\n\n    Scenario: The"
)


def prose(folder: Path, text: str) -> list[str]:
    write_feature(folder, text)
    # Behave names a file as it is seen from here.
    return [found.removeprefix(f"{os.path.relpath(folder)}/") for found in prose_mistakes(read_features(folder))]


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("When Onesiphorus helps", 'When Onesiphorus clicks "Help"', "sharing.feature:10: 'click' is machinery;"),
        ("Edith is glad", "Edith should see it", "sharing.feature:11: 'should see' is machinery;"),
        ("  She shares her list.\n", "", "sharing.feature:1: say why in 2 lines"),
        ("  Rule: A friend can help\n", "", "sharing.feature:7: stands under no Rule: The friend helps"),
        ("      Given Edith has a list\n", FEW, "sharing.feature:8: has 9 steps; at most 6"),
        ("Given Edith", "When Edith", "sharing.feature:8: has 2 Whens; one scenario is about one"),
        ("      Then Edith is glad\n", "", "sharing.feature:8: has no Then, and proves nothing"),
        ("Scenario: The", OUTLINE.format("The"), "sharing.feature:8: names none of its examples"),
        ("Scenario: The", OUTLINE.format("The <a>"), ""),
        ("Scenario: The", SAME_NAME, "sharing.feature:11: has the name of another scenario, at "),
    ],
)
def test_each_mistake_in_the_prose_has_its_place(tmp_path, old, new, mistake):
    assert prose(tmp_path, GOOD) == []
    assert old in GOOD
    found = prose(tmp_path, GOOD.replace(old, new))
    assert len(found) == bool(mistake), found
    assert "".join(found).startswith(mistake)


def test_a_feature_in_another_language_is_read_checked_and_reported(tmp_path):
    features, reports = tmp_path / "features", tmp_path / "reports"
    french = (
        "# language: fr\nFonctionnalité: Partager\n\n  Pourquoi.\n  Parce que.\n\n  Règle: Aider\n\n"
        "    Scénario: Aider\n      Quand Camille aide\n      Alors tout va bien\n"
    )
    assert len(prose(features, french.replace("Alors tout", "Quand tout"))) == 2
    assert prose(features, french) == []
    refuse_misread(read_features(features))
    claim(reports)
    write_run(reports / "local/results.jsonl", read_features(features)[0])
    index = build(reports, features)
    assert [row.get_text(" ", strip=True) for row in page(index).select("tbody[lang=fr] tr.scenario th")] == ["Aider"]
    assert "Quand Camille aide" in text_of(page(index.parent / "local/partager/aider.html"), "ol.steps[lang=fr]")


def test_steps_that_nobody_uses_and_that_two_definitions_match_are_named():
    definitions = defined(
        ("given", "Edith is here"), ("then", "Edith is here"), ("when", "Edith adds {what}"), ("when", "{who} adds {x}")
    )
    unused, *ambiguous = step_mistakes(definitions)
    assert unused == "x_steps.py:2: no feature uses this step: Edith is here"
    assert len(ambiguous) == 2
    assert "is ambiguous: x_steps.py:3 and x_steps.py:4 match it" in ambiguous[0]


def test_a_mistake_fails_and_is_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lint, "read_features", lambda: read_features(tmp_path))
    why = GOOD.replace("  She shares her list.\n", "")
    lost = f"{WHY}  Scenaro: s\n    Then y\n"
    for text, mistake in (
        (why, "say why in 2 lines"),
        ("Feature: x\n  Rule\n Then", "x.fe"),
        (lost, "has no scenario"),
    ):
        write_feature(tmp_path, text, "x.feature")
        assert lint.main() == 1
        assert mistake in capsys.readouterr().out
