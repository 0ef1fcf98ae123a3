"""`manage.py create_session EMAIL`: log someone in without a mail or a password."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.core.management.base import CommandParser
from django.db import models
from django.http import HttpRequest

from acceptance.django_app.fixture_command import FixtureCommand, email_address


class Command(FixtureCommand):
    """Prints the key of a session in which EMAIL is logged in."""

    help = "Print the key of a new session in which EMAIL is logged in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take EMAIL."""
        parser.add_argument("email", help="or the user name, where people have no email address")

    def make(self, *, email: str, **_: Any) -> str:
        """Make the user if need be, and the session; return its key."""
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        login(request, _user(email), backend=settings.AUTHENTICATION_BACKENDS[0])
        request.session.save()
        return str(request.session.session_key)


def _user(name: str) -> Any:
    """Return the user with this email address or, where the model has none, this user name; a new one if need be."""
    model: Any = get_user_model()
    known_by = getattr(model, "EMAIL_FIELD", "") or model.USERNAME_FIELD
    if isinstance(model._meta.get_field(known_by), models.EmailField):
        email_address(name)
    user = model._default_manager.filter(**{known_by: name}).first()
    if user is None:
        user = model(**{known_by: name, model.USERNAME_FIELD: name})
        if hasattr(user, "set_unusable_password"):
            user.set_unusable_password()
        user.save()
    return user
