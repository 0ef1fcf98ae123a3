"""The eight journeys as people usually write them: Django's test cases, a new browser for each test, Selenium's waits.

`python manage.py test benchmarks.idiomatic_baseline.Local` runs them on Django's own live server, `….Container` on a
container of the image that SITE_IMAGE names. A fixture is a management command; in a container, by `docker exec`. The
docstring of a test is the name of the scenario that tells the same. BROWSER names another browser than `chromium`.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import StringIO
from typing import Any
from unittest import TestCase
from urllib.request import urlopen

from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.core import mail
from django.core.management import call_command
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.wait import WebDriverWait

EDITH, FRANCIS = "edith@example.com", "francis@example.com"
ITEM_BOX, NAVBAR, MY_LISTS = (By.ID, "id_text"), (By.CSS_SELECTOR, ".navbar"), (By.ID, "id_my_lists")
LOGIN_BOX, ERROR = (By.NAME, "email"), (By.CSS_SELECTOR, ".invalid-feedback")
LIST, ROWS = (By.ID, "id_list_table"), (By.CSS_SELECTOR, "#id_list_table tr")
WAIT_S = 5
STARTED_WITHIN_S, LOOK_AGAIN_S = 30, 0.05
ARGUMENTS = (
    *("--headless=new", "--window-size=1280,900", "--disable-gpu", "--no-first-run", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def open_browser() -> webdriver.Chrome:
    """Start a browser, and its driver in a process group of its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which(os.environ.get("BROWSER", "chromium")) or ""
    for argument in ARGUMENTS:
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    service = Service(shutil.which("chromedriver"), popen_kw={"start_new_session": True})
    return webdriver.Chrome(options=options, service=service)


def close(browser: webdriver.Chrome) -> None:
    """End a browser: a headless shell goes on when it was asked to, and would slow down the tests after it."""
    group = browser.service.process.pid
    browser.quit()
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


