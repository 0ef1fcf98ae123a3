"""When mail cannot be sent, the person reads so and the log says why; `check_mail` tells of it beforehand."""

import socket
from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread

import pytest
from django.core.management import CommandError, call_command

from acceptance.mailboxes.smtp import SmtpServer
from acceptance.waiting import eventually
from superlists.accounts.management.commands.check_mail import Command
from superlists.accounts.models import LoginLink
from tests.superlists.pages import text

BACKENDS = "django.core.mail.backends"
UNSET = "superlists.accounts.mail.UnsetBackend"


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(111, "connection refused by mail.example.com"),
        TimeoutError("mail.example.com timed out"),
        SMTPAuthenticationError(535, b"mail.example.com does not know you"),
        SMTPRecipientsRefused({"edith@example.com": (550, b"mail.example.com")}),
        # What smtplib raises of a password that it cannot send.
        UnicodeEncodeError("ascii", "mail.example.com", 0, 1, "ordinal not in range(128)"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_the_page_says_so_without_a_trace_which_the_log_has_and_no_link_is_left(
    ask, monkeypatch, mailoutbox, site_log, error
):
    def fail(*_):
        raise error

    # Six times: what was not sent does not count.
    with monkeypatch.context() as broken:
        broken.setattr("superlists.accounts.mail.send_mail", fail)
        for _ in range(6):
            response = ask("edith@example.com")
    assert (response.status_code, "could not send" in text(response, "h1")) == (503, True)
    for detail in ("Traceback", "mail.example.com", type(error).__name__):
        assert detail not in response.content.decode()
    assert "Could not mail a login link to edith@example.com\nTraceback" in site_log.getvalue()
    assert type(error).__name__ in site_log.getvalue()
    assert "Mailed a login link" not in site_log.getvalue()
    assert not LoginLink.objects.exists()
    assert ask("edith@example.com").status_code == 302
    assert len(mailoutbox) == 1


class Dripping(StreamRequestHandler):
    """A mail server that greets for 10 s, each line of it in time."""

    ended = Event()

    def handle(self):
        for _ in range(50):
            if not self.ended.wait(0.2):
                self.wfile.write(b"220-welcome\r\n")


@pytest.fixture
def dripping():
    with ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        Dripping.ended.set()
        server.shutdown()


def test_the_limit_holds_for_all_that_a_slow_server_says_and_few_wait_for_it(ask, settings, dripping, mailoutbox):
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = f"{BACKENDS}.smtp.EmailBackend", 1
    settings.EMAIL_HOST, settings.EMAIL_PORT = dripping.server_address
    assert [ask("edith@example.com").status_code for _ in range(2)] == [503, 503]
    settings.EMAIL_BACKEND = backend
    # Both are still at it; a third is told at once to try again.
    assert (ask("edith@example.com").status_code, mailoutbox) == (503, [])
    # Both mails may arrive: else a slow server would take as many mails to an address as somebody asks for.
    assert LoginLink.objects.count() == 2
    Dripping.ended.set()
    eventually(lambda: ask("edith@example.com"), lambda answer: answer.status_code == 302, what="a mail that is sent")


def test_a_site_that_was_not_told_how_to_send_mail_says_so(ask, settings, site_log):
    settings.EMAIL_BACKEND = UNSET
    response = ask("edith@example.com")
    assert (response.status_code, "EMAIL_HOST" in response.content.decode()) == (503, False)
    assert "MailUnsetError: EMAIL_HOST is not set, so this site cannot send mail." in site_log.getvalue()
    with pytest.raises(CommandError, match=r"Mail cannot be sent: .*EMAIL_HOST is not set.*Set EMAIL_HOST, EMAIL_PORT"):
        call_command("check_mail")


def test_a_folder_for_mail_that_cannot_be_used_is_a_failure_to_send(ask, settings, tmp_path, capsys):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = f"{BACKENDS}.filebased.EmailBackend", str(tmp_path / "mail")
    call_command("check_mail")
    assert capsys.readouterr().out == f"Mail can be sent: into files in {tmp_path / 'mail'}\n"
    settings.EMAIL_FILE_PATH = str(tmp_path / "a file")
    (tmp_path / "a file").touch()
    assert ask("edith@example.com").status_code == 503
    with pytest.raises(CommandError, match=f"Mail cannot be sent: into files in {tmp_path / 'a file'}: .*not a dir"):
        call_command("check_mail")


@pytest.fixture
def server(settings, monkeypatch, tmp_path):
    """A server that takes no sender who has not logged in; gives what it took."""
    taken = []
    server = SmtpServer("edith", "open sesame", lambda *mail: taken.append(mail))
    server.start()
    authority = tmp_path / "ca.pem"
    authority.write_text(server.authority)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    settings.EMAIL_BACKEND = f"{BACKENDS}.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, True
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "edith", "open sesame"
    yield taken
    server.stop()


def test_a_server_that_takes_the_sites_sender_gets_no_mail(server, settings, capsys):
    call_command("check_mail")
    assert capsys.readouterr().out == f"Mail can be sent: by 127.0.0.1:{settings.EMAIL_PORT}, logged in as edith\n"
    assert server == []


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", r", not logged in, for EMAIL_PASSWORD is not set: \(530, .*required"),
        ("open barley", r", logged in as edith: \(535, "),
    ],
)
def test_a_password_that_is_missing_or_wrong_is_told_and_does_not_stand_there(server, settings, password, reason):
    settings.EMAIL_HOST_PASSWORD = password
    with pytest.raises(CommandError, match=reason) as refusal:
        call_command("check_mail")
    assert "barley" not in str(refusal.value)


@pytest.mark.parametrize(("user", "login"), [("edith", ", logged in as edith"), ("", "")])
def test_a_server_that_refuses_the_connection_is_named_in_one_sentence(settings, capsys, user, login):
    with socket.socket() as once:
        once.bind(("127.0.0.1", 0))
        port = once.getsockname()[1]
    settings.EMAIL_BACKEND = f"{BACKENDS}.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = user, "open sesame"
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "check_mail"])
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith(f"CommandError: Mail cannot be sent: by 127.0.0.1:{port}{login}: ")
    assert (ended.value.code, "sesame" in sentence) == (1, False)
