"""What the site keeps to itself, and what it tells browsers to refuse."""

import pytest
from django.test import Client

from superlists.accounts.models import LoginLink, login_path
from tests.superlists.pages import text

pytestmark = pytest.mark.django_db


def test_a_page_that_breaks_says_sorry_and_nothing_more(broken_home):
    assert broken_home.status_code == 500
    assert "Sorry, something went wrong" in text(broken_home, "h1")
    assert "secret detail" not in broken_home.content.decode()


def test_what_broke_stands_in_the_log(site_log, broken_home):
    assert "ERROR django.request: Internal Server Error: /" in site_log.getvalue()
    assert "RuntimeError: a secret detail" in site_log.getvalue()


def test_a_refused_host_is_told_no_more_than_that(settings):
    settings.ALLOWED_HOSTS = ["lists.example.com"]
    refused = Client().get("/", HTTP_HOST="evil.example.com")
    assert refused.status_code == 400
    assert "default-src 'self'" in refused["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("header", "value"),
    [("X-Frame-Options", "DENY"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin")],
)
def test_other_headers_that_protect(header, value):
    assert Client().get("/")[header] == value


def test_cookies_are_out_of_reach_of_scripts(client):
    _, token = LoginLink.objects.make("edith@example.com")
    client.post(login_path(token))
    assert all(client.cookies[name]["httponly"] for name in ("csrftoken", "sessionid"))


def allows_only_the_site_itself(response):
    return "default-src 'self'" in response.get("Content-Security-Policy", "")


def test_answers_that_are_no_pages_have_a_policy_too(client):
    assert allows_only_the_site_itself(client.get("/lists/mine/"))
    assert allows_only_the_site_itself(client.put("/"))


@pytest.mark.parametrize("path", ["/", "/health/"])
def test_answers_before_all_pages_have_a_policy_too(client, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    assert allows_only_the_site_itself(client.get(path))
