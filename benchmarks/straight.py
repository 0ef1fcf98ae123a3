"""The journeys straight on Selenium, as plainly as one would write them without a suite.

They do what the scenarios do: the same visits, submits, clicks and reads, with the
same outcome asserted. Every page that is opened is proved once, by the element by
which the suite's pages know it. Only what the suite does on its own account is
left out: proving a page again in the next step, and putting the window's size back.
"""

import time

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from benchmarks.selenium_baseline import BOX, EDITH, HOME, LIST, Stage, expect

MY_LISTS, NAVBAR, ERROR = "#id_my_lists", ".navbar", ".invalid-feedback"
REFUSED_BY_BROWSER = "#id_text:user-invalid"
LOGIN_BOX, WHO = ".navbar input[name=email]", ".navbar .navbar-text"
ALREADY_THERE = "You've already got this in your list"
RANDOM_ID_LENGTH = 21


def is_invited(stage: Stage) -> None:
    """Edith is invited to begin."""
    stage.visit("/", HOME)
    expect("To-Do" in stage.driver.title)
    expect("To-Do" in stage.find("h1").text)
    expect(stage.find(BOX).get_dom_attribute("placeholder"), "Enter a to-do item")


def first_item(stage: Stage) -> None:
    """Edith's first item starts a list with an address of its own."""
    path = stage.start_list("Buy peacock feathers")
    stage.finds(path, "1: Buy peacock feathers")
    expect(len(path.strip("/").split("/")[-1]) >= RANDOM_ID_LENGTH)


def second_item(stage: Stage) -> None:
    """Edith's items stand in the order they were added."""
    path = stage.started_list("Buy peacock feathers")
    stage.visit(path, LIST)
    stage.type(BOX, "Use peacock feathers to make a fly", Keys.ENTER)
    stage.wait_for(LIST, "2: Use peacock feathers to make a fly")
    stage.finds(path, "1: Buy peacock feathers", "2: Use peacock feathers to make a fly")


def two_people(stage: Stage) -> None:
    """Francis finds no trace of Edith's list."""
    ediths = stage.started_list("Buy peacock feathers")
    stage.driver.delete_all_cookies()
    path = stage.start_list("Buy milk")
    expect(path != ediths)
    stage.finds(path, "1: Buy milk")


def start_is_centred(stage: Stage) -> None:
    """Edith finds the start centred."""
    stage.driver.set_window_size(1024, 768)
    stage.visit("/", HOME)
    stage.is_in_good_order()


def list_is_centred(stage: Stage) -> None:
    """Edith finds a list centred."""
    stage.driver.set_window_size(1024, 768)
    stage.start_list("Buy peacock feathers")
    stage.is_in_good_order()


def nothing_first(stage: Stage) -> None:
    """Edith enters nothing as her first item."""
    stage.visit("/", HOME)
    stage.type(BOX, Keys.ENTER)
    stage.wait_for(REFUSED_BY_BROWSER)
    stage.find(HOME)


def nothing_on_list(stage: Stage) -> None:
    """Edith enters nothing on her list."""
    path = stage.started_list("Buy wellies")
    stage.visit(path, LIST)
    stage.type(BOX, Keys.ENTER)
    stage.wait_for(REFUSED_BY_BROWSER)
    stage.finds(path, "1: Buy wellies")


def same_again(stage: Stage) -> None:
    """Edith enters the same item again."""
    path = stage.started_list("Buy wellies")
    stage.visit(path, LIST)
    stage.type(BOX, "Buy wellies", Keys.ENTER)
    stage.wait_for(ERROR, ALREADY_THERE)
    stage.finds(path, "1: Buy wellies")


def types_on(stage: Stage) -> None:
    """Edith types on, and the complaint goes."""
    path = stage.started_list("Banish boredom")
    stage.visit(path, LIST)
    stage.type(BOX, "Banish boredom", Keys.ENTER)
    stage.wait_for(ERROR, ALREADY_THERE)
    stage.type(BOX, "something else")
    expect(not stage.find(ERROR).is_displayed())


def in_and_out(stage: Stage) -> None:
    """Edith logs in, and out again."""
    asked_at = time.time()
    stage.visit("/", NAVBAR)
    stage.type(LOGIN_BOX, EDITH, Keys.ENTER)
    stage.wait_for(".alert")
    mail = stage.mailbox.wait_for(EDITH, "Your login link for Superlists", asked_at)
    stage.driver.get(mail.body.split()[-1])
    stage.wait_for(WHO, EDITH)
    stage.find("#id_logout").click()
    stage.wait_for(LOGIN_BOX)
    stage.visit("/", NAVBAR)
    expect(stage.texts(WHO), [])


def looks_for_lists(stage: Stage) -> None:
    """Edith looks for her lists."""
    stage.has_two_lists()
    stage.visit("/lists/mine/", MY_LISTS)
    stage.visit("/lists/mine/", MY_LISTS)
    expect(stage.texts("#id_own_lists a"), ["Count cows", "Reticulate splines"])


def opens_older_list(stage: Stage) -> None:
    """Edith opens the older list."""
    path = stage.has_two_lists()
    stage.visit("/lists/mine/", MY_LISTS)
    stage.driver.find_element(By.LINK_TEXT, "Reticulate splines").click()
    stage.find(LIST)
    stage.finds(path, "1: Reticulate splines")
