"""The servers themselves: what the tests of the site and of its mail rest on."""

import json
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from poplib import error_proto
from smtplib import SMTP, SMTPAuthenticationError, SMTPSenderRefused

import pytest

from acceptance import certificates as box_certificate
from acceptance.waiting import eventually
from tests.mail import maildev, postfix
from tests.mail.maildev import Catcher
from tests.mail.postfix import MailServer
from tests.mail.visits import PATIENCE_S, lying_in, reading, send, sending

HERS = "edith+first.1@example.com"


def has_come(mail: MailServer, to: str) -> bool:
    return any(f"To: {to}" in message for message in lying_in(mail))


def ms_until(seen: Callable[[], object]) -> float:
    began = time.monotonic()
    eventually(seen, what="a mail", within_s=PATIENCE_S)
    return (time.monotonic() - began) * 1000


def test_who_has_not_logged_in_is_refused_as_a_sender(mail: MailServer):
    with sending(mail) as connection, pytest.raises(SMTPSenderRefused) as refused:
        send(connection, HERS, "refused")
    assert refused.value.smtp_code == 530
    assert refused.value.smtp_error.startswith(b"5.7.0 ")
    assert b"Authentication Required" in refused.value.smtp_error


def test_nothing_is_taken_over_a_connection_that_others_can_read(mail: MailServer):
    with closing(SMTP(mail.address, postfix.SUBMISSION, timeout=PATIENCE_S)) as connection:
        connection.ehlo()
        assert not connection.has_extn("auth")
        assert connection.mail("noreply@example.com") == (530, b"5.7.0 Must issue a STARTTLS command first")


def test_a_wrong_password_opens_neither_door(mail: MailServer):
    with sending(mail) as connection, pytest.raises(SMTPAuthenticationError) as refused:
        connection.login(mail.sender, "wrong")
    assert refused.value.smtp_code == 535
    with reading(mail) as connection:
        connection.user(mail.reader)
        with pytest.raises(error_proto, match=r"\[AUTH\] Authentication failed"):
            connection.pass_("wrong")


def test_who_sends_may_not_read_nor_the_other_way_round(mail: MailServer):
    with sending(mail) as connection, pytest.raises(SMTPAuthenticationError):
        connection.login(mail.reader, mail.reader_password)
    with reading(mail) as connection:
        connection.user(mail.sender)
        with pytest.raises(error_proto, match=r"\[AUTH\] Authentication failed"):
            connection.pass_(mail.sender_password)


def test_a_mail_can_be_read_as_soon_as_it_was_taken_whoever_it_is_to(mail: MailServer):
    with sending(mail) as connection:
        connection.login(mail.sender, mail.sender_password)
        send(connection, HERS, "first")
        taken = []
        for to in (HERS, "francis+first.1@example.com", "onesiphorus@elsewhere.example"):
            send(connection, to, "told")
            taken.append(ms_until(partial(has_come, mail, to)))
    # About 20 ms where nothing else goes on; a machine that has much to do takes its time.
    assert min(taken) < 1000, taken


@pytest.mark.parametrize("connected", [sending, reading])
def test_another_authority_does_not_vouch_for_it(mail: MailServer, tmp_path: Path, connected):
    box_certificate.write(tmp_path, mail.address)
    with pytest.raises(ssl.SSLCertVerificationError, match="CERTIFICATE_VERIFY_FAILED"):
        connected(mail, tmp_path / box_certificate.AUTHORITY).__enter__()


def test_the_catcher_tells_by_its_api_what_it_caught(catcher: Catcher):
    catcher.empty()
    with closing(SMTP(catcher.address, maildev.SMTP, timeout=PATIENCE_S)) as connection:
        connection.login(catcher.sender, catcher.password)
        send(connection, HERS, "caught")
    (caught,) = eventually(lambda: json.loads(catcher.ask("/email")), len, what="a mail")
    assert caught["subject"] == "caught"
    assert [to["address"] for to in caught["to"]] == [HERS]
    assert "Subject: caught" in catcher.ask(f"/email/{caught['id']}/source")
    catcher.empty()
    assert catcher.ask("/email") == "[]"


def test_the_catcher_demands_a_login(catcher: Catcher):
    with closing(SMTP(catcher.address, maildev.SMTP, timeout=PATIENCE_S)) as connection:
        with pytest.raises(SMTPSenderRefused) as refused:
            send(connection, HERS, "refused")
        assert refused.value.smtp_code == 530
        with pytest.raises(SMTPAuthenticationError):
            connection.login(catcher.sender, "wrong")
