"""People, and the links that log them in."""

import hashlib
import secrets
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone

from superlists.accounts.addresses import AddressField

LINK_LIFETIME = timedelta(minutes=15)
# To one address, for one sender; to one address, whoever asks; and for one sender, which may be a whole office.
LINKS_AN_HOUR = 5
LINKS_AN_HOUR_TO_AN_ADDRESS = 20
LINKS_AN_HOUR_FOR_A_SENDER = 100
MAX_PATH_LENGTH = 500


class User(models.Model):
    """A person, known by an address. There are no passwords."""

    email = AddressField(primary_key=True)

    REQUIRED_FIELDS: ClassVar[list[str]] = []
    USERNAME_FIELD = "email"
    is_anonymous = False
    is_authenticated = True
    is_active = True

    def __str__(self) -> str:
        """Return the address."""
        return self.email


class LinkRefusedError(Exception):
    """A login link that does not log anyone in; says why in words for its reader."""


class LinkAllowanceSpentError(Exception):
    """As many links were sent to an address, or for a sender, as may be for now."""


class LoginLinkManager(models.Manager["LoginLink"]):
    """Makes links, and finds them again by the token that only the mail holds."""

    def issue(self, email: str, next_path: str = "", *, sender: str = "") -> tuple["LoginLink", str]:
        """Make a link for `email`, asked for by `sender`, and return it with its token.

        Raises LinkAllowanceSpentError past the allowance. Committed first and counted
        after, so that of two requests at once neither can miss the other.
        """
        link, token = self.make(email, next_path, sender=sender)
        if self._exceeds_allowance(link):
            link.delete()
            raise LinkAllowanceSpentError(email)
        return link, token

    def make(self, email: str, next_path: str = "", *, sender: str = "") -> tuple["LoginLink", str]:
        """Make a link without regard to the allowance; return it with its token."""
        token = secrets.token_urlsafe(32)
        return self.create(email=email, digest=digest_of(token), next_path=next_path, sender=sender), token

    def _exceeds_allowance(self, link: "LoginLink") -> bool:
        """Tell whether a link is one too many. Those of an unknown sender count as everybody's."""
        lately = self.filter(created_at__gt=timezone.now() - timedelta(hours=1))
        to_address = lately.filter(email=link.email)
        return (
            to_address.filter(sender__in=("", link.sender)).count() > LINKS_AN_HOUR
            or to_address.count() > LINKS_AN_HOUR_TO_AN_ADDRESS
            or (link.sender != "" and lately.filter(sender=link.sender).count() > LINKS_AN_HOUR_FOR_A_SENDER)
        )

    def usable(self, token: str) -> "LoginLink":
        """Return the link with this token; raises LinkRefusedError with the reason."""
        link = self.filter(digest=digest_of(token)).first()
        if link is None:
            raise LinkRefusedError("This login link is not one of ours.")
        if link.used_at is not None:
            raise LinkRefusedError("This login link has already been used.")
        if timezone.now() - link.created_at >= LINK_LIFETIME:
            raise LinkRefusedError("This login link has expired.")
        return link

    def use(self, token: str) -> "LoginLink":
        """Return the link with this token, used up; raises LinkRefusedError.

        One conditional update decides, so that two requests cannot both win.
        """
        link = self.usable(token)
        if not self.filter(pk=link.pk, used_at=None).update(used_at=timezone.now()):
            raise LinkRefusedError("This login link has already been used.")
        return link


class LoginLink(models.Model):
    """A link sent to an address. Only a digest of its token is kept."""

    email = AddressField(db_index=True)
    digest = models.CharField(max_length=64, unique=True)
    next_path = models.CharField(max_length=MAX_PATH_LENGTH, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    used_at = models.DateTimeField(null=True)
    # Who asked for it, as the site sees them: an IP address, or the network of one; nothing where it is not known.
    sender = models.CharField(max_length=50, blank=True, default="", db_default="")

    objects: ClassVar[LoginLinkManager] = LoginLinkManager()

    def __str__(self) -> str:
        """Return whom the link is for; never its token."""
        return f"login link for {self.email}"


def digest_of(token: str) -> str:
    """Return what is stored of a token: its SHA-256, as 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def login_path(token: str) -> str:
    """Return the path that the mailed link leads to."""
    return reverse("log_in_by_link", args=[token])
