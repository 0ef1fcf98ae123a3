"""What all pages share: locators on top, queries as properties, actions that return once their effect can be seen."""

from typing import ClassVar, Self

from selenium.webdriver.common.keys import Keys

from acceptance.accessibility import violations
from acceptance.actors import Actor
from acceptance.browsers.base import Browser
from acceptance.waiting import eventually

WHERE = """
return {
  there: document.querySelector(arguments[0]) !== null,
  path: location.pathname,
  heading: document.querySelector('h1')?.innerText ?? '(no heading)',
}
"""


class Page:
    """A page that someone has before them, and that proved to be this page."""

    # What it is called in a failure, where it is unless it is led to, and what proves that it is there.
    NAME: ClassVar[str]
    PATH: ClassVar[str]
    LOADED: ClassVar[str]
    HEADING: ClassVar[str] = "h1"

    def __init__(self, browser: Browser) -> None:
        """Stand for the page that `browser` shows."""
        self.browser = browser

    @classmethod
    def visited_by(cls, actor: Actor, path: str = "") -> Self:
        """Open the page for `actor`; return it once it has proved to be there."""
        actor.browser.open(path or cls.PATH)
        return cls.seen_by(actor)

    @classmethod
    def seen_by(cls, actor: Actor) -> Self:
        """Return the page that `actor` has before them; raises NotSeenError if it is another."""
        return cls(actor.browser).loaded()

    def loaded(self) -> Self:
        """Return this page once it has proved to be there: nobody reads an error page by mistake."""
        self.wait_for(self.LOADED, self.NAME)
        return self

    def wait_for(self, css: str, what: str) -> None:
        """Return once an element is there; a failure tells which page is there instead."""
        eventually(lambda: self.browser.run(WHERE, css), lambda seen: seen["there"], what=f"{what} ({css})")

    @property
    def title(self) -> str:
        """The title of the window."""
        return self.browser.title

    @property
    def heading(self) -> str:
        """The main heading."""
        return " ".join(self.browser.texts(self.HEADING))

    @property
    def everything(self) -> str:
        """All that can be read on the page."""
        return " ".join(self.browser.texts("body"))

    @property
    def unloaded_stylesheets(self) -> list[str]:
        """The stylesheets that the page asks for and did not get."""
        return self.browser.unloaded_stylesheets()

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.browser.run("return document.documentElement.scrollWidth - window.innerWidth"))

    @property
    def accessibility_violations(self) -> list[str]:
        """What keeps anybody out: whoever reads by ear, by keyboard, or in large letters."""
        return violations(self.browser.driver)

    def submit(self, css: str, text: str) -> None:
        """Fill in a field and press Enter."""
        if text:
            self.browser.fill(css, text)
        self.browser.element(css).send_keys(Keys.ENTER)

    def click(self, css: str) -> None:
        """Press a button or follow a link."""
        self.browser.element(css).click()
