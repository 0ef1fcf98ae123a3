"""Where the straight journeys run: one browser and the site, with what any Selenium user would write first."""

from dataclasses import dataclass
from typing import Any

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.wait import WebDriverWait

from acceptance.mailboxes.base import Mailbox
from features.fixtures import Fixtures

EDITH = "edith@example.com"
HOME, LIST, BOX, ROWS = '.item-form[action="/"]', "#id_list_table", "#id_text", "#id_list_table tr"
STYLED = """
const links = [...document.querySelectorAll('link[rel=stylesheet]')];
return links.length > 0 && links.every(link => link.sheet && link.sheet.cssRules.length > 0)
"""
LIMIT_S, POLL_S = 5, 0.02
CENTRED_WITHIN_PX = 10


@dataclass(frozen=True)
class Stage:
    """One browser, and the site with its fixtures and its mail."""

    driver: WebDriver
    base_url: str
    fixtures: Fixtures
    mailbox: Mailbox

    def find(self, css: str) -> WebElement:
        """Return an element; raises NoSuchElementException."""
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def visit(self, path: str, proof: str) -> None:
        """Open a page that is to have the element `proof`."""
        self.driver.get(self.base_url + path)
        self.find(proof)

    def type(self, css: str, *keys: str) -> None:
        """Type into a field."""
        self.find(css).send_keys(*keys)

    def texts(self, css: str) -> list[str]:
        """Return the texts of all such elements."""
        return [element.text for element in self.driver.find_elements(By.CSS_SELECTOR, css)]

    def wait_for(self, css: str, text: str = "") -> None:
        """Return once the element is there, and reads `text` if that is given."""
        there, at = expected_conditions, (By.CSS_SELECTOR, css)
        condition: Any = (
            there.text_to_be_present_in_element(at, text) if text else there.presence_of_element_located(at)
        )
        WebDriverWait(self.driver, LIMIT_S, POLL_S).until(condition)

    def start_list(self, item: str) -> str:
        """Start a list by hand; return its path."""
        self.visit("/", HOME)
        self.type(BOX, item, Keys.ENTER)
        self.wait_for(LIST, f"1: {item}")
        return self.driver.current_url.removeprefix(self.base_url)

    def started_list(self, item: str) -> str:
        """Look at a list that a fixture made; return its path."""
        path = self.fixtures.create_list(item)
        self.visit(path, LIST)
        return path

    def finds(self, path: str, *rows: str) -> None:
        """Open a list that is to read so."""
        self.visit(path, LIST)
        expect(self.texts(ROWS), list(rows))

    def has_two_lists(self) -> str:
        """Log Edith in by a cookie and give her two lists; return the path of the older one.

        A cookie can be set because a page of the site is always open.
        """
        self.driver.add_cookie({"name": "sessionid", "value": self.fixtures.create_session(EDITH)})
        older = self.fixtures.create_list("Reticulate splines", owner=EDITH)
        self.fixtures.create_list("Count cows", owner=EDITH)
        return older

    def is_in_good_order(self) -> None:
        """Look whether the item box is centred and the page has its style."""
        box, width = self.find(BOX).rect, self.driver.get_window_size()["width"]
        expect(abs(box["x"] + box["width"] / 2 - width / 2) <= CENTRED_WITHIN_PX)
        expect(self.driver.execute_script(STYLED))


def expect(seen: object, wanted: object = True) -> None:  # noqa: FBT002 - what is wanted, not a switch
    """Raise AssertionError unless both are equal."""
    if seen != wanted:
        raise AssertionError(f"Seen {seen!r} instead of {wanted!r}")
