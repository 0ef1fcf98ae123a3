"""A site whose mail server falls silent amid a mail: nobody waits for ever, and the log says why."""

from urllib.error import HTTPError

import pytest

from acceptance import certificates
from acceptance.targets.docker_exec import put_file
from acceptance.waiting import eventually
from tests.mail.postfix import SUBMISSION, MailServer
from tests.mail.runs import SORRY
from tests.targets.engine import DISPOSABLE, by_hand
from tests.targets.visitor import Visitor
from tests.wire import wire

AUTHORITY = "mail-ca.pem"
LINK_FORM = "/accounts/send_login_email"


def test_who_asks_for_a_link_is_told_that_mail_does_not_work_and_the_log_says_why(mail: MailServer):
    with wire(mail.gateway, (mail.address, SUBMISSION)) as cable:
        told = {
            "EMAIL_HOST": mail.gateway,
            "EMAIL_PORT": str(cable.port),
            "EMAIL_HOST_USER": mail.sender,
            "EMAIL_PASSWORD": mail.sender_password,
            "EMAIL_FILE_PATH": "",
            "SSL_CERT_FILE": f"/{AUTHORITY}",
        }
        with by_hand(DISPOSABLE | told) as container:
            put_file(container, AUTHORITY, (mail.folder / certificates.AUTHORITY).read_text())
            visitor = Visitor(f"http://localhost:{(container.ports['8888/tcp'] or [{}])[0]['HostPort']}")
            assert "Check your email" in visitor.send(LINK_FORM, email="edith+1@example.com")
            cable.break_after(int(cable.passed * 0.9), silent=True)
            with pytest.raises(HTTPError) as answer:
                visitor.send(LINK_FORM, email="edith+2@example.com")
            with answer.value as page:
                assert (page.code, SORRY in page.read().decode()) == (503, True)
            log = eventually(
                lambda: container.logs().decode(),
                lambda log: "Service Unavailable" in log,
                what="the reason in the log",
            )
    assert "ERROR superlists.accounts.views: Could not mail a login link to edith" in log
    assert "TimeoutError: The read operation timed out" in log
    assert mail.sender_password not in log
    assert "/accounts/login/" not in log
