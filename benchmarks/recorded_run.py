"""`python -m benchmarks.recorded_run behave|selenium FILE ARGS…`: runs one side, and writes what it did to FILE.

The arguments are behave's; those with -D choose target, sites file and mailbox of either side.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from behave.__main__ import main as behave
from behave.configuration import Configuration
from behave.runner import ModelRunner
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support import wait

from acceptance import waiting
from acceptance.browsers import BROWSERS
from acceptance.browsers.chromium import Chrome
from acceptance.browsers.devtools import DevTools
from acceptance.fixtures import SiteFixtures
from acceptance.scratch_dir import BROWSER, ScratchDir
from acceptance.settings import Settings
from acceptance.targets import open_target
from benchmarks.recorder import Recorder
from benchmarks.selenium_baseline import SCENARIOS, Session
from features.fixtures import Fixtures


def main(side: str, record: str, *arguments: str) -> int:
    """Return the exit code of the side."""
    recorder = Recorder()
    watch(recorder)
    code = behave(list(arguments)) if side == "behave" else _run_selenium(recorder, list(arguments))
    recorder.write(Path(record))
    return int(code)


def watch(recorder: Recorder) -> None:
    """Watch WebDriver commands, fixtures and waits, and what only the suite has: DevTools, clean browsers, hooks."""
    recorder.watch(RemoteConnection, "execute", "browser")
    recorder.watch(DevTools, "send_all", "browser")
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
