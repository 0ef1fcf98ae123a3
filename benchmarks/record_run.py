"""`python -m benchmarks.record_run SIDE FILE ARGS…`: runs one side, and writes what it did to FILE.

The sides are `suite`, `slow_suite` (on a network that holds each page for a while), `selenium` and `idiomatic`.
"""

import runpy
import sys
import time
from pathlib import Path
from typing import Any
from unittest import TestCase

from behave.runner import ModelRunner
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.support import wait

from acceptance import waiting
from acceptance.browsers import BROWSERS, devtools
from acceptance.targets.fixture_channel import ChannelTarget
from acceptance.targets.local import LocalTarget
from benchmarks.recorder import Recorder

MODULES = {
    **dict.fromkeys(("suite", "slow_suite"), "behave"),
    "selenium": "benchmarks.selenium_baseline",
    "idiomatic": "manage",
}
PAGE_HELD_S = 0.3
LOADING = {Command.GET, Command.REFRESH, Command.GO_BACK, Command.CLICK_ELEMENT}


def main(side: str, record: str, *arguments: str) -> int:
    """Return the exit code of the side."""
    recorder = Recorder()
    watch(recorder)
    if side == "slow_suite":
        slow_down()
    sys.argv[1:], code = arguments, 0
    try:
        runpy.run_module(MODULES[side], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = int(end.code or 0)
    recorder.write(Path(record))
    return code


def watch(recorder: Recorder) -> None:
    """Watch scenarios and tests, WebDriver commands, fixtures and waits, and what only the suite has."""
    recorder.watch(RemoteConnection, "execute", "browser", webdriver_pages)
    recorder.watch(devtools.DevTools, "begin", "browser", devtools_pages)
    recorder.watch(devtools.DevTools, "results", "browser")
    for target in (LocalTarget, ChannelTarget):
        recorder.watch(target, "manage", "fixtures")
    for module in (waiting, wait):
        recorder.watch_sleep(module)
    for browser in BROWSERS.values():
        # A clean start is both: everyone's old browser taken away, and a new one given out.
        recorder.watch(browser, "clean", "clean")
        recorder.watch(browser, "open", "clean")
    run_hook, run_test = ModelRunner.run_hook_with_capture, TestCase.run

    def recorded_hook(runner: ModelRunner, hook: str, *args: Any, **options: Any) -> Any:
        if hook == "before_scenario":
            recorder.begin(args[0].name)
        try:
            return run_hook(runner, hook, *args, **options)
        finally:
            if hook == "after_scenario":
                recorder.end()

    def recorded_test(test: TestCase, *args: Any) -> Any:
        recorder.begin(str(test.shortDescription()).rstrip("."))
        try:
            return run_test(test, *args)
        finally:
            recorder.end()

    ModelRunner.run_hook_with_capture = recorded_hook
    TestCase.run = recorded_test  # type: ignore[method-assign, assignment] # from outside, as all is recorded


def webdriver_pages(_connection: RemoteConnection, command: str, params: dict[str, Any]) -> list[bool]:
    """Tell of a command whether it has the browser load a page: by its address, a link or a button, or by Enter."""
    return [command in LOADING or Keys.ENTER in params.get("text", "")]


def devtools_pages(_devtools: devtools.DevTools, *commands: devtools.Command) -> list[bool]:
    """Tell of each command whether it has the browser load a page."""
    return [command.method == "Page.navigate" for command in commands]


def slow_down() -> None:
    """Let the site in this process hold each page, but no file of its style, as a slow network does."""
    from django.core.handlers.base import BaseHandler  # noqa: PLC0415 - the others load Django when they start

    original = BaseHandler.get_response

    def get_response(*args: Any) -> Any:
        time.sleep(PAGE_HELD_S)
        return original(*args)

    BaseHandler.get_response = get_response  # type: ignore[method-assign, assignment] # that is what this is for


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
