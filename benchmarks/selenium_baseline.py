"""The eight journeys in bare Selenium: those of the idiomatic baseline, without what takes it its time.

One browser for all, the suite's own; fixtures as the suite has them; a look every 20 ms; a field filled at once; texts
read at one go; no page opened only to set a cookie. `python -m benchmarks.selenium_baseline -D target=…` runs it, by
behave's settings.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import ClassVar
from unittest import TextTestRunner, defaultTestLoader

from behave.configuration import Configuration
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions

from acceptance.browsers.chromium import Chrome
from acceptance.fixtures import SiteFixtures
from acceptance.scratch_dir import BROWSER, ScratchDir
from acceptance.settings import Settings
from acceptance.targets import open_target
from acceptance.targets.base import Target
from benchmarks.idiomatic_baseline import EDITH, Journeys, close


class BareSelenium(Journeys):
    """The journeys in one browser, on any target."""

    # More often, its looks take the page that loads more time than they save.
    poll_s = 0.02
    driver: ClassVar[webdriver.Chrome]
    target: ClassVar[Target]

    def setUp(self) -> None:
        """Forget who was logged in, and empty the site."""
        self.browser, self.address, self.began = self.driver, self.target.base_url, time.time()
        self.browser.delete_all_cookies()
        SiteFixtures(self.target).reset_site()

    def manage(self, *command: str) -> str:
        """Run a fixture command as the suite does."""
        return self.target.manage(*command)

    def last_mail(self) -> str:
        """Wait for the mail as the suite does."""
        return self.target.mailbox.wait_for(EDITH, "Your login link for Superlists", self.began).body

    def wait_for(self, place: tuple[str, str]) -> WebElement:
        """Return an element once it is there: to see it takes WebDriver another command."""
        element: WebElement = self.wait_until(expected_conditions.presence_of_element_located(place))
        return element

    def texts(self, place: tuple[str, str]) -> list[str]:
        """Return what elements read: WebDriver takes a command for each."""
        read = "return [...document.querySelectorAll(arguments[0])].map(element => element.innerText.trim())"
        texts: list[str] = self.browser.execute_script(read, place[1])
        return texts

    def submit(self, place: tuple[str, str], text: str) -> None:
        """Fill in a field at once, and press Enter."""
        field = self.wait_for(place)
        if text:
            self.browser.execute_script("arguments[0].select()", field)
            self.browser.execute_cdp_cmd("Input.insertText", {"text": text})
        field.send_keys(Keys.ENTER)

    def log_in(self) -> None:
        """Log Edith in by a session made in advance: a page of the site is always open."""
        self.browser.add_cookie({"name": "sessionid", "value": self.manage("create_session", EDITH)})


def main(arguments: list[str]) -> int:
    """Run the journeys; return 0 where all passed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = Settings.read(Configuration(arguments).userdata)
    with ExitStack() as undo:
        BareSelenium.target = target = open_target(settings)
        undo.callback(target.stop)
        target.start()
        # As the suite does: on a server, this opens the fixture channel.
        target.fixtures_unavailable()
        BareSelenium.driver = undo.enter_context(_browser(settings))
        # As the suite does: the first scenario is not the one to wait for renderer and fonts.
        BareSelenium.driver.get(f"{target.base_url}/")
        ran = TextTestRunner().run(defaultTestLoader.loadTestsFromTestCase(BareSelenium))
    return int(not ran.wasSuccessful())


@contextmanager
def _browser(settings: Settings) -> Iterator[webdriver.Chrome]:
    """Start the suite's browser with the suite's options, and end it afterwards."""
    # As the suite's own browser does: what it writes goes with this folder.
    scratch = ScratchDir(BROWSER)
    environment = os.environ | {"TMPDIR": str(scratch.folder)}
    service = Service(settings.installed.driver, env=environment, popen_kw={"start_new_session": True})
    options = Chrome(settings.installed, headless=settings.headless, sandbox=settings.sandbox).options()
    try:
        driver = webdriver.Chrome(options=options, service=service)
        try:
            yield driver
        finally:
            close(driver)
    finally:
        service.stop()
        scratch.remove()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
