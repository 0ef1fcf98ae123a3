"""Whoever gives an address is mailed a login link."""

import re

import pytest
from django.forms.models import model_to_dict
from django.test import Client

from superlists.accounts.models import LoginLink, User
from tests.superlists.pages import field, parsed, text, without_csrf_tokens

LINK = re.compile(r"http://testserver/accounts/login/([\w-]{43})/")
INVALID = "Enter an email address, such as edith@example.com."


def test_the_mail_holds_the_link_alone_on_its_last_line_and_the_page_says_to_look_there(ask, mailoutbox, client):
    response = ask("edith@example.com")
    (mail,) = mailoutbox
    first, *_, last = mail.body.splitlines()
    assert (mail.to, mail.subject) == (["edith@example.com"], "Your login link for Superlists")
    assert first == "Use this link to log in:"
    assert LINK.fullmatch(last)
    assert (response.status_code, response["Location"]) == (302, "/")
    said = "Check your email, we've sent you a link you can use to log in."
    assert text(client.get("/"), ".alert[role=status]") == said
    assert not parsed(client.get("/")).select(".alert")


def test_the_link_leads_to_the_site_wherever_it_was_reached(ask, mailoutbox, settings):
    settings.ALLOWED_HOSTS = ["lists.example.com"]
    settings.SITE_ORIGIN = "https://lists.example.com:8443"
    ask("edith@example.com", Client(HTTP_HOST="lists.example.com:6666"))
    assert mailoutbox[0].body.splitlines()[-1].startswith("https://lists.example.com:8443/accounts/login/")
    assert ask("edith@example.com", Client(HTTP_HOST="evil.example.com")).status_code == 400
    assert len(mailoutbox) == 1


def test_each_token_is_another_kept_as_a_digest_only_and_not_logged(ask, mailoutbox, caplog):
    ask("edith@example.com")
    ask("francis@example.com")
    matches = [LINK.fullmatch(mail.body.splitlines()[-1]) for mail in mailoutbox]
    tokens = {match[1] for match in matches if match}
    assert len(tokens) == 2
    for link in LoginLink.objects.all():
        assert re.fullmatch(r"[0-9a-f]{64}", link.digest)
    kept = f"{[model_to_dict(link) for link in LoginLink.objects.all()]} {list(LoginLink.objects.all())} {caplog.text}"
    assert not [token for token in tokens if token in kept]
    assert "Mailed a login link to edith@example.com" in caplog.messages
    # Asking makes nobody known.
    assert not User.objects.exists()


def test_the_answer_does_not_tell_whether_an_address_is_known(ask, edith):
    answers = []
    for email in ("edith@example.com", "nobody@example.com"):
        browser = Client()
        response = ask(email, browser)
        shown = browser.get(response["Location"])
        answers.append((response.status_code, dict(response.items()), response.content, without_csrf_tokens(shown)))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("", "Enter your email address."),
        ("   ", "Enter your email address."),
        ("edith", INVALID),
        ("edith@example.com\nBcc: boris@example.com", INVALID),
        ("edith@example.com, boris@example.com", INVALID),
        # These would write on the terminal of who reads the log.
        ('"\x1b[31m"@example.com', INVALID),
        ('"a\tb"@example.com', INVALID),
        (f"{'x' * 250}@example.com", "Ensure this value has at most 254 characters (it has 262)."),
    ],
)
def test_an_address_that_is_none_is_refused(ask, mailoutbox, email, reason):
    response = ask(email)
    assert (response.status_code, text(response, "#id_email_error.invalid-feedback")) == (400, reason)
    assert field(response, "#id_email")["aria-invalid"] == "true"
    assert field(response, "#id_email")["aria-describedby"] == "id_email_error"
    assert not mailoutbox
    assert not LoginLink.objects.exists()


@pytest.mark.parametrize("form", [".navbar form", "main form"])
def test_both_forms_of_the_login_page_ask_for_a_link(db, form):
    browser = Client(enforce_csrf_checks=True)
    shown = field(browser.get("/accounts/login/"), form)
    typed = {box["name"]: box.get("value", "") for box in shown.select("input")} | {"email": "edith@example.com"}
    assert browser.post(shown["action"], typed).status_code == 302
    assert LoginLink.objects.get().email == "edith@example.com"
