"""The library's pages."""

from typing import Self

from acceptance.page import Page


class LibraryPage(Page):
    """What all pages have: the bar at the top, and room for a refusal."""

    NAME = "a page of the library"
    PATH = "/"
    LOADED = "nav"
    CARD = "nav .card"
    LOG_IN = "#log_in"
    LOG_OUT = "#log_out"
    REFUSAL = ".refusal"

    @property
    def refusals(self) -> list[str]:
        """What the library said no to."""
        return self.browser.texts(self.REFUSAL)

    @property
    def card(self) -> list[str]:
        """The card of whoever is logged in; nothing while nobody is."""
        return self.browser.texts(self.CARD)

    @property
    def offers_login(self) -> bool:
        """Whether one can log in."""
        return self.browser.exists(self.LOG_IN)

    def log_out(self) -> Self:
        """Log out; return once the bar offers to log in."""
        self.click(self.LOG_OUT)
        self.wait_for(self.LOG_IN, "the offer to log in")
        return self


class ShelfPage(LibraryPage):
    """All books."""

    NAME = "the shelf"
    LOADED = "#shelf"
    ROWS = "#shelf li"
    BORROW = 'button[aria-label="Borrow {}"]'

    @property
    def books(self) -> list[str]:
        """Each book, and whether it is lent."""
        return self.browser.texts(self.ROWS)

    def offers(self, title: str) -> bool:
        """Whether one can borrow a book."""
        return self.browser.exists(self.BORROW.format(title))

    def borrow(self, title: str) -> Self:
        """Borrow a book; return once it is lent."""
        self.click(self.BORROW.format(title))
        self.eventually(lambda: self.books, lambda books: f"{title} lent" in books, what=f"{title} lent")
        return self

    def try_to_borrow(self, title: str) -> Self:
        """Press the button; return once the library says no."""
        self.click(self.BORROW.format(title))
        self.wait_for(self.REFUSAL, "a refusal")
        return self


class MyBooksPage(LibraryPage):
    """What a reader has at home."""

    NAME = "the page of one's own books"
    PATH = "/mine/"
    LOADED = "#my_books"
    TITLES = "#my_books .title"
    BRING_BACK = 'button[aria-label="Bring back {}"]'

    @property
    def titles(self) -> list[str]:
        """The books, as they are called."""
        return self.browser.texts(self.TITLES)

    def bring_back(self, title: str) -> Self:
        """Bring a book back; return once it is gone from the list."""
        self.click(self.BRING_BACK.format(title))
        self.eventually(lambda: self.titles, lambda titles: title not in titles, what=f"{title} gone")
        return self


class LoginPage(LibraryPage):
    """Where one gives card and secret word."""

    NAME = "the login page"
    PATH = "/login/"
    LOADED = "#login"
    USERNAME = "#id_username"
    PASSWORD = "#id_password"  # noqa: S105 - a locator

    def log_in(self, card: str, password: str) -> ShelfPage:
        """Log in; return the shelf that one is led to."""
        self._give(card, password)
        return ShelfPage(self.browser).loaded()

    def try_to_log_in(self, card: str, password: str) -> Self:
        """Send card and secret word; return once the library says no."""
        self._give(card, password)
        self.wait_for(self.REFUSAL, "a refusal")
        return self

    def _give(self, card: str, password: str) -> None:
        self.browser.fill(self.USERNAME, card)
        self.submit(self.PASSWORD, password)
