import time
from typing import Any, ClassVar

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


class Browser:
    """One browser of many: `opened` are all."""

    opened: ClassVar[list[Any]] = []

    def open(self) -> Any:
        self.opened.append(Browser())
        return self.opened[-1]

    def enter(self, base_url: str, cookies: dict[str, str]) -> None:
        self.entered = (base_url, cookies)


@pytest.fixture
def actors(monkeypatch) -> Actors:
    monkeypatch.setattr(Browser, "opened", [])
    return Actors(Browser(), SITE, "sharing.12", address_of=address_of, cast=CAST)


def test_whoever_is_named_joins_and_has_an_address_and_in_time_a_browser(actors):
    edith = actors["Edith"]
    assert edith.email == "edith+run.1@example.com"
    assert edith is actors["Edith"]
    assert (edith.has_browser, Browser.opened) == (False, [])
    everyone = [actors[who].browser for who in ("Onesiphorus", "Edith", "Boris", "Edith")]
    assert Browser.opened == everyone[:3]
    assert everyone[3] is everyone[1] is edith.browser
    assert [actor.name for actor in actors] == ["Edith", "Onesiphorus", "Boris"]
    assert edith.browser.entered == (SITE, {"scenario": "sharing.12"})


def test_a_name_that_no_step_checks_is_refused_with_the_nearest_one(actors):
    with pytest.raises(UnknownPersonError, match="nobody in the cast is called 'Edihs'; the nearest name is 'Edith'"):
        actors["Edihs"]
    anybody = Actors(Browser(), SITE, "sharing.12", address_of=address_of, cast=None)
    assert anybody["Edihs"].name == "Edihs"


class Mailbox:
    def __init__(self, body: str = f"Use this link to log in:\n\n{LINK}\n") -> None:
        self.body = body

    def now(self) -> float:
        return 123.0

    def wait_for(self, to: str, subject: str, after: float, *, site: str = "") -> Message:
        self.asked = (to, subject, after, site)
        return Message(to, subject, self.body, time.time(), links=(LINK,))


def test_the_link_is_in_a_mail_to_her_that_came_after_she_asked(actors):
    mailbox: Any = Mailbox()
    before, edith = time.time(), actors["Edith"]
    # Before she asks in this scenario: the mail of an earlier one is not read.
    assert edith.mailed_link(mailbox, SUBJECT) == LINK
    assert mailbox.asked[2] >= before
    edith.notes_the_time(mailbox)
    edith.mailed_link(mailbox, SUBJECT)
    assert mailbox.asked == ("edith+run.1@example.com", SUBJECT, 123.0, SITE)


@pytest.mark.parametrize("body", ["", "Hello", f"Link: {LINK} here", f"{LINK}\n\nBye!"])
def test_a_link_that_does_not_stand_alone_on_the_last_line_is_no_good(actors, body):
    mailbox: Any = Mailbox(body)
    with pytest.raises(AssertionError, match="The last line of the mail is not the link alone"):
        actors["Edith"].mailed_link(mailbox, SUBJECT)
