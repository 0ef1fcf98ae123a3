"""The page on which a person finds their lists again."""

from acceptance.page import Page
from acceptance.waiting import eventually
from features.pages.list_page import ListPage


class MyListsPage(Page):
    """A person's own lists, and those shared with them."""

    NAME = "the page of one's lists"
    PATH = "/lists/mine/"
    LOADED = "#id_my_lists"
    OWN = "#id_own_lists a"
    SHARED = "#id_shared_lists a"
    ANY = "#id_own_lists a, #id_shared_lists a"

    @property
    def own(self) -> list[str]:
        """The names of the person's own lists, as they stand."""
        return self.browser.texts(self.OWN)

    @property
    def shared(self) -> list[str]:
        """The names of the lists shared with the person, as they stand."""
        return self.browser.texts(self.SHARED)

    def open_list(self, name: str) -> ListPage:
        """Follow the link of this name; return the list's page."""
        names = eventually(
            lambda: self.browser.texts(self.ANY), lambda seen: name in seen, what=f"a list called {name!r}"
        )
        self.browser.elements(self.ANY)[names.index(name)].click()
        return ListPage(self.browser).loaded()
