from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from behave.model import Scenario, Step
from selenium.common.exceptions import WebDriverException

from acceptance import evidence
from acceptance.waiting import NotSeenError

TOKEN = "ryDNivClcpi-bcIohJ1RJ6Z-NFXk64hzBWh5GJ7AQOc"


class OpenBrowser:
    def address(self) -> str:
        return f"http://localhost:1/accounts/login/{TOKEN}/"

    def source(self) -> str:
        return f'<input name="csrfmiddlewaretoken" value="s3cret"><a href="/accounts/login/{TOKEN}/">'

    def screenshot(self) -> bytes:
        return b"\x89PNG"

    def console(self, since: float) -> list[str]:
        return [f"SEVERE since {since:g}: /accounts/login/{TOKEN}/ - 500"]


class BadBrowser:
    """Each piece fails in a way of its own; nobody asks for the console of a page that does not answer."""

    def address(self) -> str:
        raise WebDriverException(f"no such window: /accounts/login/{TOKEN}/")

    def source(self) -> str:
        raise NotSeenError("the page is still loading")

    def screenshot(self) -> bytes:
        raise ConnectionRefusedError("the browser is gone")


class Person:
    def __init__(self, name: str, browser: Any = None) -> None:
        self.name = name
        self.browser = browser
        self.has_browser = browser is not None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "local" / "a-feature" / "a-scenario"


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def kept(folder: Path, people: Any, when: str, log: Callable[[], str] = str) -> evidence.Evidence:
    return evidence.Evidence(folder, when, actors=people, log=log, since=0)


def failure_of(folder: Path, people: Any, log: str = "", when: str = "on-failure") -> str:
    """Return what a step that fails carries."""
    failed = step("then")
    kept(folder, people, when, lambda: log).of_failure(failed)
    return str(failed.evidence)


def test_the_console_is_read_once_for_it_is_emptied_by_that(folder):
    class Emptied(OpenBrowser):
        said: ClassVar = ["SEVERE oh dear"]

        def console(self, since: float) -> list[str]:
            return [self.said.pop()] if self.said else []

    failure_of(folder, [Person("Edith", Emptied()), Person("Francis", Emptied())])
    assert (folder / "console.log").read_text() == "SEVERE oh dear"


def test_no_token_is_kept_or_printed(folder):
    people = [Person("Edith", OpenBrowser()), Person("Boris", BadBrowser())]
    printed = failure_of(folder, people, f"GET /accounts/login/{TOKEN}/")
    texts = "".join(path.read_text() for path in folder.iterdir() if path.suffix != ".png") + printed
    assert TOKEN not in texts
    assert "s3cret" not in texts
    assert "/accounts/login/[redacted]/" in (folder / "edith.url").read_text()


@pytest.fixture
def people() -> Any:
    return [Person("Edith", OpenBrowser()), Person("Boris"), Person("Francis", OpenBrowser())]


def step(kind: str) -> Any:
    return SimpleNamespace(step_type=kind)


def test_every_screen_is_kept_after_a_when_and_a_then_where_that_is_wanted(folder, people):
    always = kept(folder, people, "always")
    for kind in ("given", "when", "then"):
        always.of_success(step(kind))
    assert files(folder) == {"02-edith.png", "02-francis.png", "03-edith.png", "03-francis.png"}
    assert "edith.html" in failure_of(folder, people)


def test_nothing_is_kept_otherwise_of_what_goes_well_and_never_where_that_is_not_wanted(folder, people):
    for wanted in ("on-failure", "never"):
        kept(folder, people, wanted).of_success(step("then"))
    assert "oh dear" in failure_of(folder, people, "oh dear", "never")
    assert not folder.exists()


def test_what_a_site_that_is_gone_logged_is_said_to_be_missing_and_the_rest_is_kept(folder, people):
    failed = step("then")
    kept(folder, people, "on-failure", lambda: str(1 // 0)).of_failure(failed)
    assert "not available" in failed.evidence
    assert {"site.log", "edith.png"} <= files(folder)


def test_a_hook_that_fails_after_a_step_takes_nothing_away_of_what_was_kept_of_that(folder):
    scenario = Scenario("x.feature", 1, "Scenario", "s", steps=[Step("x.feature", 2, "Then", "then", "y")])
    edith = Person("Edith", OpenBrowser())
    evidence_kept = kept(folder, [edith], "on-failure")
    evidence_kept.of_failure(scenario.steps[0])
    # As the browsers are ended before the next scenario.
    edith.browser = BadBrowser()
    evidence_kept.of_failure(scenario)
    assert "csrfmiddlewaretoken" in (folder / "edith.html").read_text()
    assert scenario.evidence == scenario.steps[0].evidence


def test_an_id_is_plain_and_short():
    assert evidence.scenario_id("features/sharing.feature", 12) == "sharing.12"
    assert evidence.scenario_id("features/é à.feature", 3) == "---.3"
    assert len(evidence.scenario_id("x" * 300, 12345)) <= 64
