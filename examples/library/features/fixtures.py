"""What Givens ask for; each method has the same name as its management command."""

from acceptance.fixtures import SiteFixtures


class Fixtures(SiteFixtures):
    """Readers and books, made in advance."""

    def add_reader(self, card: str, password: str) -> None:
        """Make a reader who can log in."""
        self._target.manage("add_reader", card, password)

    def add_book(self, title: str, lent_to: str = "") -> None:
        """Make a book, lent to the reader with this card or to nobody."""
        self._target.manage("add_book", *(["--lent-to", lent_to] if lent_to else []), "--", title)
