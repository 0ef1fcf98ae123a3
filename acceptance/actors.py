"""The people of a scenario: a name, an address, and a browser opened when first needed."""

import time
from collections.abc import Callable, Iterator

from behave import register_type

from acceptance.browsers.base import Browser, Browsers
from acceptance.mailboxes.base import Mailbox
from acceptance.project import PERSON, Cast


class UnknownPersonError(LookupError):
    """A step is about somebody who is not in the project's cast; says whose name comes nearest."""


class Actor:
    """Someone who uses the site."""

    def __init__(self, name: str, actors: "Actors") -> None:
        """Give `name` an address; the browser comes when it is asked for."""
        self.name = name
        self.email = actors.address_of(name)
        self._actors = actors
        self._browser: Browser | None = None
        # Mail of an earlier scenario is none of this one's.
        self._asked_at = time.time()
        # The link by which the person logs in, wherever it came from.
        self.login_link = ""
        # What has to be so on the first page that the person sees, such as whom it greets: no page is opened for it.
        self.first_look: Callable[[], object] | None = None

    def notes_the_time(self, mailbox: Mailbox) -> None:
        """Remember when something was asked for that is to come by mail."""
        self._asked_at = mailbox.now()

    def mailed_link(self, mailbox: Mailbox, subject: str) -> str:
        """Return the link in the mail that came since, which leads to the site and stands alone on the last line."""
        site = self._actors.base_url
        mail = mailbox.wait_for(self.email, subject, self._asked_at, site=site)
        link = mail.links_to(site)[-1]
        last_line = mail.body.strip().rpartition("\n")[2]
        assert last_line == link, "The last line of the mail is not the link alone"
        return link

    @property
    def browser(self) -> Browser:
        """The person's own browser, shared with no one else in the scenario."""
        if self._browser is None:
            self._browser = self._actors.browser_for_one_more()
            self._browser.owner = self.name
        return self._browser

    @property
    def has_browser(self) -> bool:
        """Whether the browser has been opened."""
        return self._browser is not None


class Actors:
    """Everyone in one scenario, by name; whoever of the cast is named joins."""

    def __init__(
        self,
        browsers: Browsers,
        base_url: str,
        scenario_id: str,
        *,
        address_of: Callable[[str], str],
        cast: Cast | None,
    ) -> None:
        """Begin a scenario with nobody on stage; without a cast, anybody may join."""
        self._browsers = browsers
        self.base_url = base_url
        self.address_of = address_of
        self._scenario_id = scenario_id
        self._cast = cast
        self._people: dict[str, Actor] = {}

    def __getitem__(self, name: str) -> Actor:
        """Return the person of this name; raises UnknownPersonError, also for a name out of a table."""
        if self._cast and (refusal := self._cast.refusal(name)):
            raise UnknownPersonError(refusal)
        return self._people.setdefault(name, Actor(name, self))

    def __iter__(self) -> Iterator[Actor]:
        """Go through everyone who was named so far."""
        return iter(self._people.values())

    def browser_for_one_more(self) -> Browser:
        """Return a browser whose every request carries the scenario's id."""
        browser = self._browsers.open()
        browser.enter(self.base_url, {"scenario": self._scenario_id})
        return browser


class PersonName(str):
    """What stands for {…:Person} in a step."""

    # What parse.with_pattern would set: the names that the type stands for.
    pattern = PERSON


# Steps refer to the type as they are loaded, which is after environment.py.
register_type(Person=PersonName)
