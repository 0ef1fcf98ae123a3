"""A login link in exchange for a user."""

import logging
from typing import Any

from django.http import HttpRequest

from superlists.accounts.models import LoginLink, User

logger = logging.getLogger(__name__)


class LoginLinkBackend:
    """Django's authentication backend for links; using one uses it up."""

    def authenticate(self, request: HttpRequest | None, login_link: LoginLink | None = None, **_: Any) -> User | None:
        """Return the user a used link belongs to, known from now on if not before."""
        if login_link is None:
            return None
        user, created = User.objects.get_or_create(email=login_link.email)
        logger.info("%s logged in by a link%s", user.email, ", for the first time" if created else "")
        return user

    def get_user(self, email: str) -> User | None:
        """Return the user of a session, or None when there is none any more."""
        return User.objects.filter(pk=email).first()
