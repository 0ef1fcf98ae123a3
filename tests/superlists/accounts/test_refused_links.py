"""A link that cannot be used says why, offers a new one, and gives nothing away."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.superlists.accounts.conftest import logged_in_address
from tests.superlists.pages import field, text

pytestmark = pytest.mark.django_db
REASONS = {
    "used": "This login link has already been used.",
    "expired": "This login link has expired.",
    "made up": "This login link is not one of ours.",
}


@pytest.fixture(params=REASONS)
def refused(request, link_for):
    """A link's path, and why it is refused."""
    now = timezone.now()
    path = {
        "used": lambda: link_for("edith@example.com", used_at=now),
        "expired": lambda: link_for("edith@example.com", created_at=now - timedelta(minutes=15)),
        "made up": lambda: "/accounts/login/Zm9yZ2VkLXRva2Vu/",
    }[request.param]()
    return path, REASONS[request.param]


@pytest.fixture(params=["get", "post"])
def follow(request, client):
    return getattr(client, request.param)


def test_the_page_says_why(refused, follow):
    path, reason = refused
    response = follow(path)
    assert response.status_code == 403
    assert "new link" in text(response, "h1")
    assert text(response, "#id_refusal[role=alert]").startswith(f"{reason} A link works once, for 15 minutes.")


def test_nobody_is_logged_in(refused, follow, client):
    follow(refused[0])
    assert logged_in_address(client) is None


def test_the_page_offers_a_new_link(refused, follow, client, mailoutbox):
    form = field(follow(refused[0]), "main form")
    assert (form["action"], form["method"]) == ("/accounts/send_login_email", "post")
    client.post(form["action"], {"email": "edith@example.com", "next": form.select_one("[name=next]").get("value", "")})
    assert len(mailoutbox) == 1


def test_the_reason_is_logged_and_the_token_is_not(refused, follow, caplog, site_log):
    path, reason = refused
    follow(path)
    assert f"Refused a login link: {reason}" in caplog.messages
    assert "/accounts/login/[token]/" in site_log.getvalue()
    assert path.split("/")[-2] not in site_log.getvalue()


def test_a_link_that_was_just_used_says_so(client, link_for):
    path = link_for("edith@example.com")
    client.post(path)
    assert text(client.post(path), "#id_refusal").startswith(REASONS["used"])
    assert logged_in_address(client) == "edith@example.com"


def test_a_forged_post_does_not_write_its_token_into_the_log(link_for, site_log):
    path = link_for("edith@example.com")
    Client(enforce_csrf_checks=True).post(path)
    assert "Forbidden (CSRF cookie not set.): /accounts/login/[token]/" in site_log.getvalue()
    assert path.split("/")[-2] not in site_log.getvalue()
