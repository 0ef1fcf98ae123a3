"""Bearer tokens: ROOT/tokens/OWNER holds what a token of this owner is known by, and never the token itself."""

import hashlib
import hmac
import re
import secrets
from pathlib import Path

OWNER = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
BYTES = 32


class TokenError(Exception):
    """A token that cannot be made or removed."""


class Tokens:
    """Who may ask, and by which token."""

    def __init__(self, root: Path) -> None:
        """Look into the folder at every question, so that no restart is needed."""
        self._folder = root / "tokens"

    def add(self, owner: str) -> str:
        """Return a new token, which is told this once; raises TokenError."""
        if not OWNER.fullmatch(owner):
            raise TokenError(f"{owner!r} is no owner's name; allowed: 1 to 63 of a-z, 0-9, - and _")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        token = secrets.token_urlsafe(BYTES)
        try:
            with (self._folder / owner).open("x") as file:
                file.write(_hashed(token))
        except FileExistsError:
            raise TokenError(f"{owner} has a token already; remove it first") from None
        (self._folder / owner).chmod(0o600)
        return token

    def remove(self, owner: str) -> None:
        """Let nobody in by this owner's token any more; raises TokenError."""
        if owner not in self.owners():
            raise TokenError(f"{owner} has no token; there are: {', '.join(self.owners()) or 'none'}")
        (self._folder / owner).unlink()

    def owners(self) -> list[str]:
        """Return whose tokens there are."""
        return sorted(file.name for file in self._folder.glob("*") if OWNER.fullmatch(file.name))

    def owner_of(self, token: str) -> str | None:
        """Return whose token this is."""
        digests = {owner: (self._folder / owner).read_text().strip() for owner in self.owners()}
        # Each is compared in constant time.
        return next((owner for owner in digests if hmac.compare_digest(digests[owner], _hashed(token))), None)


def _hashed(token: str) -> str:
    # It is random and long: a slow hash would only slow down every request.
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()
