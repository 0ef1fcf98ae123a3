"""The box that items are typed into, on the home page and on a list."""

from acceptance.page import Page

POST_ELSEWHERE = """
const box = document.querySelector(arguments[0]);
box.value = arguments[1];
box.form.action = arguments[2];
box.form.submit();
"""


class ItemBox(Page):
    """A page with a box for a new item."""

    NAME = "a box for a new item"
    LOADED = "#id_text"
    BOX = "#id_text"
    ERROR = ".invalid-feedback"
    REFUSED_BY_BROWSER = "#id_text:user-invalid"
    # Whoever hears the page is told of these with the box, even where they are hidden.
    ANNOUNCED_WRONG = "#id_text[aria-describedby], #id_text[aria-invalid]"

    @property
    def invitation(self) -> str:
        """What the empty box invites to."""
        return str(self.browser.run("return document.querySelector(arguments[0]).placeholder", self.BOX))

    @property
    def typed(self) -> str:
        """What stands in the box."""
        return str(self.browser.run("return document.querySelector(arguments[0]).value", self.BOX))

    @property
    def has_focus(self) -> bool:
        """Whether what is typed now goes into the box."""
        return bool(self.browser.run("return document.activeElement.matches(arguments[0])", self.BOX))

    def wait_for_focus(self) -> None:
        """Return once what is typed goes into the box: a script sees to it, which may run after the items are shown."""
        self.eventually(lambda: self.has_focus, what="the cursor in the item box")

    @property
    def distance_from_centre(self) -> float:
        """How far the middle of the box is from the middle of the window, in pixels."""
        box = self.browser.box(self.BOX)
        width = float(self.browser.run("return document.documentElement.clientWidth"))
        return abs(box["x"] + box["width"] / 2 - width / 2)

    @property
    def asks_to_fill_in(self) -> bool:
        """Whether the browser itself refused to send the empty box."""
        return self.browser.exists(self.REFUSED_BY_BROWSER)

    @property
    def errors(self) -> list[str]:
        """What the page complains of, as far as it can be seen."""
        return self.browser.texts(self.ERROR)

    @property
    def announces_error(self) -> bool:
        """Whether the box is announced as wrong to whoever hears the page."""
        return self.browser.exists(self.ANNOUNCED_WRONG)

    @property
    def complaints(self) -> list[str]:
        """What the page complains of, or the browser before it sends anything."""
        return self.errors or ["(asked to fill in the item)"] * self.asks_to_fill_in

    def type_on(self, text: str) -> None:
        """Type key by key after what was refused, without sending."""
        self.eventually(lambda: self.complaints, what="a complaint about what stands in the box")
        self.browser.press(text, self.BOX)

    def try_to_add(self, text: str) -> None:
        """Send an item that will be refused; return once there is a complaint."""
        self.submit(self.BOX, text)
        self.eventually(lambda: self.complaints, what=f"a complaint about the item {text!r}")

    def post_elsewhere(self, text: str, path: str) -> None:
        """Send an item to another path than the form's own, as somebody who writes a form of their own does."""
        self.browser.run(POST_ELSEWHERE, self.BOX, text, path)
