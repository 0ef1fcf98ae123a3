"""`manage.py check_mail` finds out what would keep the site from sending, and sends nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from acceptance import certificates as box_certificate
from acceptance.images import ROOT
from tests.mail.postfix import SUBMISSION, MailServer
from tests.mail.visits import lying_in


def check_mail(mail: MailServer, **changes: str) -> "subprocess.CompletedProcess[str]":
    told = {
        "SITE_ENVIRONMENT": "local",
        "EMAIL_HOST": mail.address,
        "EMAIL_PORT": str(SUBMISSION),
        "EMAIL_HOST_USER": mail.sender,
        "EMAIL_PASSWORD": mail.sender_password,
        "SSL_CERT_FILE": str(mail.authority),
    }
    command = [sys.executable, "manage.py", "check_mail"]
    environment = told | changes
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_a_server_that_lets_the_site_in_gets_no_mail(mail: MailServer):
    before = lying_in(mail)
    ran = check_mail(mail)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"Mail can be sent: by {mail.address}:587, logged in as {mail.sender}\n"
    assert lying_in(mail) == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"EMAIL_PASSWORD": ""}, "not logged in, for EMAIL_PASSWORD is not set: (530, "),
        ({"EMAIL_HOST_USER": "", "EMAIL_PASSWORD": ""}, ":587: (530, "),
        ({"EMAIL_PASSWORD": "wrong"}, "logged in as superlists@example.com: (535, "),
        ({"EMAIL_PORT": "9"}, ":9, logged in as superlists@example.com: [Errno 111] Connection refused"),
        ({"EMAIL_USE_TLS": "0"}, "SMTP AUTH extension not supported by server."),
    ],
)
def test_what_keeps_it_from_sending_is_told_in_a_sentence(mail: MailServer, changes, sentence):
    ran = check_mail(mail, **changes)
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"CommandError: Mail cannot be sent: by {mail.address}:")
    assert sentence in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert mail.sender_password not in ran.stdout + ran.stderr


def test_a_server_that_another_authority_vouches_for_is_not_told_the_password(mail: MailServer, tmp_path: Path):
    box_certificate.write(tmp_path, mail.address)
    ran = check_mail(mail, SSL_CERT_FILE=str(tmp_path / box_certificate.AUTHORITY))
    assert ran.returncode == 1
    assert "CERTIFICATE_VERIFY_FAILED" in ran.stderr
