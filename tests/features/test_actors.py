import time
from typing import Any

import pytest

from features.actors import Actors, person
from features.mailboxes.base import Message


class StageBrowser:
    def __init__(self) -> None:
        self.entered: tuple[str, dict[str, str], bool] | None = None

    def enter(self, base_url: str, cookies: dict[str, str], *, looks_only: bool = False) -> None:
        self.entered = (base_url, cookies, looks_only)


class StageBrowsers:
    def __init__(self) -> None:
        self.opened: list[StageBrowser] = []

    def open(self) -> Any:
        self.opened.append(StageBrowser())
        return self.opened[-1]


@pytest.fixture
def browsers() -> StageBrowsers:
    return StageBrowsers()


@pytest.fixture
def actors(browsers: StageBrowsers) -> Actors:
    return Actors(browsers, "http://localhost:1", "sharing.12")


def test_whoever_is_named_joins_with_an_address(actors):
    assert actors["Edith"].email == "edith@example.com"
    assert actors["Edith"] is actors["Edith"]
    assert [actor.name for actor in actors] == ["Edith"]


def test_a_browser_is_opened_only_when_it_is_needed(actors, browsers):
    edith = actors["Edith"]
    assert not edith.has_browser
    assert browsers.opened == []
    assert edith.browser is edith.browser
    assert edith.has_browser
    assert browsers.opened == [edith.browser]


def test_each_person_has_a_browser_of_their_own(actors, browsers):
    everyone = [actors[who].browser for who in ("Onesiphorus", "Edith", "Boris", "Edith")]
    assert browsers.opened == [everyone[0], everyone[1], everyone[2]]
    assert everyone[3] is everyone[1]


def test_every_browser_carries_the_scenario(actors):
    assert actors["Edith"].browser.entered == ("http://localhost:1", {"scenario": "sharing.12"}, False)


class StageMailbox:
    def __init__(self, body: str) -> None:
        self.body = body
        self.asked: tuple[str, str, float] | None = None

    def wait_for(self, to: str, subject: str, after: float) -> Message:
        self.asked = (to, subject, after)
        return Message(to, subject, self.body, time.time())


def test_the_link_stands_alone_on_the_last_line_of_a_newer_mail(actors):
    mailbox = StageMailbox("Use this link to log in:\n\nhttps://lists.example.com/accounts/login/abc/\n")
    before = time.time()
    actors["Edith"].notes_the_time()
    assert actors["Edith"].mailed_login_link(mailbox) == "https://lists.example.com/accounts/login/abc/"
    assert mailbox.asked is not None
    assert mailbox.asked[:2] == ("edith@example.com", "Your login link for Superlists")
    assert mailbox.asked[2] >= before


def test_the_mail_of_an_earlier_scenario_is_not_read(actors):
    mailbox = StageMailbox("https://lists.example.com/accounts/login/abc/")
    before = time.time()
    actors["Edith"].mailed_login_link(mailbox)
    assert mailbox.asked is not None
    assert mailbox.asked[2] >= before


@pytest.mark.parametrize("body", ["", "Hello", "/accounts/login/abc/", "Link: https://lists.example.com/ here"])
def test_a_mail_without_a_link_is_said_to_have_none(actors, body):
    with pytest.raises(AssertionError, match="not an absolute link"):
        actors["Edith"].mailed_login_link(StageMailbox(body))


def test_a_person_in_a_step_is_a_name():
    assert person("Edith") == "Edith"
    assert person.pattern == r"[A-Z]\w+"  # type: ignore[attr-defined]
