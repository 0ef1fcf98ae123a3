"""What is kept of a step, and when; whole runs show what it looks like, and that no secret is in it."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from behave.model import Scenario, Step

from acceptance import evidence

GONE = ConnectionRefusedError("the browser is gone")


def browser() -> Mock:
    return Mock(**{"address.return_value": "/lists/1/", "source.return_value": "<h1>To-Do</h1>",
                   "screenshot.return_value": b"PNG", "console.return_value": ["SEVERE oh dear"]})  # fmt: skip


def leave(browser: Mock) -> None:
    """Have each look at the browser fail, as after its end."""
    for look in (browser.address, browser.source, browser.screenshot, browser.console):
        look.side_effect = GONE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "local" / "a-feature" / "a-scenario"


@pytest.fixture
def people() -> Any:
    browsers = {"Edith": browser(), "Boris": None, "Francis": browser()}
    return [SimpleNamespace(name=name, browser=it, has_browser=it is not None) for name, it in browsers.items()]


def step(kind: str) -> Any:
    return SimpleNamespace(step_type=kind)


def kept(folder: Path, people: Any, when: str, log: Callable[[], str] = str) -> evidence.Evidence:
    return evidence.Evidence(folder, when, actors=people, log=log, since=0)


def test_every_screen_is_kept_after_a_when_and_a_then_where_that_is_wanted(folder, people):
    always = kept(folder, people, "always")
    for kind in ("given", "when", "then"):
        always.of_success(step(kind))
    names = {path.name for path in folder.iterdir()}
    assert names == {"02-edith.png", "02-francis.png", "03-edith.png", "03-francis.png"}


def test_nothing_is_kept_otherwise_of_what_goes_well_and_never_where_that_is_not_wanted(folder, people):
    for wanted in ("on-failure", "never"):
        kept(folder, people, wanted).of_success(step("then"))
    failed = step("then")
    kept(folder, people, "never", lambda: "oh dear").of_failure(failed)
    assert "oh dear" in failed.evidence
    assert not folder.exists()


def test_of_a_site_and_a_browser_that_are_gone_it_is_said_and_the_rest_is_kept(folder, people):
    leave(people[0].browser)
    failed = step("then")
    kept(folder, people, "on-failure", lambda: str(1 // 0)).of_failure(failed)
    assert "not available: integer division" in failed.evidence
    for name in ("edith.url", "edith.html", "edith.png.txt"):
        assert (folder / name).read_text() == "not available: the browser is gone"
    assert (folder / "francis.html").read_text() == "<h1>To-Do</h1>"
    assert (folder / "console.log").read_text() == "SEVERE oh dear"


def test_the_console_that_all_share_is_read_once_for_that_empties_it(folder, people):
    kept(folder, people, "on-failure").of_failure(step("then"))
    assert sum(person.browser.console.call_count for person in people if person.browser) == 1


def test_a_hook_that_fails_after_a_step_takes_nothing_away_of_what_was_kept_of_that(folder, people):
    scenario = Scenario("x.feature", 1, "Scenario", "s", steps=[Step("x.feature", 2, "Then", "then", "y")])
    evidence_kept = kept(folder, people, "on-failure")
    evidence_kept.of_failure(scenario.steps[0])
    # As the browsers are ended before the next scenario.
    leave(people[0].browser)
    evidence_kept.of_failure(scenario)
    assert (folder / "edith.html").read_text() == "<h1>To-Do</h1>"
    assert scenario.evidence == scenario.steps[0].evidence
