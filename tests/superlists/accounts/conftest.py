"""Asking for a login link, and finding it in the mail."""

from urllib.parse import urlsplit

import pytest

from superlists.accounts.models import LoginLink, login_path


@pytest.fixture
def ask(client, db):
    def post(email, browser=client, **rest):
        return browser.post("/accounts/send_login_email", {"email": email, **rest})

    return post


@pytest.fixture
def mailed_path(mailoutbox):
    """The path of the link in the newest mail."""
    return lambda: urlsplit(mailoutbox[-1].body.splitlines()[-1]).path


@pytest.fixture
def link_for(db):
    """The path of a link for an address, as old as one likes."""

    def make(email, **fields):
        link, token = LoginLink.objects.make(email)
        LoginLink.objects.filter(pk=link.pk).update(**fields)
        return login_path(token)

    return make


def logged_in_address(browser):
    return browser.session.get("_auth_user_id")
