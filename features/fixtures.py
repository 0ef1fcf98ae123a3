"""What Givens ask for; each method has the same name as its management command."""

from acceptance.fixtures import SiteFixtures


class Fixtures(SiteFixtures):
    """Lists and login links made in advance, besides the sessions that every site has."""

    def create_list(self, *items: str, owner: str | None = None) -> str:
        """Return the path of a new list, ownerless or for the address `owner`."""
        owner_option = ["--owner", owner] if owner else []
        return self._target.manage("create_list", *owner_option, "--", *items)

    def share_list(self, path: str, email: str) -> None:
        """Share the list at `path` with an address."""
        self._target.manage("share_list", path, email)

    def create_login_link(self, email: str, *, age: int = 0) -> str:
        """Return the path of a login link that was made `age` minutes ago."""
        return self._target.manage("create_login_link", email, "--age", str(age))
