"""The eight journeys directly in Selenium, in one browser, as short as they can be: the least that a browser needs.

Each function comes to the same outcome as the scenario that its docstring names, and opens a page only where nobody
could do without: what a page shows already is read there. A field is filled at once, as the suite does it.
"""

import time
from collections.abc import Callable
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

EDITH, FRANCIS = "edith@example.com", "francis@example.com"
HOME, LIST, BOX, ROWS = '.item-form[action="/"]', "#id_list_table", "#id_text", "#id_list_table tr"
MY_LISTS, NAVBAR, ERROR = "#id_my_lists", ".navbar", ".invalid-feedback"
REFUSED_BY_BROWSER = "#id_text:user-invalid"
LOGIN_BOX, WHO = ".navbar input[name=email]", ".navbar .navbar-text"
ALREADY_THERE = "You've already got this in your list"
STYLED = """
const links = [...document.querySelectorAll('link[rel=stylesheet]')];
return links.length > 0 && links.every(link => link.sheet && link.sheet.cssRules.length > 0)
"""
LIMIT_S, POLL_S = 5, 0.02
CENTRED_WITHIN_PX = 10


@dataclass(frozen=True)
class Session:
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

    def submit(self, css: str, text: str = "") -> None:
        """Fill in a field, and press Enter."""
        field = self.find(css)
        if text:
            self.driver.execute_script("arguments[0].select()", field)
            self.driver.execute_cdp_cmd("Input.insertText", {"text": text})
        field.send_keys(Keys.ENTER)

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

    def start_list(self, item: str) -> None:
        """Start a list by hand."""
        self.visit("/", HOME)
        self.submit(BOX, item)
        self.wait_for(LIST, f"1: {item}")

    def visit_new_list(self, item: str) -> str:
        """Look at a list that a fixture made; return its path."""
        path = self.fixtures.create_list(item)
        self.visit(path, LIST)
        return path

    def reads(self, *rows: str) -> None:
        """See that the list that is open reads so."""
        expect(self.texts(ROWS), list(rows))

    def has_two_lists(self) -> str:
        """Log Edith in by a cookie, give her two lists, and show them; return the path of the older one.

        A cookie can be set because a page of the site is always open.
        """
        self.driver.add_cookie({"name": "sessionid", "value": self.fixtures.create_session(EDITH)})
        older = self.fixtures.create_list("Count cows", owner=EDITH)
        self.fixtures.create_list("Reticulate splines", owner=EDITH)
        self.fixtures.create_list("Feed the cat", owner=FRANCIS)
        self.visit("/lists/mine/", MY_LISTS)
        return older

    def is_in_good_order(self) -> None:
        """Look whether the item box is centred and the page has its style."""
        box, width = self.find(BOX).rect, self.driver.get_window_size()["width"]
        expect(abs(box["x"] + box["width"] / 2 - width / 2) <= CENTRED_WITHIN_PX)
        expect(self.driver.execute_script(STYLED))


def expect(seen: object, expected: object = True) -> None:  # noqa: FBT002 - what is expected, not a switch
    """Raise AssertionError unless both are equal."""
    if seen != expected:
        raise AssertionError(f"Seen {seen!r} instead of {expected!r}")


def is_invited(session: Session) -> None:
    """Edith is invited to begin."""
    session.visit("/", HOME)
    expect("To-Do" in session.driver.title)
    expect("To-Do" in session.find("h1").text)
    expect(session.find(BOX).get_dom_attribute("placeholder"), "Enter a to-do item")


def first_item(session: Session) -> None:
    """The first item starts a list with an address of its own."""
    session.start_list("Buy peacock feathers")
    session.visit(session.driver.current_url.removeprefix(session.base_url), LIST)
    session.reads("1: Buy peacock feathers")


def second_item(session: Session) -> None:
    """Items stand in the order they were added."""
    session.visit_new_list("Buy peacock feathers")
    session.submit(BOX, "Ask how to tie a fly")
    session.wait_for(LIST, "2: Ask how to tie a fly")
    session.reads("1: Buy peacock feathers", "2: Ask how to tie a fly")


def two_people(session: Session) -> None:
    """Francis finds no trace of Edith's list."""
    ediths = session.fixtures.create_list("Buy peacock feathers")
    session.start_list("Buy milk")
    session.reads("1: Buy milk")
    session.visit(ediths, LIST)
    session.reads("1: Buy peacock feathers")


def start_is_centred(session: Session) -> None:
    """The start is centred."""
    session.driver.set_window_size(1024, 768)
    session.visit("/", HOME)
    session.is_in_good_order()


def list_is_centred(session: Session) -> None:
    """A list is centred."""
    session.driver.set_window_size(1024, 768)
    session.start_list("Buy peacock feathers")
    session.is_in_good_order()


def nothing_first(session: Session) -> None:
    """Edith enters nothing as her first item."""
    session.visit("/", HOME)
    session.submit(BOX)
    session.wait_for(REFUSED_BY_BROWSER)
    session.find(HOME)


def nothing_on_list(session: Session) -> None:
    """Edith enters nothing on her list."""
    session.visit_new_list("Buy wellies")
    session.submit(BOX)
    session.wait_for(REFUSED_BY_BROWSER)
    session.reads("1: Buy wellies")


def same_again(session: Session) -> None:
    """Edith enters the same item again."""
    session.visit_new_list("Buy wellies")
    session.submit(BOX, "Buy wellies")
    session.wait_for(ERROR, ALREADY_THERE)
    session.reads("1: Buy wellies")


def types_on(session: Session) -> None:
    """The complaint goes as Edith types on."""
    session.visit_new_list("Buy wellies")
    session.submit(BOX, "Buy wellies")
    session.wait_for(ERROR, ALREADY_THERE)
    session.find(BOX).send_keys(", something else")
    expect(not session.find(ERROR).is_displayed())


def in_and_out(session: Session) -> None:
    """Edith logs in, and out again."""
    asked_at = time.time()
    session.visit("/", NAVBAR)
    session.submit(LOGIN_BOX, EDITH)
    session.wait_for(".alert")
    mail = session.mailbox.wait_for(EDITH, "Your login link for Superlists", asked_at)
    session.driver.get(mail.body.split()[-1])
    session.wait_for(WHO, EDITH)
    session.find("#id_logout").click()
    session.wait_for(LOGIN_BOX)
    expect(session.texts(WHO), [])


def looks_for_lists(session: Session) -> None:
    """Edith looks for her lists."""
    session.has_two_lists()
    expect(session.texts("#id_own_lists a"), ["Reticulate splines", "Count cows"])


def opens_older_list(session: Session) -> None:
    """Edith opens the older list."""
    path = session.has_two_lists()
    session.driver.find_element(By.LINK_TEXT, "Count cows").click()
    session.find(LIST)
    expect(session.driver.current_url.removeprefix(session.base_url), path)


# The feature that tells each journey's scenarios, in the order in which both sides run them.
JOURNEYS: dict[str, tuple[Callable[[Session], None], ...]] = {
    "starting_a_list": (is_invited, first_item, second_item),
    "separate_lists": (two_people,),
    "layout": (start_is_centred, list_is_centred),
    "empty_items": (nothing_first, nothing_on_list),
    # Two journeys: the error, and how it goes.
    "duplicate_items": (same_again, types_on),
    "logging_in": (in_and_out,),
    "my_lists": (looks_for_lists, opens_older_list),
}
SCENARIOS = {str(run.__doc__).rstrip("."): run for runs in JOURNEYS.values() for run in runs}
