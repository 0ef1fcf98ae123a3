"""When mail cannot be sent, the person reads so and the log says why."""

from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused

import pytest

from superlists.accounts.models import LoginLink
from tests.superlists.pages import text

ERRORS = [
    ConnectionRefusedError(111, "connection refused by mail.example.com"),
    TimeoutError("mail.example.com timed out"),
    SMTPException("mail.example.com is unhappy"),
    SMTPAuthenticationError(535, b"mail.example.com does not know you"),
    SMTPRecipientsRefused({"edith@example.com": (550, b"mail.example.com")}),
]


@pytest.fixture(params=ERRORS, ids=lambda error: type(error).__name__)
def broken_mail(request, monkeypatch):
    def send_mail(*_):
        raise request.param

    monkeypatch.setattr("superlists.accounts.mail.send_mail", send_mail)
    return request.param


def test_the_page_says_so_and_shows_no_trace(broken_mail, ask):
    response = ask("edith@example.com")
    assert response.status_code == 503
    assert "could not send" in text(response, "h1")
    for detail in ("Traceback", "mail.example.com", type(broken_mail).__name__):
        assert detail not in response.content.decode()


def test_the_log_holds_the_traceback(broken_mail, ask, caplog, site_log):
    ask("edith@example.com")
    (record,) = (one for one in caplog.records if one.message == "Could not mail a login link to edith@example.com")
    assert record.levelname == "ERROR"
    assert "Traceback (most recent call last):" in site_log.getvalue()
    assert type(broken_mail).__name__ in site_log.getvalue()
    assert "Mailed a login link to edith@example.com" not in caplog.messages


def test_no_link_is_left_behind(broken_mail, ask):
    ask("edith@example.com")
    assert not LoginLink.objects.exists()


def test_a_site_that_was_not_told_how_to_send_mail_says_so(ask, settings, site_log):
    settings.EMAIL_BACKEND = "superlists.accounts.mail.UnsetBackend"
    response = ask("edith@example.com")
    assert response.status_code == 503
    assert "could not send" in text(response, "h1")
    assert "EMAIL_HOST" not in response.content.decode()
    assert "MailUnsetError: EMAIL_HOST is not set, so this site cannot send mail." in site_log.getvalue()


def test_a_folder_for_mail_that_cannot_be_used_is_a_failure_to_send(ask, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    (tmp_path / "mail").touch()
    assert ask("edith@example.com").status_code == 503


def test_a_password_that_smtplib_cannot_send_is_a_failure_to_send(ask, monkeypatch):
    monkeypatch.setattr("superlists.accounts.mail.send_mail", lambda *_: "sesäme".encode("ascii"))
    assert ask("edith@example.com").status_code == 503
