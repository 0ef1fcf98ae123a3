"""What Givens ask for; each method has the same name as its management command."""

from acceptance.redaction import hide
from acceptance.targets.base import Target


class Fixtures:
    """Data made in advance on the site under test, by the short road."""

    def __init__(self, target: Target) -> None:
        """Make fixtures on `target`."""
        self._target = target

    def reset_site(self) -> None:
        """Empty the site of people, lists and sessions; names the site it means."""
        self._target.manage("reset_site", "--site", self._target.identity().name)

    def create_session(self, email: str) -> str:
        """Return the key of a session in which `email` is logged in."""
        return hide(self._target.manage("create_session", email))

    def create_list(self, *items: str, owner: str | None = None) -> str:
        """Return the path of a new list, ownerless or for the address `owner`."""
        owned = ["--owner", owner] if owner else []
        return self._target.manage("create_list", *owned, "--", *items)

    def share_list(self, path: str, email: str) -> None:
        """Share the list at `path` with an address."""
        self._target.manage("share_list", path, email)

    def create_login_link(self, email: str, *, age: int = 0) -> str:
        """Return the path of a login link that was made `age` minutes ago."""
        return self._target.manage("create_login_link", email, "--age", str(age))
