"""The bar at the top of every page: logging in and out, and the way to one's lists."""

from typing import Self

from acceptance.redaction import hide
from features.pages.login_pages import LoginForm


class NavigationBar(LoginForm):
    """The navigation bar of whatever page is open."""

    NAME = "the navigation bar"
    PATH = "/"
    LOADED = ".navbar"
    ADDRESS = ".navbar input[name=email]"
    MY_LISTS = '.navbar a[href="/lists/mine/"]'
    LOG_OUT = "#id_logout"
    WHO = ".navbar .navbar-text"

    @property
    def offers_login(self) -> bool:
        """Whether one can ask for a login link."""
        return self.browser.exists(self.ADDRESS)

    @property
    def offers_my_lists(self) -> bool:
        """Whether there is a way to one's own lists."""
        return self.browser.exists(self.MY_LISTS)

    @property
    def who(self) -> list[str]:
        """The address of whoever is logged in; nothing while nobody is."""
        return self.browser.texts(self.WHO)

    @property
    def answers(self) -> list[str]:
        """What the site said to a request for a login link, well or not."""
        return self.browser.texts(self.ANSWER)

    @property
    def session_key(self) -> str:
        """What the browser remembers of whoever is logged in."""
        return hide(str(self.browser.cookie("sessionid")))

    def shows(self, email: str) -> Self:
        """Return once `email` stands in the bar as logged in."""
        self.eventually(lambda: self.who, lambda who: who == [email], what=f"{email} logged in")
        return self

    def log_out(self) -> Self:
        """Log out; return once the bar offers to log in again."""
        self.click(self.LOG_OUT)
        self.wait_for(self.ADDRESS, "the offer to log in again")
        return self

    def go_back(self) -> None:
        """Go back to what was open before."""
        self.browser.back()
