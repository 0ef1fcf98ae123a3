"""`check_mail` tells whether the site could send mail, and sends none."""

import socket

import pytest
from django.core.management import CommandError, call_command

from acceptance.mailboxes.smtp_server import SmtpServer
from superlists.accounts.management.commands.check_mail import Command

BACKENDS = "django.core.mail.backends"


@pytest.fixture
def closed_port():
    with socket.socket() as once:
        once.bind(("127.0.0.1", 0))
        return once.getsockname()[1]


@pytest.fixture
def refusing_server(settings, closed_port):
    settings.EMAIL_BACKEND = f"{BACKENDS}.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed_port
    return f"127.0.0.1:{closed_port}"


@pytest.fixture
def demanding_server(settings, monkeypatch, tmp_path):
    """A server that takes no sender who has not logged in; gives what it took."""
    taken = []
    server = SmtpServer("edith", "open sesame", lambda *mail: taken.append(mail))
    server.start("127.0.0.1")
    authority = tmp_path / "ca.pem"
    authority.write_text(server.authority)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    settings.EMAIL_BACKEND = f"{BACKENDS}.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, True
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "edith", "open sesame"
    yield taken
    server.stop()


def test_a_server_that_takes_the_sites_sender_gets_no_mail(demanding_server, settings, capsys):
    call_command("check_mail")
    said = capsys.readouterr().out
    assert said == f"Mail can be sent: by 127.0.0.1:{settings.EMAIL_PORT}, logged in as edith\n"
    assert demanding_server == []


@pytest.mark.usefixtures("demanding_server")
def test_a_password_that_is_missing_is_told_with_what_the_server_says(settings):
    settings.EMAIL_HOST_PASSWORD = ""
    with pytest.raises(CommandError, match=r", not logged in, for EMAIL_PASSWORD is not set: \(530, .*required"):
        call_command("check_mail")


@pytest.mark.usefixtures("demanding_server")
def test_a_password_that_is_wrong_is_told_and_does_not_stand_there(settings):
    settings.EMAIL_HOST_PASSWORD = "open barley"
    with pytest.raises(CommandError, match=r", logged in as edith: \(535, ") as refusal:
        call_command("check_mail")
    assert "barley" not in str(refusal.value)


def test_on_a_developers_machine_mail_goes_to_the_console(settings, capsys):
    settings.EMAIL_BACKEND = f"{BACKENDS}.console.EmailBackend"
    call_command("check_mail")
    assert capsys.readouterr().out == f"Mail can be sent: by {BACKENDS}.console.EmailBackend\n"


def test_mail_can_go_into_files(settings, tmp_path, capsys):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = f"{BACKENDS}.filebased.EmailBackend", str(tmp_path / "mail")
    call_command("check_mail")
    assert capsys.readouterr().out == f"Mail can be sent: into files in {tmp_path / 'mail'}\n"


def test_a_site_that_was_not_told_how_is_told_what_to_set(settings):
    settings.EMAIL_BACKEND = "superlists.accounts.mail.UnsetBackend"
    with pytest.raises(CommandError, match=r"Mail cannot be sent: .*EMAIL_HOST is not set.*Set EMAIL_HOST, EMAIL_PORT"):
        call_command("check_mail")


def test_a_server_that_refuses_the_connection_is_named(settings, refusing_server):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "edith", "open sesame"
    with pytest.raises(CommandError, match=f"by {refusing_server}, logged in as edith: .*refused") as refusal:
        call_command("check_mail")
    assert "sesame" not in str(refusal.value)


def test_a_server_that_takes_no_login_is_named_without_one(settings, refusing_server):
    settings.EMAIL_HOST_USER = ""
    with pytest.raises(CommandError, match=f"by {refusing_server}: "):
        call_command("check_mail")


def test_from_a_shell_it_fails_with_one_sentence(refusing_server, capsys):
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "check_mail"])
    assert ended.value.code == 1
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith(f"CommandError: Mail cannot be sent: by {refusing_server}")


def test_a_folder_that_cannot_be_used_is_named(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = f"{BACKENDS}.filebased.EmailBackend", str(tmp_path / "mail")
    (tmp_path / "mail").touch()
    with pytest.raises(
        CommandError, match=f"Mail cannot be sent: into files in {tmp_path / 'mail'}: .*not a directory"
    ):
        call_command("check_mail")
