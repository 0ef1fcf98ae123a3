"""What pages, evidence and hooks rely on, whichever browser it is."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import NoSuchElementException, WebDriverException
from selenium.webdriver.common.keys import Keys

from acceptance.browsers.base import BROWSER_GONE, Browser, Browsers
from acceptance.waiting import eventually
from tests.browsers.conftest import entered
from tests.browsers.little_site import NEVER, LittleSite

PNG = b"\x89PNG"
LEAVE = """
document.cookie = 'left=1';
localStorage.left = sessionStorage.left = '1';
indexedDB.open('left').onsuccess = () => caches.open('left').then(() => arguments[0](true));
"""
TRACES = """
Promise.all([indexedDB.databases(), caches.keys()]).then(([databases, caches]) => arguments[0](
  [document.cookie, localStorage.length, sessionStorage.length, databases.length, caches.length]))
"""
NO_TRACES = ["", 0, 0, 0, 0]
# Chromium looks for what is under the mouse a moment after it has shown a page.
HOVERED_SOON = "setTimeout(() => arguments[0](document.querySelectorAll(':hover').length), 300)"
LED_ELSEWHERE = """
const [done] = arguments, other = open('/opened');
other.onload = () => {
  other.eval("addEventListener('pagehide', () => { opener.location = '/there?late' })");
  done(true);
};
"""
NAME_MOUSE_AND_HISTORY = "return [name, document.querySelectorAll(':hover').length, history.length <= 2]"


def is_at(browser: Browser, path: str) -> None:
    eventually(lambda: browser.path, lambda seen: seen == path, what=path)


def test_what_is_typed_and_sent_arrives(edith: Browser, site: LittleSite):
    edith.fill("#text", "old")
    edith.fill("#text", "Köp 🦚 & more")
    edith.press("!", "#text")
    assert edith.read("return document.querySelector('#text').value") == "Köp 🦚 & more!"
    edith.press(Keys.ENTER, "#text")
    is_at(edith, "/there?text=K%C3%B6p+%F0%9F%A6%9A+%26+more%21&mail=")
    assert (edith.title, edith.texts("h1")) == ("There", ["There"])
    edith.back()
    is_at(edith, "/")


def test_a_text_is_entered_with_the_events_of_real_input(edith: Browser):
    edith.run("document.addEventListener('input', e => { document.title += ` ${e.target.id}` }); document.title = ''")
    edith.fill("#mail", "edith@example.com")
    assert edith.title == "mail"


def test_keys_go_to_the_page_in_whichever_window_and_after_its_last_stop(
    edith: Browser, browsers: Browsers, site: LittleSite
):
    francis = entered(browsers, site)
    francis.open("/there")
    for browser in (edith, francis, edith):
        browser.press(Keys.TAB * 10)
        browser.open("/")
        browser.press(Keys.TAB)
        assert browser.run("return [document.hasFocus(), document.activeElement.id]") == [True, "text"]


def test_a_window_keeps_time_while_another_has_the_keyboard(edith: Browser, browsers: Browsers, site: LittleSite):
    francis = entered(browsers, site)
    francis.open("/")
    francis.press(Keys.TAB)
    # Where a timer in the background is held for a second, this is longer than a script may take.
    again = "const again = n => n ? setTimeout(again, 1, n - 1) : arguments[0](true); again(15)"
    assert edith.run_async(again) is True


def test_the_one_that_is_meant_is_pressed_wherever_it_is(edith: Browser):
    edith.click("#far")
    assert edith.title == "Pressed"
    edith.click("a", 1)
    is_at(edith, "/there?second")


@pytest.mark.parametrize("css", ["#covered", "#hidden"])
def test_nobody_presses_what_nobody_could(edith: Browser, css: str):
    with pytest.raises(WebDriverException):
        edith.click(css)


def test_what_is_not_there_is_told(edith: Browser):
    for act in (edith.click, lambda css: edith.press("x", css), lambda css: edith.fill(css, "x")):
        with pytest.raises(NoSuchElementException):
            act("#nowhere")
    with pytest.raises(NoSuchElementException):
        edith.click("a", 2)
    assert not edith.exists("#nowhere")


def test_a_script_that_fails_is_told(edith: Browser):
    with pytest.raises(WebDriverException, match="Oh dear"):
        edith.read("throw new Error('Oh dear')")


def test_cookies_are_there_with_the_first_request_and_alone(browsers: Browsers, site: LittleSite):
    edith, francis = entered(browsers, site, who="edith"), entered(browsers, site, who="francis")
    site.requests.clear()
    edith.open("/first")
    francis.open("/second")
    assert site.requests == [("/first", "who=edith"), ("/second", "who=francis")]
    assert (edith.cookie("who"), edith.cookie("other")) == ("edith", None)
    edith.set_cookie("other", "1")
    edith.enter(site.url, {"third": "3"})
    edith.open("/third")
    assert site.requests[-1] == ("/third", "third=3")
    browsers.clean()


def test_nobody_finds_what_another_left_and_nothing_outlives_a_scenario(browsers: Browsers, site: LittleSite):
    edith, francis = entered(browsers, site), entered(browsers, site)
    for browser in (edith, francis):
        browser.open("/")
    size = edith.run("return [innerWidth, innerHeight]")
    edith.resize(600, 500)
    eventually(lambda: edith.run("return innerWidth"), lambda width: width <= 600, what="a small window")
    assert edith.run_async(LEAVE) is True
    assert edith.run_async(TRACES) != NO_TRACES
    assert francis.run_async(TRACES) == NO_TRACES
    edith.click("#far")
    edith.run("name = 'left'; open('/opened'); setInterval(() => { document.cookie = 'left=late' }, 1)")
    for _ in range(2):
        browsers.clean()
        for browser in (entered(browsers, site), entered(browsers, site)):
            browser.open("/")
            assert browser.run_async(TRACES) == NO_TRACES
            assert browser.run("return [innerWidth, innerHeight]") == size
            assert browser.run(NAME_MOUSE_AND_HISTORY) == ["", 0, True]
    browsers.clean()


def test_whoever_never_moved_a_mouse_hovers_over_nothing(browsers: Browsers, site: LittleSite):
    for _ in range(2):
        for browser in (entered(browsers, site), entered(browsers, site)):
            browser.open("/")
            assert browser.run_async(HOVERED_SOON) == 0
        browsers.clean()


def test_a_window_that_ends_leads_the_one_that_opened_it_nowhere(browsers: Browsers, site: LittleSite):
    edith = entered(browsers, site)
    edith.open("/")
    edith.run_async(LED_ELSEWHERE)
    browsers.clean()
    assert "late" not in entered(browsers, site).address()


def test_evidence_is_there_of_each_window(edith: Browser, browsers: Browsers, site: LittleSite):
    since = time.time()
    francis = entered(browsers, site)
    francis.open("/there?francis")
    edith.run("console.error('Oh dear')")
    assert edith.screenshot().startswith(PNG)
    assert francis.screenshot() != edith.screenshot()
    assert (edith.address(), francis.address()) == (f"{site.url}/", f"{site.url}/there?francis")
    assert ("A form" in edith.source(), "<h1>There</h1>" in francis.source()) == (True, True)
    (said,) = eventually(lambda: [line for line in edith.console(since) if "Oh dear" in line], what="the console")
    assert "ERROR" in said.upper() or "SEVERE" in said
    assert [line for line in edith.console(time.time() + 60) if "Oh dear" in line] == []


@pytest.mark.parametrize(
    "trouble", ["while (true) {}", "alert('Oh dear')", "addEventListener('beforeunload', e => e.preventDefault())"]
)
def test_a_page_that_does_not_let_go_is_told_and_costs_the_next_one_nothing(
    browsers: Browsers, site: LittleSite, trouble: str, capfd
):
    edith = entered(browsers, site)
    edith.open("/")
    edith.run(f"setTimeout(() => {{ {trouble} }})")
    if "beforeunload" not in trouble:
        with pytest.raises(BROWSER_GONE):
            eventually(lambda: edith.read("return document.title"), lambda _: False, what="no answer")
    browsers.clean()
    again = entered(browsers, site)
    again.open("/")
    assert again.title == "A form"
    browsers.clean()


def test_a_page_that_never_comes_keeps_nobody(browsers: Browsers, site: LittleSite):
    edith = entered(browsers, site)
    edith.open("/")
    edith.run(f"location.href = '{NEVER}'")
    time.sleep(0.2)
    began = time.monotonic()
    assert edith.screenshot().startswith(PNG)
    browsers.clean()
    again = entered(browsers, site)
    again.open("/")
    assert again.title == "A form"
    assert time.monotonic() - began < 15
    browsers.clean()


def test_a_browser_that_is_killed_is_told_and_replaced(browsers: Browsers, site: LittleSite, capfd):
    edith = entered(browsers, site)
    edith.open("/")
    for process in processes_of(browsers):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    with pytest.raises(BROWSER_GONE):
        edith.open("/")
    # Of a machine that is lost a run tells otherwise, and runs the scenario again.
    assert browsers.lost() == ""
    browsers.clean()
    again = entered(browsers, site)
    again.open("/")
    assert again.title == "A form"
    assert browsers.version
    browsers.clean()


# The last one: the browser refuses requests from then on.
def test_within_a_site_all_is_sent_and_elsewhere_nothing_wherever_it_leads(browsers: Browsers, site: LittleSite):
    # The same host, at another port.
    with LittleSite() as elsewhere:
        browsers.kill()
        browsers.visit(site.url, same_origin=True)
        edith = entered(browsers, site)
        edith.open("/")
        edith.run("fetch('/sent', {method: 'POST'})")
        eventually(lambda: ("/sent", "") in site.requests, what="what is sent within the site")
        assert browsers.refused_requests() == ""
        edith.run(f"fetch('{elsewhere.url}/', {{method: 'POST', mode: 'no-cors'}})")
        refused = eventually(browsers.refused_requests, what="a refused request")
        assert f"{site.url} leads elsewhere: nothing is sent there." in refused
        assert f"The browser refused: POST {elsewhere.url}/" in refused
        assert elsewhere.requests == []


def processes_of(browsers: Browsers) -> list[int]:
    """Return what runs with the browser's own temporary folder; of one on a node, with its profile."""
    process: Any = browsers._process
    if grid := getattr(process, "grid", None):
        capabilities = grid.capabilities
        profile = capabilities.get("moz:profile") or capabilities["chrome"]["userDataDir"]
        return [pid for pid, command, _ in processes() if profile.encode() in command]
    entry = f"TMPDIR={process._scratch.folder}".encode()
    return [pid for pid, _, environment in processes() if entry in environment.split(b"\0")]


def processes() -> Iterator[tuple[int, bytes, bytes]]:
    """Go through this user's processes: their numbers, command lines and environments."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield int(folder.name), (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
