"""The pages about login links: a refused one, the wait for the next, and a way back."""

from typing import ClassVar

from acceptance.page import Page


class LoginForm(Page):
    """A page on which one can ask for a login link."""

    ADDRESS: ClassVar[str]
    # What comes of it, well or not.
    ANSWER = ".alert, #id_wait, #id_mail_failed, #id_email_error"

    def ask_for_link(self, email: str) -> None:
        """Ask for a login link; return once the site has answered, well or not."""
        self.submit(self.ADDRESS, email)
        self.wait_for(self.ANSWER, "the answer to a request for a login link")


class CompleteLoginPage(Page):
    """A login link in a browser that did not ask for it."""

    NAME = "the page that a login link opens in a browser that did not ask for it"
    LOADED = "#id_complete_login"
    OWNER = "#id_link_owner"
    LOGGED_IN = "#id_logged_in"
    LOG_IN = "#id_complete_login button"

    @property
    def owner(self) -> list[str]:
        """The address that the link logs in."""
        return self.browser.texts(self.OWNER)

    @property
    def logged_in(self) -> list[str]:
        """The address of whoever is logged in already; nothing while nobody is."""
        return self.browser.texts(self.LOGGED_IN)

    def log_in(self) -> None:
        """Press the button that logs in."""
        self.click(self.LOG_IN)


class LoginPage(LoginForm):
    """The login form on a page of its own."""

    NAME = "the page that asks to log in"
    PATH = "/accounts/login/"
    LOADED = ".ask-for-link"
    ADDRESS = ".ask-for-link input[name=email]"
    ERROR = "#id_email_error"

    @property
    def errors(self) -> list[str]:
        """What is wrong with the address."""
        return self.browser.texts(self.ERROR)


class RefusedLinkPage(LoginForm):
    """A link that does not log anyone in."""

    NAME = "the page that refuses a login link"
    PATH = "/accounts/login/made-up-by-boris/"
    LOADED = "#id_refusal"
    REASON = "#id_refusal"
    ADDRESS = ".ask-for-link input[name=email]"

    @property
    def reason(self) -> str:
        """Why the link was refused."""
        return " ".join(self.browser.texts(self.REASON))

    @property
    def offers_new_link(self) -> bool:
        """Whether one can ask for another link right there."""
        return bool(self.browser.exists(self.ADDRESS))


class WaitPage(Page):
    """Too many links were asked for."""

    NAME = "the page that asks to wait"
    LOADED = "#id_wait"
    ADVICE = "#id_wait p"

    @property
    def advice(self) -> str:
        """Why to wait, and for how long."""
        return " ".join(self.browser.texts(self.ADVICE))


class MailFailedPage(Page):
    """A link was asked for, and could not be mailed."""

    NAME = "the page that says that no mail could be sent"
    LOADED = "#id_mail_failed"


class NotFoundPage(LoginForm):
    """Nothing is here, or nothing for this reader."""

    NAME = "the page that says that nothing is here"
    PATH = "/lists/00000000-0000-4000-8000-000000000000/"
    LOADED = "#id_not_found"
    ADDRESS = "#id_not_found input[name=email]"
