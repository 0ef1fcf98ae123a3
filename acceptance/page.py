"""What all pages share: locators on top, queries as properties, actions that return once their effect can be seen."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, Self, TypeVar

from selenium.common.exceptions import NoSuchElementException, WebDriverException
from selenium.webdriver.common.keys import Keys

from acceptance.accessibility import violations
from acceptance.actors import Actor
from acceptance.browsers.base import VISIBLE_TEXTS, Browser
from acceptance.redaction import redacted
from acceptance.waiting import NotReadyError, NotSeenError, brief, eventually

PATH = "return location.pathname"
Seen = TypeVar("Seen")
# What a person calls a field, a button or a link.
NAME_OF = """
element => element.innerText || element.placeholder || element.getAttribute('aria-label') || element.tagName
"""
FIELDS_OUT_OF_SIGHT = f"""
const name = {NAME_OF};
const fields = [...document.querySelectorAll('form input:not([type=hidden]), form button')];
const width = document.documentElement.clientWidth;
const seen = field => {{
  const box = field.getBoundingClientRect();
  return field.checkVisibility({{opacityProperty: true, visibilityProperty: true}})
    && box.width > 0 && box.left >= 0 && box.right <= width;
}};
return fields.length ? fields.filter(field => !seen(field)).map(name) : ['(there is no form)'];
"""
TAB_STOP = f"""
const name = {NAME_OF};
const stop = document.activeElement;
if (stop === document.body) return null;
const style = getComputedStyle(stop);
const number = [...document.querySelectorAll('*')].indexOf(stop);
const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
return {{number, name: name(stop), seen: outlined || style.boxShadow !== 'none'}};
"""


class Page:
    """A page that someone has before them, and that proved to be this page."""

    # What it is called in a failure, where it is unless it is led to, and what proves that it is there.
    NAME: ClassVar[str]
    PATH: ClassVar[str]
    LOADED: ClassVar[str]
    HEADING: ClassVar[str] = "h1"
    # What it tells its reader, such as a complaint: a wait that fails quotes it.
    ANNOUNCED: ClassVar[str] = "[role=alert], [role=status]"

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
        """Return the page that `actor` has before them; raises NotSeenError if it is another.

        Or if it is the first one, and does not show what `actor.first_look` waits for.
        """
        page = cls(actor.browser).loaded()
        if look := actor.first_look:
            actor.first_look = None
            look()
        return page

    def loaded(self) -> Self:
        """Return this page once it has proved to be there: nobody reads an error page by mistake."""
        self.wait_for(self.LOADED, self.NAME)
        return self

    def wait_for(self, css: str, what: str) -> None:
        """Return once an element is there; a failure tells which page is there instead."""

        def look() -> bool:
            if not self.browser.exists(css):
                raise NoSuchElementException(css)
            return True

        self.eventually(look, what=what)

    def eventually(self, look: Callable[[], Seen], until: Callable[[Seen], object] = bool, *, what: str) -> Seen:
        """Return what `look` sees of this page once `until` holds of it.

        Raises NotSeenError, as `acceptance.waiting.eventually` does, that also names who
        waited, where they are, and what the page announces there.
        """
        try:
            return eventually(look, until, what=what)
        except NotSeenError as error:
            message = str(error)
            if owner := self.browser.owner:
                message = f"{owner} {message[0].lower()}{message[1:]}"
            raise NotSeenError(redacted(f"{message}. {self._where()}".strip())) from None

    def _where(self) -> str:
        """Return which page this is, and what it announces, from one look: it may not be any better the next time."""
        with suppress(NotReadyError, WebDriverException):
            path = self.browser.read(PATH)
            heading, announced = (self.browser.read(VISIBLE_TEXTS, css) for css in (self.HEADING, self.ANNOUNCED))
            says = f", and says {brief(announced)}" if announced else ""
            return f"The page at {path} is headed {brief(' '.join(heading))}{says}"
        return ""

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
        """The stylesheets of the page that do nothing, each with the reason: it did not load, or is empty."""
        return self.browser.unloaded_stylesheets()

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.browser.run("return document.documentElement.scrollWidth - window.innerWidth"))

    @property
    def fields_out_of_sight(self) -> list[str]:
        """The fields and buttons of forms that cannot be seen within the window's width; one that has none says so."""
        hidden: list[str] = self.browser.run(FIELDS_OUT_OF_SIGHT)
        return hidden

    def unseen_tab_stops(self) -> list[str]:
        """Press Tab from the page's start to its end; return the stops at which nothing shows where the focus is."""
        self.browser.run("document.activeElement.blur()")
        stops: list[dict[str, Any]] = []
        while (stop := self._next_tab_stop()) and stop["number"] not in [each["number"] for each in stops]:
            stops.append(stop)
        return [stop["name"] for stop in stops if not stop["seen"]] if stops else ["(there is no stop)"]

    def _next_tab_stop(self) -> dict[str, Any] | None:
        self.browser.press(Keys.TAB)
        stop: dict[str, Any] | None = self.browser.run(TAB_STOP)
        return stop

    @property
    def accessibility_violations(self) -> list[str]:
        """What keeps anybody out: whoever reads by ear, by keyboard, or in large letters."""
        return violations(self.browser.run_async)

    def submit(self, css: str, text: str) -> None:
        """Fill in a field and press Enter."""
        if text:
            self.browser.fill(css, text)
        self.browser.press(Keys.ENTER, css)

    def click(self, css: str) -> None:
        """Press a button or follow a link."""
        self.browser.click(css)
