"""`python -m benchmarks.recorded_run SIDE FILE ARGS…`: runs one side, and writes what it did to FILE.

The sides are `suite`, `slow_suite` (on a network that holds each page for a while), `selenium` and `idiomatic`. The
arguments of the last are Django's, those of the others behave's; `-D` chooses target, sites file and mailbox there.
"""

import os
import runpy
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import TestCase

from behave.__main__ import main as behave
from behave.configuration import Configuration
from behave.runner import ModelRunner
from django.core.handlers.base import BaseHandler
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support import wait

from acceptance import waiting
from acceptance.browsers import BROWSERS, devtools
from acceptance.browsers.chromium import Chrome
from acceptance.fixtures import SiteFixtures
from acceptance.scratch_dir import BROWSER, ScratchDir
from acceptance.settings import Settings
from acceptance.targets import open_target
from benchmarks.recorder import Recorder
from benchmarks.selenium_baseline import SCENARIOS, Session
from features.fixtures import Fixtures

PAGE_HELD_S = 0.3
LOADING = {Command.GET, Command.REFRESH, Command.GO_BACK, Command.CLICK_ELEMENT}


def main(side: str, record: str, *arguments: str) -> int:
    """Return the exit code of the side."""
    recorder = Recorder()
    watch(recorder)
    if side == "slow_suite":
        slow_down()
    sides = {"selenium": _run_selenium, "idiomatic": _run_idiomatic}
    code = sides[side](recorder, list(arguments)) if side in sides else behave(list(arguments))
    recorder.write(Path(record))
    return int(code)


def watch(recorder: Recorder) -> None:
    """Watch WebDriver commands, fixtures and waits, and what only the suite has: DevTools, clean browsers, hooks."""
    recorder.watch(RemoteConnection, "execute", "browser", webdriver_pages)
    recorder.watch(devtools.DevTools, "send_all", "browser", devtools_pages)
    for fixtures in (SiteFixtures, Fixtures):
        for method in [name for name in vars(fixtures) if not name.startswith("_")]:
            recorder.watch(fixtures, method, "fixtures")
    for module in (waiting, wait):
        recorder.watch_sleep(module)
    for browser in BROWSERS.values():
        # A clean start is both: everyone's old browser taken away, and a new one given out.
        recorder.watch(browser, "clean", "clean")
        recorder.watch(browser, "open", "clean")
    original = ModelRunner.run_hook_with_capture

    def run_hook(runner: ModelRunner, hook: str, *args: Any, **options: Any) -> Any:
        if hook == "before_scenario":
            recorder.begin(args[0].name)
        try:
            return original(runner, hook, *args, **options)
        finally:
            if hook == "after_scenario":
                recorder.end()

    ModelRunner.run_hook_with_capture = run_hook


def webdriver_pages(_connection: RemoteConnection, command: str, params: dict[str, Any]) -> list[bool]:
    """Tell of a command whether it has the browser load a page: by its address, a link or a button, or by Enter."""
    return [command in LOADING or Keys.ENTER in params.get("text", "")]


def devtools_pages(_devtools: devtools.DevTools, *commands: devtools.Command) -> list[bool]:
    """Tell of each command whether it has the browser load a page."""
    return [command.method == "Page.navigate" for command in commands]


def slow_down() -> None:
    """Let the site in this process hold each page, but no file of its style, as a slow network does."""
    original = BaseHandler.get_response

    def get_response(*args: Any) -> Any:
        time.sleep(PAGE_HELD_S)
        return original(*args)

    BaseHandler.get_response = get_response  # type: ignore[method-assign, assignment] # that is what this is for


def _run_idiomatic(recorder: Recorder, arguments: list[str]) -> int:
    """Run the baseline's tests; ends this process where one fails."""
    original = TestCase.run

    def run(test: TestCase, *args: Any) -> Any:
        recorder.begin(str(test.shortDescription()).rstrip("."))
        try:
            return original(test, *args)
        finally:
            recorder.end()

    TestCase.run = run  # type: ignore[method-assign, assignment] # from outside, as everything is recorded
    sys.argv = ["manage.py", *arguments]
    runpy.run_path("manage.py", run_name="__main__")
    return 0


def _run_selenium(recorder: Recorder, arguments: list[str]) -> int:
    """Go through the journeys in one browser; returns 0, or raises what went wrong."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _session(Settings.read(Configuration(arguments).userdata)) as session:
        for name, run in SCENARIOS.items():
            recorder.begin(name)
            with recorder.call("clean"):
                session.driver.delete_all_cookies()
            session.fixtures.reset_site()
            run(session)
            recorder.end()
    return 0


@contextmanager
def _session(settings: Settings) -> Iterator[Session]:
    """Start the site and one browser, as the suite's own settings say; end both afterwards."""
    with ExitStack() as undo:
        target = open_target(settings)
        undo.callback(target.stop)
        target.start()
        driver = undo.enter_context(_browser(settings))
        # As the suite does: the first scenario is not the one to wait for renderer and fonts.
        driver.get(f"{target.base_url}/")
        yield Session(driver, target.base_url, Fixtures(target), target.mailbox)


@contextmanager
def _browser(settings: Settings) -> Iterator[WebDriver]:
    """Start the suite's browser with the suite's options, and end it afterwards."""
    # As the suite's own browser does: what it writes goes with this folder.
    scratch = ScratchDir(BROWSER)
    service = Service(settings.installed.driver, env=os.environ | {"TMPDIR": str(scratch.folder)})
    options = Chrome(settings.installed, headless=settings.headless, sandbox=settings.sandbox).options()
    try:
        driver = webdriver.Chrome(options=options, service=service)
        try:
            yield driver
        finally:
            driver.quit()
    finally:
        service.stop()
        scratch.remove()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
