"""A Then that would pass on an error page is named."""

import ast
from types import SimpleNamespace

import pytest

from acceptance.prose.step_catalogue import Definition
from acceptance.prose.unanchored_thens import denies, unanchored_thens

SEES = "page = SomePage.seen_by(context.actors[who])"
OPENS = "page = SomePage(context.actors[who].browser)"
ASSERTS = "assert page.items == ['milk']"
# Two helpers that call each other in a circle, as well.
HELPERS = f"""
def opened(context, who):
    {SEES}
    closed(context, who)
    return page

def closed(context, who):
    opened(context, who)
"""


@pytest.mark.parametrize(
    ("wording", "body", "named"),
    [
        ("{who:Person} is here", [SEES, ASSERTS], False),
        ("{who:Person} is here", [OPENS, ASSERTS, SEES], True),
        ("{who:Person} is here", ["assert SomePage.visited_by(context.actors[who]).items == ['milk']"], False),
        ("{who:Person} is here", ["page = closed(context, who)", ASSERTS], False),
        ("{who:Person} is here", ["page = unknown(context, who)", ASSERTS], True),
        ("{who:Person} has mail", ["context.actors[who].mailed_link(mailbox, subject)"], False),
        ("all is well", ["assert health()['healthy']"], False),
        ("all is well", ["assert not health()['problems']"], True),
        ("all is well", ["health()"], True),
    ],
)
def test_a_then_is_anchored_before_it_asserts(tmp_path, wording, body, named):
    file = tmp_path / "x_steps.py"
    file.write_text("\n    ".join(["def step(context, who):", *body]) + f"\n{HELPERS}")
    location = SimpleNamespace(filename=str(file), line=1)
    matcher = SimpleNamespace(pattern=wording, func=SimpleNamespace(__name__="step"), location=location)
    found = list(unanchored_thens([Definition("then", matcher), Definition("when", matcher)]))
    assert len(found) == named
    assert all(one.startswith(f"{file}:1: this Then would pass on an error page; ") for one in found)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        *((test, True) for test in ("not a", "a and not b", "a not in b", "a != b", "a == []", "'' == a", "a <= 0")),
        *((test, True) for test in ("a is None", "set() == a", "len(a) == 0", "a is False")),
        *((test, False) for test in ("a", "a in b", "a == b", "a == ['b']", "a is not None", "a > 0", "len(a) == 2")),
    ],
)
def test_what_holds_of_nothing_is_a_denial(test, expected):
    (assertion,) = ast.parse(f"assert {test}").body
    assert isinstance(assertion, ast.Assert)
    assert denies(assertion) == expected
