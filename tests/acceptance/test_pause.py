import sys
from io import StringIO
from types import SimpleNamespace

from acceptance.hooks import wait_for_a_look


def test_a_run_without_a_terminal_is_not_paused_and_says_so(monkeypatch):
    printed = StringIO()
    # As that of a build, which would wait for ever.
    monkeypatch.setattr(sys, "__stdin__", StringIO())
    monkeypatch.setattr(sys, "__stderr__", printed)
    wait_for_a_look(SimpleNamespace(error_message="Edith is not amused"))
    assert printed.getvalue() == "\nEdith is not amused\nNot paused: standard input is no terminal.\n"
