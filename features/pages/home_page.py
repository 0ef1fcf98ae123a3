"""The home page, where a list begins."""

from features.pages.item_box import ItemBox
from features.pages.list_page import ListPage


class HomePage(ItemBox):
    """The page that invites a first item."""

    NAME = "the home page"
    PATH = "/"
    LOADED = '.item-form[action="/"]'

    def start_list(self, text: str, *, shown_as: str = "") -> ListPage:
        """Start a list with its first item; return its page once the item stands there, as it is shown."""
        self.submit(self.BOX, text)
        started = ListPage(self.browser).loaded()
        started.wait_for_item(shown_as or text)
        return started
