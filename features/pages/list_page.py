"""A list's own page."""

from typing import Self

from acceptance.waiting import brief
from features.pages.item_box import ItemBox


class ListPage(ItemBox):
    """The items of a list, and whom it is shared with."""

    NAME = "a list's own page"
    LOADED = "#id_list_table"
    ROWS = "#id_list_table tr"
    OWNER = "#id_list_owner"
    SHARE_BOX = "input[name=sharee]"
    SHAREES = ".list-sharee"
    LEAVE = "#id_leave"
    # Where whoever has left a list finds themselves.
    MY_LISTS = "#id_my_lists"

    @property
    def path(self) -> str:
        """The address of this list within the site."""
        return self.browser.path

    @property
    def rows(self) -> list[str]:
        """The rows as they read, numbers included."""
        return self.browser.texts(self.ROWS)

    @property
    def items(self) -> list[str]:
        """The items without their numbers."""
        return [row.partition(": ")[2] for row in self.rows]

    @property
    def owner(self) -> list[str]:
        """The address of the owner, where there is one."""
        return self.browser.texts(self.OWNER)

    @property
    def sharees(self) -> list[str]:
        """The addresses that the list is shared with."""
        return self.browser.texts(self.SHAREES)

    @property
    def offers_sharing(self) -> bool:
        """Whether this reader may share the list."""
        return self.browser.exists(self.SHARE_BOX)

    def wait_for_item(self, text: str) -> None:
        """Return once the item stands on the list."""
        self.eventually(lambda: self.items, lambda items: text in items, what=f"{brief(text)} on the list")

    def add(self, text: str) -> Self:
        """Add an item; return once it stands on the list."""
        self.submit(self.BOX, text)
        self.wait_for_item(text)
        return self

    def share_with(self, email: str) -> Self:
        """Share the list; return once the page names the new sharee."""
        self.submit(self.SHARE_BOX, email)
        wanted = email.lower()
        self.eventually(lambda: self.sharees, lambda sharees: wanted in sharees, what=f"{wanted} among the sharees")
        return self

    def try_to_share_with(self, email: str) -> Self:
        """Share with an address that will be refused; return once there is a complaint."""
        self.submit(self.SHARE_BOX, email)
        self.eventually(lambda: self.errors, what=f"a complaint about sharing with {email!r}")
        return self

    def leave(self) -> None:
        """Leave a list that was shared; return once the page of one's lists is there."""
        self.click(self.LEAVE)
        self.wait_for(self.MY_LISTS, "the page of one's lists")
