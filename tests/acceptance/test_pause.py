import sys
from io import StringIO
from queue import SimpleQueue
from types import SimpleNamespace

from acceptance.browsers.base import Installed
from acceptance.browsers.chromium import Chrome
from acceptance.hooks import wait_for_a_look


def test_a_run_without_a_terminal_is_not_paused_and_says_so(monkeypatch):
    printed = StringIO()
    # As that of a build, which would wait for ever.
    monkeypatch.setattr(sys, "__stdin__", StringIO())
    monkeypatch.setattr(sys, "__stderr__", printed)
    wait_for_a_look(SimpleNamespace(error_message="Edith is not amused"))
    assert printed.getvalue() == "\nEdith is not amused\nNot paused: standard input is no terminal.\n"


def test_a_browser_that_a_person_looks_at_is_kept_from_being_taken_back(monkeypatch):
    touched: SimpleQueue[None] = SimpleQueue()
    monkeypatch.setattr("acceptance.browsers.base.TOUCHED_EVERY_S", 0.01)
    browsers = Chrome(Installed(), headless=True)
    monkeypatch.setattr(browsers, "lost", lambda: touched.put(None))
    with browsers.kept():
        # A grid counts from each of them anew.
        for _ in range(2):
            touched.get(timeout=5)