class Journeys(TestCase):
    """The journeys, wherever the site is."""

    address: str
    # As often as Selenium looks unless it is told.
    poll_s = 0.5

    def manage(self, *command: str) -> str:
        """Return what a management command of the site prints."""
        raise NotImplementedError

    def last_mail(self) -> str:
        """Return the body of the last mail that the site has sent."""
        raise NotImplementedError

    def setUp(self) -> None:
        """Start a browser for this test."""
        self.browser = open_browser()
        self.addCleanup(close, self.browser)

    def visit(self, path: str) -> None:
        """Open a page of the site."""
        self.browser.get(self.address + path)

    def wait_until(self, condition: Callable[[Any], Any]) -> Any:
        """Return what a condition of Selenium's returns, once it holds."""
        # Of an element whose page is just being replaced, the driver tells with an error of any kind.
        return WebDriverWait(self.browser, WAIT_S, self.poll_s, [WebDriverException]).until(condition)

    def wait_for(self, place: tuple[str, str]) -> WebElement:
        """Return an element once it can be seen."""
        element: WebElement = self.wait_until(expected_conditions.visibility_of_element_located(place))
        return element

    def wait_for_text(self, place: tuple[str, str], text: str) -> None:
        """Return once an element reads so."""
        self.wait_until(expected_conditions.text_to_be_present_in_element(place, text))

    def wait_for_row(self, text: str) -> None:
        """Return once the list has a row that reads so; while the page is being replaced, it is looked for again."""
        self.wait_for_text(LIST, text)

    def texts(self, place: tuple[str, str]) -> list[str]:
        """Return what elements read."""
        return [element.text for element in self.browser.find_elements(*place)]

    def rows(self) -> list[str]:
        """Return what the rows of the list read."""
        return self.texts(ROWS)

    def submit(self, place: tuple[str, str], text: str) -> None:
        """Type into a field, and press Enter."""
        self.wait_for(place).send_keys(text, Keys.ENTER)

    def add_item(self, text: str) -> None:
        """Add an item, on the start or on a list."""
        self.submit(ITEM_BOX, text)

    def start_list(self, item: str) -> None:
        """Start a list by its first item."""
        self.visit("/")
        self.add_item(item)
        self.wait_for_row(f"1: {item}")

    def log_in(self) -> None:
        """Log Edith in by a session made in advance."""
        key = self.manage("create_session", EDITH)
        # A cookie can be set for the site that is open: this page is the quickest.
        self.visit("/no-such-page/")
        self.browser.add_cookie({"name": "sessionid", "value": key, "path": "/"})

    def assert_is_in_good_order(self) -> None:
        """See that the item box is in the middle, which needs the stylesheets."""
        box = self.wait_for(ITEM_BOX).rect
        self.assertAlmostEqual(box["x"] + box["width"] / 2, 512, delta=10)

    def test_start(self) -> None:
        """Edith is invited to begin."""
        self.visit("/")
        self.assertIn("To-Do", self.browser.title)
        self.assertIn("To-Do", self.browser.find_element(By.TAG_NAME, "h1").text)
        self.assertEqual(self.wait_for(ITEM_BOX).get_attribute("placeholder"), "Enter a to-do item")

    def test_first_item(self) -> None:
        """The first item starts a list with an address of its own."""
        self.start_list("Buy peacock feathers")
        self.assertRegex(self.browser.current_url, "/lists/.+")
        self.browser.refresh()
        self.wait_for_row("1: Buy peacock feathers")

    def test_second_item(self) -> None:
        """Items stand in the order they were added."""
        self.visit(self.manage("create_list", "Buy peacock feathers"))
        self.add_item("Ask how to tie a fly")
        self.wait_for_row("2: Ask how to tie a fly")
        self.assertEqual(self.rows(), ["1: Buy peacock feathers", "2: Ask how to tie a fly"])

    def test_two_people(self) -> None:
        """Francis finds no trace of Edith's list."""
        ediths = self.manage("create_list", "Buy peacock feathers")
        self.start_list("Buy milk")
        self.assertEqual(self.rows(), ["1: Buy milk"])
        self.visit(ediths)
        self.wait_for_row("1: Buy peacock feathers")
        self.assertEqual(self.rows(), ["1: Buy peacock feathers"])

    def test_start_is_centred(self) -> None:
        """The start is centred."""
        self.browser.set_window_size(1024, 768)
        self.visit("/")
        self.assert_is_in_good_order()

    def test_list_is_centred(self) -> None:
        """A list is centred."""
        self.browser.set_window_size(1024, 768)
        self.start_list("Buy peacock feathers")
        self.assert_is_in_good_order()

    def test_nothing_as_first_item(self) -> None:
        """Edith enters nothing as her first item."""
        self.visit("/")
        self.add_item("")
        self.wait_for((By.CSS_SELECTOR, "#id_text:user-invalid"))
        self.assertEqual(self.browser.current_url, f"{self.address}/")

    def test_nothing_on_list(self) -> None:
        """Edith enters nothing on her list."""
        self.visit(self.manage("create_list", "Buy wellies"))
        self.add_item("")
        self.wait_for((By.CSS_SELECTOR, "#id_text:user-invalid"))
        self.assertEqual(self.rows(), ["1: Buy wellies"])

    def test_same_item_again(self) -> None:
        """Edith enters the same item again."""
        self.visit(self.manage("create_list", "Buy wellies"))
        self.add_item("Buy wellies")
        self.wait_for_text(ERROR, "You've already got this in your list")
        self.assertEqual(self.rows(), ["1: Buy wellies"])

    def test_complaint_goes(self) -> None:
        """The complaint goes as Edith types on."""
        self.visit(self.manage("create_list", "Buy wellies"))
        self.add_item("Buy wellies")
        complaint = self.wait_for(ERROR)
        self.wait_for(ITEM_BOX).send_keys(", something else")
        self.wait_until(expected_conditions.invisibility_of_element(complaint))

    def test_log_in_and_out(self) -> None:
        """Edith logs in, and out again."""
        self.visit("/")
        self.submit(LOGIN_BOX, EDITH)
        self.wait_for_text((By.CSS_SELECTOR, ".alert"), "Check your email")
        self.browser.get(self.last_mail().split()[-1])
        self.wait_for_text(NAVBAR, EDITH)
        self.browser.find_element(By.ID, "id_logout").click()
        self.wait_for(LOGIN_BOX)
        self.assertNotIn(EDITH, self.browser.find_element(*NAVBAR).text)

    def test_my_lists(self) -> None:
        """Edith looks for her lists."""
        self.make_lists()
        self.log_in()
        self.visit("/lists/mine/")
        self.wait_for(MY_LISTS)
        self.assertEqual(self.texts((By.CSS_SELECTOR, "#id_own_lists a")), ["Reticulate splines", "Count cows"])

    def test_older_list(self) -> None:
        """Edith opens the older list."""
        older = self.make_lists()
        self.log_in()
        self.visit("/lists/mine/")
        self.wait_for((By.LINK_TEXT, "Count cows")).click()
        self.wait_for_row("1: Count cows")
        self.assertEqual(self.browser.current_url, self.address + older)

    def make_lists(self) -> str:
        """Make two lists of Edith's, and one of Francis's; return the path of Edith's older one."""
        older = self.manage("create_list", "Count cows", "--owner", EDITH)
        self.manage("create_list", "Reticulate splines", "--owner", EDITH)
        self.manage("create_list", "Feed the cat", "--owner", FRANCIS)
        return older


