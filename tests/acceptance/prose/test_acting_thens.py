"""A Then that sends a form or presses a button is named, by whichever way it does so."""

from types import SimpleNamespace

import pytest

from acceptance.page import Page
from acceptance.prose.acting_thens import acting_methods, acting_thens
from acceptance.prose.step_catalogue import Definition


class SomePage(Page):
    def leave_it(self):
        self.click("#id_leave")

    def leave_and_wait(self):
        self.leave_it()
        self.wait_for("#id_gone", "the end")


def looks(page):
    return page.wait_for("#id_gone", "the end")


def leaves(page):
    # In a circle, as well.
    leaves_again(page)
    page.leave_and_wait()


def leaves_again(page):
    leaves(page)


def presses(page):
    page.browser.click("#id_leave")


def test_a_method_acts_that_calls_one_which_does():
    assert {"submit", "click", "leave_it", "leave_and_wait"} <= acting_methods(SomePage)
    assert not {"wait_for", "loaded", "eventually", "unseen_tab_stops"} & acting_methods(Page)


@pytest.mark.parametrize(
    ("function", "named"),
    [(looks, ""), (leaves, "leave_and_wait"), (leaves_again, "leave_and_wait"), (presses, "click")],
)
@pytest.mark.parametrize("kind", ["then", "step", "when"])
def test_a_then_that_acts_is_named_with_its_place(kind, function, named):
    location = SimpleNamespace(filename="x_steps.py", line=1)
    definition = Definition(kind, SimpleNamespace(pattern="it is so", func=function, location=location))
    if kind == "step":
        definition.uses.append(SimpleNamespace(step_type="then", name="it is so"))
    found = list(acting_thens([definition]))
    assert len(found) == (bool(named) and kind != "when"), found
    assert not found or found[0].startswith(
        f"x_steps.py:1: a Then looks, and changes nothing; this one calls {named}: "
    )
