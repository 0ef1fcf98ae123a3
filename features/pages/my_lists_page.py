"""The page on which a person finds their lists again."""

from acceptance.page import Page
from features.pages.list_page import ListPage


class MyListsPage(Page):
    """A person's own lists, and those shared with them."""

    NAME = "the page of one's lists"
    PATH = "/lists/mine/"
    LOADED = "#id_my_lists"
    OWN = "#id_own_lists a"
    SHARED = "#id_shared_lists li"
    EMPTY = "#id_my_lists p"
    # The headings of a person's own lists, and of those shared with them.
    HEADINGS = "h1, h2"
    ANY = "#id_own_lists a, #id_shared_lists a"

    @property
    def own(self) -> list[str]:
        """The names of the person's own lists, as they stand."""
        return self.browser.texts(self.OWN)

    @property
    def shared(self) -> list[str]:
        """The lists shared with the person, as they stand, each with its owner."""
        return self.browser.texts(self.SHARED)

    @property
    def invitation(self) -> list[str]:
        """What stands in the place of lists while there are none."""
        return self.browser.texts(self.EMPTY)

    @property
    def headings(self) -> list[str]:
        """What the page calls the person's own lists, and those shared with them where there are any."""
        return self.browser.texts(self.HEADINGS)

    def open_list(self, name: str) -> ListPage:
        """Follow the link of this name; return the list's page."""
        names = self.eventually(
            lambda: self.browser.texts(self.ANY), lambda seen: name in seen, what=f"a list called {name!r}"
        )
        self.browser.click(self.ANY, names.index(name))
        return ListPage(self.browser).loaded()
