"""The pages about login links: a refused one, the wait for the next, and a way back."""

from features.pages.page import Page


class RefusedLinkPage(Page):
    """A link that does not log anyone in."""

    NAME = "the page that refuses a login link"
    PATH = "/accounts/login/"
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


class NotFoundPage(Page):
    """Nothing is here, or nothing for this reader."""

    NAME = "the page that says that nothing is here"
    LOADED = "#id_not_found"
    ADDRESS = "#id_not_found input[name=email]"

    def ask_for_link(self, email: str) -> None:
        """Ask for a login link that leads back here; return once the site has answered."""
        self.ask_for_link_in(self.ADDRESS, email)
