import os

import pytest

from acceptance.prose.gherkin_lint import refuse_misread
from acceptance.prose.rules import mistakes
from acceptance.prose.step_catalogue import read_features
from acceptance.report.site_builder import build
from tests.acceptance.report.reading import page
from tests.acceptance.report.told import runs, written

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


def found(folder, text, other=""):
    written(folder, text)
    if other:
        written(folder, other, "other.feature")
    # Behave names a file as it is seen from here.
    return [mistake.removeprefix(f"{os.path.relpath(folder)}/") for mistake in mistakes(read_features(folder))]


def test_good_prose_has_no_mistakes(tmp_path):
    assert found(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("When Onesiphorus helps", 'When Onesiphorus clicks "Help"', "sharing.feature:10: 'click' is machinery;"),
        ("Edith is glad", "Edith should see it", "sharing.feature:11: 'should see' is machinery;"),
        ("  She shares her list.\n", "", "sharing.feature:1: say why in 2 lines"),
        ("  Rule: A friend can help\n", "", "sharing.feature:7: stands under no Rule: The friend helps"),
        ("      Given Edith has a list\n", FEW, "sharing.feature:8: has 9 steps; at most 6"),
        ("Given Edith", "When Edith", "sharing.feature:8: has 2 Whens; one scenario is about one"),
        ("      Then Edith is glad\n", "", "sharing.feature:8: has no Then, and proves nothing"),
    ],
)
def test_each_mistake_is_told_with_its_place(tmp_path, old, new, said):
    assert old in GOOD
    (told,) = found(tmp_path, GOOD.replace(old, new))
    assert told.startswith(said)


def test_an_outline_whose_examples_read_alike_is_told(tmp_path):
    outline = (
        GOOD.replace("Scenario: The", "Scenario Outline: The") + "\n      Examples:\n        | a |\n        | 1 |\n"
    )
    (told,) = found(tmp_path, outline)
    assert "names none of its examples" in told
    assert found(tmp_path, outline.replace("The friend helps", "Friend <a> helps")) == []


def test_names_stand_once(tmp_path):
    other = GOOD.replace("Sharing", "Other things").replace("The friend helps", "the friend helps")
    (told,) = found(tmp_path, GOOD, other)
    assert told.startswith("sharing.feature:8: has the name of another scenario, at")
    told = found(tmp_path, GOOD, GOOD)
    assert [line.split(", at")[0].partition(": ")[2] for line in told] == [
        "has the name of another feature",
        "has the name of another scenario",
    ]


def test_a_feature_in_another_language_is_read_held_to_the_rules_and_reported(tmp_path):
    french = (
        "# language: fr\nFonctionnalité: Partager\n\n  Pourquoi.\n  Parce que.\n\n  Règle: Aider\n\n"
        "    Scénario: Aider\n      Quand Camille aide\n      Alors tout va bien\n"
    )
    (message,) = found(tmp_path / "features", french.replace("aide\n", "clique\n"))
    assert "'cliqu' is machinery" in message
    assert found(tmp_path / "features", french) == []
    refuse_misread(read_features(tmp_path / "features"))
    runs(tmp_path / "reports/local/results.jsonl", read_features(tmp_path / "features")[0])
    index = build(tmp_path / "reports", tmp_path / "features")
    assert [row.get_text(" ", strip=True) for row in page(index).select("tbody[lang=fr] tr.scenario th")] == ["Aider"]
    steps = page(index.parent / "local/partager/aider.html").select_one("ol.steps[lang=fr]")
    assert steps
    assert "Quand Camille aide" in steps.get_text(" ", strip=True)
