from unittest.mock import Mock

import pytest
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException, WebDriverException

from acceptance import waiting
from acceptance.waiting import NotReadyError, NotSeenError, eventually


@pytest.fixture(autouse=True)
def _short_limit(monkeypatch):
    monkeypatch.setattr(waiting, "limit_s", 0.1)


def test_what_comes_later_is_waited_for_until_it_is_as_it_should_be():
    sights = iter([[], [], ["Buy milk"]])
    assert eventually(lambda: next(sights), what="milk", within_s=60) == ["Buy milk"]
    numbers = iter([1, 2, 3])
    assert eventually(lambda: next(numbers), lambda seen: seen == 3, what="three", within_s=60) == 3


def test_what_does_not_come_fails_with_what_was_seen_last():
    with pytest.raises(NotSeenError, match=r"^Waited 0\.1 s for milk\. Last seen: \['Buy feathers'\]$"):
        eventually(lambda: ["Buy feathers"], lambda seen: "Buy milk" in seen, what="milk")


@pytest.mark.parametrize(("more", "quoted"), [("", r"\[redacted\]/'"), ("x" * 300, r"\[redacted\]'… \(340 letters\)")])
def test_a_failure_tells_no_login_token(more, quoted):
    seen = {"path": f"/accounts/login/ryDNivClcpi-bcIohJ1RJ6Z/{more}"}
    with pytest.raises(NotSeenError, match=f"'/accounts/login/{quoted}"):
        eventually(lambda: seen, lambda _: False, what="the home page")


@pytest.mark.parametrize("absent", [NoSuchElementException, StaleElementReferenceException])
def test_an_element_that_is_not_there_yet_is_looked_for_again(absent):
    look = Mock(side_effect=[absent("gone"), "here"])
    assert eventually(look, what="an element", within_s=60) == "here"


@pytest.mark.parametrize(
    ("absent", "message"),
    [
        (NoSuchElementException("#id_text"), r"Last seen: no element \(#id_text\)"),
        (NotReadyError("the page is still loading"), r"Last seen: the page is still loading$"),
    ],
)
def test_what_never_comes_is_a_failure_that_says_what_was_seen_last(absent, message):
    # Behave counts an AssertionError as a failure, and not as an error.
    with pytest.raises(AssertionError, match=message):
        eventually(Mock(side_effect=absent), what="the box")


def test_another_error_is_not_waited_out():
    with pytest.raises(WebDriverException):
        eventually(Mock(side_effect=WebDriverException("tab crashed")), what="the box")


def test_there_is_one_last_look_when_time_is_up(monkeypatch):
    moments = iter([0.0, 99.0])
    monkeypatch.setattr("acceptance.waiting.time.monotonic", lambda: next(moments))
    assert eventually(lambda: "here", what="an element") == "here"


def test_the_limit_is_set_for_the_whole_run():
    waiting.set_limit(0.2)
    assert waiting.limit() == 0.2
    with pytest.raises(NotSeenError, match=r"Waited 0\.2 s"):
        eventually(lambda: False, what="godot")
