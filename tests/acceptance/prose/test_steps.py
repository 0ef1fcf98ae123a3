import re

import pytest
from behave.model import Feature
from behave.parser import parse_feature

from acceptance.prose import lint
from acceptance.prose import list_steps as steps
from acceptance.prose.step_catalogue import Definition, book, load_definitions, read_features

TEXT = """
Feature: f

  Background:
    Given Edith is here

  Scenario Outline: s
    When Edith adds "<what>"

    Examples:
      | what |
      | milk |
      | wine |
"""


class Matcher:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def match(self, text: str) -> object:
        return re.fullmatch(self.pattern, text)


def definition(kind: str, pattern: str, line: int) -> Definition:
    return Definition(kind, pattern, "x_steps.py", line, Matcher(re.sub(r"\{.*?\}", ".+", pattern)))


@pytest.fixture
def told() -> Feature:
    return parse_feature(TEXT.strip(), filename="f.feature")


def test_every_use_is_found_those_of_a_background_and_of_examples_included(told):
    here, adds = definition("given", "{who:Person} is here", 1), definition("when", '{who:Person} adds "{what}"', 2)
    found = book([here, adds], [told])
    assert [len(one.uses) for one in found.definitions] == [2, 2]
    assert (found.unused, found.ambiguous) == ([], [])
    assert adds.readable == '<who> adds "<what>"'


def test_what_nobody_uses_and_what_two_claim_is_told(told):
    defined = [
        definition("given", "Edith is here", 1),
        definition("then", "Edith is here", 2),
        definition("when", "Edith adds {what}", 3),
        definition("when", "{who} adds {what}", 4),
    ]
    said = list(lint.of_steps(book(defined, [told])))
    assert said[0] == "x_steps.py:2: no feature uses this step: Edith is here"
    assert "is ambiguous, for it is claimed by x_steps.py:3 and x_steps.py:4" in said[1]


def test_the_features_keep_to_their_own_rules(capsys):
    assert lint.main() == 0, capsys.readouterr().out


def test_a_mistake_fails_and_is_printed(monkeypatch, capsys):
    monkeypatch.setattr(lint, "mistakes", lambda _: ["features/x.feature:1: say why"])
    assert lint.main() == 1
    assert capsys.readouterr().out == "features/x.feature:1: say why\n"


def test_a_feature_that_cannot_be_read_is_named(tmp_path, monkeypatch, capsys):
    (tmp_path / "broken.feature").write_text("Feature: x\n  Scenario: y\n    Given z\n  Nonsense: z\n")
    monkeypatch.setattr(lint, "read_features", lambda: read_features(tmp_path))
    assert lint.main() == 1
    assert "broken.feature" in capsys.readouterr().out


def test_the_catalogue_shows_each_step_with_an_example(capsys):
    assert steps.main([]) == 0
    said = capsys.readouterr().out
    assert "Starting lists, adding items, and reading them again.  (features/steps/lists_steps.py)" in said
    assert '  When   <who> adds "<item>" to "<title>"\n         When ' in said
    assert "no feature uses it" not in said
    assert said.count("\n  Given  ") + said.count("\n  When   ") + said.count("\n  Then   ") == len(load_definitions())


def test_the_catalogue_is_searched(capsys):
    assert steps.main(["LINK", "mailed"]) == 0
    assert capsys.readouterr().out.count("<who>") == 1
    assert steps.main(["nonsense"]) == 1
    assert capsys.readouterr().err == "No step has the words: nonsense\n"


def test_a_step_without_a_use_says_so():
    assert "         (no feature uses it)" in steps.lines([Definition("given", "x", "features/fixtures.py", 1, None)])
