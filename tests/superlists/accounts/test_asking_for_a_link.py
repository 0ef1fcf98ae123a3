"""Whoever gives an address is mailed a login link."""

import re

import pytest
from django.forms.models import model_to_dict
from django.test import Client

from superlists.accounts.models import LoginLink, User
from tests.superlists.pages import field, parsed, text, without_csrf_tokens

LINK = re.compile(r"http://testserver/accounts/login/[\w-]{43}/")


def test_the_mail_holds_the_link_alone_on_its_last_line(ask, mailoutbox):
    ask("edith@example.com")
    (mail,) = mailoutbox
    first, *_, last = mail.body.splitlines()
    assert (mail.to, mail.subject) == (["edith@example.com"], "Your login link for Superlists")
    assert first == "Use this link to log in:"
    assert LINK.fullmatch(last)


def test_the_page_afterwards_says_to_look_in_the_mail(ask, client):
    response = ask("edith@example.com")
    assert (response.status_code, response["Location"]) == (302, "/")
    said = "Check your email, we've sent you a link you can use to log in."
    assert text(client.get("/"), ".alert[role=status]") == said
    assert not parsed(client.get("/")).select(".alert")


def test_the_link_leads_to_the_site_wherever_it_was_reached(ask, mailoutbox, settings):
    settings.ALLOWED_HOSTS = ["lists.example.com"]
    settings.SITE_ORIGIN = "https://lists.example.com:8443"
    ask("edith@example.com", Client(HTTP_HOST="lists.example.com:6666"))
    assert mailoutbox[0].body.splitlines()[-1].startswith("https://lists.example.com:8443/accounts/login/")


def test_no_mail_leads_to_a_host_that_the_site_does_not_have(ask, mailoutbox, settings):
    settings.ALLOWED_HOSTS = ["lists.example.com"]
    response = ask("edith@example.com", Client(HTTP_HOST="evil.example.com"))
    assert response.status_code == 400
    assert not mailoutbox


def test_each_link_is_another(ask, mailoutbox):
    ask("edith@example.com")
    ask("edith@example.com")
    assert len({mail.body for mail in mailoutbox}) == 2


def test_the_token_is_kept_as_a_digest_only(ask, mailed_path):
    ask("edith@example.com")
    token = mailed_path().split("/")[-2]
    kept = model_to_dict(LoginLink.objects.get())
    assert re.fullmatch(r"[0-9a-f]{64}", kept["digest"])
    assert token not in str(kept)
    assert str(LoginLink.objects.get()) == "login link for edith@example.com"


def test_asking_is_logged_without_the_token(ask, mailed_path, caplog):
    ask("edith@example.com")
    assert "Mailed a login link to edith@example.com" in caplog.messages
    assert mailed_path().split("/")[-2] not in caplog.text


def test_asking_makes_nobody_known(ask):
    ask("edith@example.com")
    assert not User.objects.exists()


def test_the_answer_does_not_tell_whether_an_address_is_known(ask, edith):
    answers = []
    for email in ("edith@example.com", "nobody@example.com"):
        browser = Client()
        asked = ask(email, browser)
        shown = browser.get(asked["Location"])
        answers.append((asked.status_code, dict(asked.items()), asked.content, without_csrf_tokens(shown)))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("", "Enter your email address."),
        ("   ", "Enter your email address."),
        ("edith", "Enter an email address, such as edith@example.com."),
        ("edith@example.com\nBcc: boris@example.com", "Enter an email address, such as edith@example.com."),
        ("edith@example.com, boris@example.com", "Enter an email address, such as edith@example.com."),
        (f"{'x' * 250}@example.com", "Ensure this value has at most 254 characters (it has 262)."),
    ],
)
def test_an_address_that_is_none_is_refused(ask, mailoutbox, email, said):
    response = ask(email)
    assert (response.status_code, text(response, "#id_email_error.invalid-feedback")) == (400, said)
    assert field(response, "#id_email")["aria-invalid"] == "true"
    assert field(response, "#id_email")["aria-describedby"] == "id_email_error"
    assert not mailoutbox
    assert not LoginLink.objects.exists()


def test_asking_posts_only(client):
    assert client.get("/accounts/send_login_email").status_code == 405


def test_asking_takes_a_form_of_this_site(ask, mailoutbox):
    response = ask("edith@example.com", Client(enforce_csrf_checks=True))
    assert response.status_code == 403
    assert "form had grown old" in text(response, "h1")
    assert not mailoutbox


@pytest.mark.parametrize("form", [".navbar form", "main form"])
def test_both_forms_of_the_login_page_ask_for_a_link(db, form):
    browser = Client(enforce_csrf_checks=True)
    shown = field(browser.get("/accounts/login/"), form)
    typed = {box["name"]: box.get("value", "") for box in shown.select("input")} | {"email": "edith@example.com"}
    assert browser.post(shown["action"], typed).status_code == 302
    assert LoginLink.objects.get().email == "edith@example.com"


@pytest.mark.parametrize("address", ['"\x1b[31m"@example.com', '"a\tb"@example.com'])
def test_an_address_cannot_write_on_the_terminal_of_a_log(ask, mailoutbox, address):
    assert ask(address).status_code == 400
    assert mailoutbox == []
