from types import SimpleNamespace

from behave.parser import parse_feature
from parse import compile as compile_pattern

from acceptance.prose import step_catalogue
from acceptance.prose.step_catalogue import Definition, add_uses, main

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


def defined(*wordings: tuple[str, str]) -> list[Definition]:
    """Definitions of these kinds and patterns, each on a line of its own, with what a feature uses of them."""
    definitions = [
        Definition(
            kind,
            SimpleNamespace(
                pattern=pattern,
                match=compile_pattern(pattern).parse,
                location=SimpleNamespace(filename="x_steps.py", line=line),
            ),
        )
        for line, (kind, pattern) in enumerate(wordings, 1)
    ]
    add_uses(definitions, [parse_feature(TEXT.strip(), filename="f.feature")])
    return definitions


def test_every_use_is_found_those_of_a_background_and_of_examples_included():
    here, adds = defined(("given", "{who:w} is here"), ("when", '{who:w} adds "{what}"'))
    assert [len(here.uses), len(adds.uses)] == [2, 2]
    assert adds.readable == '<who> adds "<what>"'


def test_the_catalogue_shows_each_step_with_an_example_and_is_searched(monkeypatch, capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert "Starting lists, adding items, and reading them again.  (features/steps/lists_steps.py)" in out
    assert '  When   <who> adds "<item>" to "<title>"\n         When ' in out
    assert main(["nonsense"]) == 1
    assert capsys.readouterr().err == "No step has the words: nonsense\n"
    monkeypatch.setattr(step_catalogue, "read_features", list)
    assert main(["LINK", "asked"]) == 0
    out = capsys.readouterr().out
    assert out.count("<who>") == 1
    assert "         (no feature uses it)" in out
