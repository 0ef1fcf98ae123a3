"""Only people of the cast are named, and a Then is about those whom the story has brought on stage."""

import pytest
from behave.parser import parse_feature
from behave.step_registry import StepRegistry

from acceptance.project import Cast
from acceptance.prose.cast_check import cast_mistakes

CAST = Cast(people=("Edith", "Zoë", "雅子"), strangers=("Boris",), columns=("who",))
FEATURE = """Feature: f
  Background:
    Given Edith is here

  Rule: r
    Background:
      Given {rule} is here

    Scenario Outline: s
      When Edith and Boris each add
        | item | who     |
        | milk | {cell} |
        | wine | <who>   |
      Then {then} is gone
      And all is well with "Edihs"

      Examples:
        | who   |
        | Edith |
        | {row} |
"""
NOBODY = "nobody in the cast is called {!r}; the nearest name is {!r}"
NOT_ON_STAGE = "this Then is about {!r}, whom no Given and no When names before, and who is no stranger: {} is gone"


@pytest.fixture
def registry() -> StepRegistry:
    steps = StepRegistry()
    for kind, pattern in (
        ("given", "{who:Person} is here"),
        ("when", "{one:Person} and {other:Person} each add"),
        ("then", "{who:Person} is gone"),
        ("then", 'all is well with "{what}"'),
    ):
        steps.add_step_definition(kind, pattern, lambda: None)
    return steps


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({}, ""),
        ({"then": "Boris"}, ""),
        # Whom the tables, the rule's background, or an example's row names is on stage.
        ({"then": "Zoë", "rule": "Zoë"}, ""),
        ({"then": "雅子", "cell": "雅子", "row": "雅子"}, ""),
        ({"then": "Zoë", "cell": "Zoë"}, ""),
        ({"then": "Zoë"}, f"f.feature:14: {NOT_ON_STAGE.format('Zoë', 'Zoë')}"),
        ({"then": "Edihs"}, f"f.feature:14: {NOBODY.format('Edihs', 'Edith')}: Edihs is"),
        ({"rule": "Bori"}, f"f.feature:7: {NOBODY.format('Bori', 'Boris')}: Bori is"),
        ({"rule": "雅"}, f"f.feature:7: {NOBODY.format('雅', '雅子')}"),
        ({"cell": "edith"}, f"f.feature:12: {NOBODY.format('edith', 'Edith')}: Edith and"),
        ({"row": "Zoe"}, f"f.feature:20: {NOBODY.format('Zoe', 'Zoë')}"),
    ],
)
def test_each_mistake_has_its_place_once(registry, changes, mistake):
    text = FEATURE.format(**{"rule": "Edith", "cell": "Edith", "then": "Edith", "row": "Edith"} | changes)
    found = list(cast_mistakes([parse_feature(text, filename="f.feature")], CAST, registry))
    assert len(found) == bool(mistake), found
    assert "".join(found).startswith(mistake)


def test_without_a_cast_anybody_may_come(registry):
    text = FEATURE.format(rule="Edihs", cell="Edihs", then="Zoë", row="Edihs")
    assert list(cast_mistakes([parse_feature(text, filename="f.feature")], None, registry)) == []


@pytest.mark.parametrize(
    "names",
    [
        *({"people": people} for people in ((), "Edith", ("edith",))),
        {"people": ("E",), "strangers": ("E",)},
        # Without a comma, it would be three columns, and the names in the one that is meant were not looked at.
        {"people": ("E",), "columns": "who"},
    ],
)
def test_a_cast_that_no_step_could_name_is_refused(names):
    with pytest.raises(ValueError, match="allowed"):
        Cast(**names)
