import time
from typing import Any
from unittest.mock import Mock

import pytest

from acceptance.actors import Actors, UnknownPersonError
from acceptance.mailboxes.message import Message
from acceptance.page import Page
from acceptance.project import Cast
from acceptance.waiting import NotSeenError

SITE = "http://localhost:1"
SUBJECT = "Your link"
LINK = f"{SITE}/accounts/login/abc/"
CAST = Cast(people=("Edith", "Onesiphorus"), strangers=("Boris",))


def address_of(name: str) -> str:
    return f"{name.lower()}+run.1@example.com"


@pytest.fixture
def browsers() -> Mock:
    return Mock(open=Mock(side_effect=[Mock(name="first"), Mock(name="second"), Mock(name="third")]))


@pytest.fixture
def actors(browsers: Mock) -> Actors:
    return Actors(browsers, SITE, "sharing.12", address_of=address_of, cast=CAST)


def test_whoever_is_named_joins_and_has_an_address_and_in_time_a_browser(actors, browsers):
    edith = actors["Edith"]
    assert edith is actors["Edith"]
    assert (edith.email, edith.has_browser) == ("edith+run.1@example.com", False)
    everyone = [actors[who].browser for who in ("Onesiphorus", "Edith", "Boris", "Edith")]
    assert browsers.open.call_count == len({id(browser) for browser in everyone}) == 3
    assert everyone[3] is everyone[1] is edith.browser
    assert [actor.name for actor in actors] == ["Edith", "Onesiphorus", "Boris"]
    edith.browser.enter.assert_called_once_with(SITE, {"scenario": "sharing.12"})


def test_a_name_that_no_step_checks_is_refused_with_the_nearest_one(actors, browsers):
    with pytest.raises(UnknownPersonError, match="nobody in the cast is called 'Edihs'; the nearest name is 'Edith'"):
        actors["Edihs"]
    anybody = Actors(browsers, SITE, "sharing.12", address_of=address_of, cast=None)
    assert anybody["Edihs"].name == "Edihs"


class AnyPage(Page):
    NAME, PATH, LOADED = "any page", "/", "body"


def test_the_first_page_that_somebody_sees_has_to_show_what_was_to_be_so(actors):
    edith = actors["Edith"]
    edith.first_look = Mock(side_effect=NotSeenError("Edith logged in"))
    with pytest.raises(NotSeenError, match="Edith logged in"):
        AnyPage.visited_by(edith)
    AnyPage.seen_by(edith)


def mailbox_with(body: str) -> Any:
    mail = Message(address_of("Edith"), SUBJECT, body, time.time(), links=(LINK,))
    return Mock(now=Mock(return_value=123.0), wait_for=Mock(return_value=mail))


def test_the_link_is_in_a_mail_to_her_that_came_after_she_asked(actors):
    mailbox = mailbox_with(f"Use this link to log in:\n\n{LINK}\n")
    before, edith = time.time(), actors["Edith"]
    # Before she asks in this scenario: the mail of an earlier one is not read.
    assert edith.mailed_link(mailbox, SUBJECT) == LINK
    assert mailbox.wait_for.call_args.args[2] >= before
    edith.notes_the_time(mailbox)
    edith.mailed_link(mailbox, SUBJECT)
    mailbox.wait_for.assert_called_with("edith+run.1@example.com", SUBJECT, 123.0, site=SITE)


@pytest.mark.parametrize("body", ["", "Hello", f"Link: {LINK} here", f"{LINK}\n\nBye!"])
def test_a_link_that_does_not_stand_alone_on_the_last_line_is_no_good(actors, body):
    with pytest.raises(AssertionError, match="The last line of the mail is not the link alone"):
        actors["Edith"].mailed_link(mailbox_with(body), SUBJECT)
