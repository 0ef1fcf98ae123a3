"""`python -m benchmarks.traced_straight FILE TARGET SITES`: the straight journeys; what they did goes to FILE."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from behave.configuration import Configuration
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver

from acceptance.browsers.chromium import Chrome
from acceptance.browsers.scratch_dir import ScratchDir
from acceptance.settings import Settings
from acceptance.targets import open_target
from benchmarks.instruments import watch_straight
from benchmarks.journeys import JOURNEYS, settings_of
from benchmarks.recorder import Recorder
from benchmarks.selenium_baseline import Stage
from features.fixtures import Fixtures


def main(record: str, target: str, sites: str) -> int:
    """Go through the journeys in one browser; returns 0, or raises what went wrong."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    recorder = Recorder()
    watch_straight(recorder)
    settings = Settings.read(Configuration(settings_of(target, Path(sites))).userdata)
    with stage(settings) as opened:
        for journey in JOURNEYS:
            for name, straight in journey.scenarios.items():
                recorder.begin(name)
                with recorder.call("clean", "clean"):
                    opened.driver.delete_all_cookies()
                opened.fixtures.reset_site()
                straight(opened)
                recorder.end()
    recorder.write(Path(record))
    return 0


@contextmanager
def stage(settings: Settings) -> Iterator[Stage]:
    """Bring up the site and one browser, as the suite's own settings say; end both afterwards."""
    with ExitStack() as undo:
        target = open_target(settings)
        undo.callback(target.stop)
        target.start()
        driver = undo.enter_context(browser(settings))
        # As the suite does: the first scenario is not the one to wait for renderer and fonts.
        driver.get(f"{target.base_url}/")
        yield Stage(driver, target.base_url, Fixtures(target), target.mailbox)


@contextmanager
def browser(settings: Settings) -> Iterator[WebDriver]:
    """Start the suite's browser with the suite's options, and end it afterwards."""
    # As the suite's own browser does: what it writes goes with this folder.
    scratch = ScratchDir()
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