class Local(Journeys, StaticLiveServerTestCase):
    """On Django's live server, whose database Django empties after each test."""

    # What migrations put there comes back: the stamp by which fixtures know the database.
    serialized_rollback = True

    def setUp(self) -> None:
        """Lead the links in mails to this server."""
        super().setUp()
        self.address = self.live_server_url
        self.enterContext(self.settings(SITE_ORIGIN=self.address))

    def manage(self, *command: str) -> str:
        """Run the command in this process, which has the database."""
        output = StringIO()
        call_command(*command, stdout=output)
        return output.getvalue().strip()

    def last_mail(self) -> str:
        """Return what Django has kept instead of sending it."""
        return str(mail.outbox[-1].body)


class Container(Journeys):
    """On the site in a container."""

    name: str

    @classmethod
    def setUpClass(cls) -> None:
        """Start the container, make its database, and wait for the site."""
        super().setUpClass()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        cls.address, cls.name = f"http://127.0.0.1:{port}", f"superlists-baseline-{port}"
        environment = {
            "SITE_ENVIRONMENT": "docker",
            "SUPERLISTS_TESTING": "1",
            "SITENAME": cls.name,
            "SITE_ORIGIN": cls.address,
            "DJANGO_ALLOWED_HOST": "127.0.0.1",
            "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
            "DATABASE_URL": "sqlite:////data/db.sqlite3",
            "EMAIL_FILE_PATH": "/data/mail",
        }
        options = (f"--name={cls.name}", f"--publish=127.0.0.1:{port}:8888", *(f"--env={each}" for each in environment))
        docker("run", "--detach", *options, os.environ["SITE_IMAGE"], environment=environment)
        cls.addClassCleanup(docker, "rm", "--force", "--volumes", cls.name)
        docker("exec", cls.name, "python", "manage.py", "migrate_disposable")
        deadline = time.monotonic() + STARTED_WITHIN_S
        while time.monotonic() < deadline:
            with suppress(OSError), urlopen(f"{cls.address}/health/"):  # noqa: S310 - http
                return
            time.sleep(LOOK_AGAIN_S)
        raise AssertionError(f"The site did not start:\n{docker('logs', cls.name)}")

    def setUp(self) -> None:
        """Empty the site."""
        super().setUp()
        self.manage("reset_site", "--site", self.name)

    def manage(self, *command: str) -> str:
        """Run the command in the container."""
        return docker("exec", self.name, "python", "manage.py", *command)

    def last_mail(self) -> str:
        """Return what the site has written to a file instead of sending it."""
        source = str(json.loads(self.manage("read_mail"))["mail"][-1]["source"])
        return source.partition("\n\n")[2]


def docker(*command: str, environment: Mapping[str, str] | None = None) -> str:
    """Return what a command of Docker's prints; `environment` is its own, besides this process's."""
    variables = os.environ | (environment or {})
    ran = subprocess.run(["docker", *command], env=variables, check=True, stdout=subprocess.PIPE, text=True)
    return ran.stdout.strip()
