"""Which authority a site trusts to vouch for its mail server."""

from typing import Any

import pytest

from acceptance import certificates as box_certificate
from acceptance.ssh import ServerError
from deploy import mail_authority
from tests.deploy.test_env import place


class Machine:
    """Keeps what it is asked to do."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def run(self, command):
        self.asked.append(command)
        return ""


@pytest.fixture
def certificate(tmp_path):
    box_certificate.write(tmp_path, "127.0.0.1")
    return tmp_path / box_certificate.AUTHORITY


def brought(environ):
    machine = Machine()
    return mail_authority.bring(machine, place(), environ), machine.asked  # type: ignore[arg-type]


def test_the_file_the_caller_names_goes_along_and_the_site_is_told_of_it(certificate):
    said, asked = brought({"EMAIL_HOST": "mail.example.com", "EMAIL_CA_FILE": str(certificate)})
    path = said["SSL_CERT_FILE"]
    assert path.startswith("/home/deployer/sites/staging.example.com/mail-ca-")
    assert certificate.read_text() in [command.stdin for command in asked]
    assert [command.argv for command in asked] == [
        ("install", "--mode=644", "/dev/null", f"{path}.new"),
        ("dd", "status=none", f"of={path}.new"),
        ("mv", "--force", "--no-target-directory", f"{path}.new", path),
    ]


def test_another_authority_is_another_file(certificate, tmp_path):
    first, _ = brought({"EMAIL_CA_FILE": str(certificate)})
    box_certificate.write(tmp_path, "127.0.0.1")
    second, _ = brought({"EMAIL_CA_FILE": str(certificate)})
    assert first != second


def test_who_names_another_server_needs_no_longer_the_authority_before():
    assert brought({"EMAIL_HOST": "smtp.example.com"}) == ({"SSL_CERT_FILE": ""}, [])


def test_what_others_trust_here_is_no_concern_of_the_site():
    assert brought({"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt"}) == ({}, [])


def test_a_file_that_is_not_there_or_no_certificate_is_refused(tmp_path):
    for file in (tmp_path / "missing.pem", tmp_path / "empty.pem", tmp_path / "other.pem"):
        if file.stem != "missing":
            file.write_text("" if file.stem == "empty" else "not a certificate")
        with pytest.raises(ServerError, match=f"EMAIL_CA_FILE: {file} is no file of certificates, in PEM: "):
            brought({"EMAIL_CA_FILE": str(file)})


def test_a_private_key_is_not_sent(certificate):
    both = certificate.with_name("both.pem")
    both.write_text(certificate.read_text() + certificate.with_name(box_certificate.KEY).read_text())
    with pytest.raises(ServerError, match=r"both\.pem holds a private key") as refused:
        brought({"EMAIL_CA_FILE": str(both)})
    assert "BEGIN" not in str(refused.value)
