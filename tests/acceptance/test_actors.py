import time
from typing import Any

import pytest

from acceptance.actors import Actors, UnknownPersonError
from acceptance.mailboxes.message import Message
from acceptance.project import Cast

SITE = "http://localhost:1"
SUBJECT = "Your link"
LINK = f"{SITE}/accounts/login/abc/"
CAST = Cast(people=("Edith", "Onesiphorus"), strangers=("Boris",))


def address_of(name: str) -> str:
    return f"{name.lower()}+run.1@example.com"


class StageBrowser:
    def __init__(self) -> None:
        self.entered: tuple[str, dict[str, str]] | None = None

    def enter(self, base_url: str, cookies: dict[str, str]) -> None:
        self.entered = (base_url, cookies)


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
    return Actors(browsers, SITE, "sharing.12", address_of=address_of, cast=CAST)


def test_whoever_is_named_joins_and_has_an_address_and_in_time_a_browser(actors, browsers):
    edith = actors["Edith"]
    assert edith.email == "edith+run.1@example.com"
    assert edith is actors["Edith"]
    assert (edith.has_browser, browsers.opened) == (False, [])
    everyone = [actors[who].browser for who in ("Onesiphorus", "Edith", "Boris", "Edith")]
    assert browsers.opened == everyone[:3]
    assert everyone[3] is everyone[1] is edith.browser
    assert [actor.name for actor in actors] == ["Edith", "Onesiphorus", "Boris"]
    assert edith.browser.entered == (SITE, {"scenario": "sharing.12"})


def test_a_name_that_no_step_checks_is_refused_with_the_nearest_one(actors):
    with pytest.raises(UnknownPersonError, match="nobody in the cast is called 'Edihs'; the nearest name is 'Edith'"):
        actors["Edihs"]
    anybody = Actors(StageBrowsers(), SITE, "sharing.12", address_of=address_of, cast=None)
    assert anybody["Edihs"].name == "Edihs"


class StageMailbox:
    def __init__(self, body: str = f"Use this link to log in:\n\n{LINK}\n", *links: str) -> None:
        self.body, self.links = body, links or (LINK,)
        self.asked: tuple[str, str, float, str] | None = None

    def now(self) -> float:
        return 123.0

    def wait_for(self, to: str, subject: str, after: float, *, site: str = "") -> Message:
        self.asked = (to, subject, after, site)
        return Message(to, subject, self.body, time.time(), links=self.links)


def test_the_link_is_in_a_mail_to_her_that_came_after_she_asked(actors):
    mailbox: Any = StageMailbox()
    actors["Edith"].notes_the_time(mailbox)
    assert actors["Edith"].mailed_link(mailbox, SUBJECT) == LINK
    assert mailbox.asked == ("edith+run.1@example.com", SUBJECT, 123.0, SITE)


def test_the_mail_of_an_earlier_scenario_is_not_read(actors):
    mailbox: Any = StageMailbox()
    before = time.time()
    actors["Edith"].mailed_link(mailbox, SUBJECT)
    assert mailbox.asked
    assert mailbox.asked[2] >= before


@pytest.mark.parametrize("body", ["", "Hello", f"Link: {LINK} here", f"{LINK}\n\nBye!"])
def test_a_link_that_does_not_stand_alone_on_the_last_line_is_no_good(actors, body):
    mailbox: Any = StageMailbox(body)
    with pytest.raises(AssertionError, match="The last line of the mail is not the link alone"):
        actors["Edith"].mailed_link(mailbox, SUBJECT)
