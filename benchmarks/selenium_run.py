"""`python -m benchmarks.selenium_run FILE ARGS…`: the journeys directly in Selenium; what they did goes to FILE.

The arguments are those of behave that choose target, sites file and mailbox.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from behave.configuration import Configuration
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support import wait

from acceptance.browsers.chromium import Chrome
from acceptance.fixtures import SiteFixtures
from acceptance.scratch_dir import BROWSER, ScratchDir
from acceptance.settings import Settings
from acceptance.targets import open_target
from benchmarks.recorder import Recorder
from benchmarks.selenium_baseline import SCENARIOS, Session
from features.fixtures import Fixtures


def main(record: str, *arguments: str) -> int:
    """Go through the journeys in one browser; returns 0, or raises what went wrong."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    recorder = Recorder()
    watch(recorder)
    with _session(Settings.read(Configuration(list(arguments)).userdata)) as session:
        for name, run in SCENARIOS.items():
            recorder.begin(name)
            with recorder.call("clean"):
                session.driver.delete_all_cookies()
            session.fixtures.reset_site()
            run(session)
            recorder.end()
    recorder.write(Path(record))
    return 0


def watch_both(recorder: Recorder) -> None:
    """Watch what both sides use: WebDriver commands and fixtures."""
    recorder.watch(RemoteConnection, "execute", "browser")
    for fixtures in (SiteFixtures, Fixtures):
        for method in [name for name in vars(fixtures) if not name.startswith("_")]:
            recorder.watch(fixtures, method, "fixtures")


def watch(recorder: Recorder) -> None:
    """Watch that, and Selenium's own wait."""
    watch_both(recorder)
    recorder.watch_sleep(wait)


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
