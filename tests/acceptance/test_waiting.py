import time

import pytest
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException, WebDriverException

from acceptance import waiting
from acceptance.waiting import NotReadyError, NotSeenError, eventually


@pytest.fixture(autouse=True)
def _short_limit(monkeypatch):
    monkeypatch.setattr(waiting, "limit_s", 0.1)


def test_what_is_there_already_is_returned_at_once():
    began = time.monotonic()
    assert eventually(lambda: ["Buy milk"], what="milk") == ["Buy milk"]
    assert time.monotonic() - began < waiting.POLL_S


def test_what_comes_later_is_waited_for():
    sights = iter([[], [], ["Buy milk"]])
    assert eventually(lambda: next(sights), what="milk") == ["Buy milk"]


def test_a_condition_decides():
    sights = iter([1, 2, 3])
    assert eventually(lambda: next(sights), lambda seen: seen == 3, what="three") == 3


def test_what_does_not_come_fails_with_what_was_seen_last():
    with pytest.raises(NotSeenError, match=r"^Waited 0\.1 s for milk\. Last seen: \['Buy feathers'\]$"):
        eventually(lambda: ["Buy feathers"], lambda seen: "Buy milk" in seen, what="milk")


def test_a_failure_tells_no_login_token():
    seen = {"path": "/accounts/login/ryDNivClcpi-bcIohJ1RJ6Z/"}
    with pytest.raises(NotSeenError, match=r"'/accounts/login/\[redacted\]/'"):
        eventually(lambda: seen, lambda _: False, what="the home page")


def test_a_failure_is_an_assertion_so_that_behave_counts_it_as_failed():
    assert issubclass(NotSeenError, AssertionError)


@pytest.mark.parametrize("absent", [NoSuchElementException, StaleElementReferenceException])
def test_an_element_that_is_not_there_yet_is_looked_for_again(absent):
    absences = iter([absent("gone")])

    def look() -> str:
        for absence in absences:
            raise absence
        return "here"

    assert eventually(look, what="an element") == "here"


def test_an_element_that_never_comes_is_what_was_seen_last():
    def look() -> str:
        raise NoSuchElementException("#id_text")

    with pytest.raises(NotSeenError, match=r"Last seen: no element \(#id_text\)"):
        eventually(look, what="the box")


def test_a_page_that_is_being_replaced_is_looked_at_again():
    def look() -> str:
        raise NotReadyError("the page is still loading")

    with pytest.raises(NotSeenError, match=r"Last seen: the page is still loading$"):
        eventually(look, what="the box")


def test_another_error_is_not_waited_out():
    def look() -> str:
        raise WebDriverException("tab crashed")

    with pytest.raises(WebDriverException):
        eventually(look, what="the box")


def test_there_is_one_last_look_when_time_is_up(monkeypatch):
    moments = iter([0.0, 99.0])
    monkeypatch.setattr("acceptance.waiting.time.monotonic", lambda: next(moments))
    assert eventually(lambda: "here", what="an element") == "here"


def test_the_limit_is_set_for_the_whole_run():
    waiting.set_limit(0.2)
    assert waiting.limit() == 0.2
    with pytest.raises(NotSeenError, match=r"Waited 0\.2 s"):
        eventually(lambda: False, what="godot")
