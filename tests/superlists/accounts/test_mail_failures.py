"""When mail cannot be sent, the person reads so and the log says why; `check_mail` tells of it beforehand."""

import socket
from smtplib import SMTPRecipientsRefused
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread

import pytest
from django.core.management import CommandError, call_command

from acceptance.waiting import eventually
from superlists.accounts.management.commands.check_mail import Command
from superlists.accounts.models import LoginLink
from tests.superlists.pages import text

BACKENDS = "django.core.mail.backends"
UNSET = "superlists.accounts.mail.UnsetBackend"


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError("mail.example.com timed out"),
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


def test_the_limit_holds_for_all_that_a_slow_server_says_and_few_wait_for_it(ask, settings, mailoutbox):
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = f"{BACKENDS}.smtp.EmailBackend", 1
    with ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        assert [ask("edith@example.com").status_code for _ in range(2)] == [503, 503]
        settings.EMAIL_BACKEND = backend
        # Both are still at it; a third is told at once to try again.
        assert (ask("edith@example.com").status_code, mailoutbox) == (503, [])
        # Both mails may arrive: else a slow server would take as many mails to an address as somebody asks for.
        assert LoginLink.objects.count() == 2
        Dripping.ended.set()
        server.shutdown()
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
