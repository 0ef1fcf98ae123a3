"""Visits to a mail server as its users make them, without the suite's own mailboxes."""

import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from poplib import POP3_SSL
from smtplib import SMTP, SMTPAuthenticationError

from tests.mail.old_mail import SUBJECT, TEXT
from tests.mail.postfix import POP3S, SUBMISSION, MailServer

PATIENCE_S = 10
SENDER = "noreply@example.com"
HERS = "edith+run.1@example.com"
SITE = "http://127.0.0.1:8888"


def trusting(authority: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority))


@contextmanager
def sending(mail: MailServer, authority: Path | None = None) -> Iterator[SMTP]:
    """Give a connection that may send once it has logged in."""
    with closing(SMTP(mail.address, SUBMISSION, timeout=PATIENCE_S)) as connection:
        connection.starttls(context=trusting(authority or mail.authority))
        yield connection


def may_send(mail: MailServer) -> bool:
    """Tell whether the password of who sends holds just now."""
    with sending(mail) as connection:
        try:
            connection.login(mail.sender, mail.sender_password)
        except SMTPAuthenticationError:
            return False
    return True


@contextmanager
def reading(mail: MailServer, authority: Path | None = None) -> Iterator[POP3_SSL]:
    """Give a connection that may read once it has logged in."""
    context = trusting(authority or mail.authority)
    with closing(POP3_SSL(mail.address, POP3S, context=context, timeout=PATIENCE_S)) as connection:
        yield connection


def send(connection: SMTP, to: str, subject: str, text: str = "Hello.") -> None:
    connection.sendmail(SENDER, [to], f"From: {SENDER}\nTo: {to}\nSubject: {subject}\n\n{text}\n")


def lying_in(mail: MailServer, *, take_out: bool = False) -> list[str]:
    """Return all that lies in the mailbox, the oldest first."""
    with reading(mail) as connection:
        connection.user(mail.reader)
        connection.pass_(mail.reader_password)
        numbers = range(1, connection.stat()[0] + 1)
        found = [b"\n".join(connection.retr(number)[1]).decode() for number in numbers]
        if take_out:
            for number in numbers:
                connection.dele(number)
        connection.quit()
    return found


def mail_link(mail: MailServer, token: str, to: str = HERS) -> None:
    """Send a login link, as the site does."""
    with sending(mail) as connection:
        connection.login(mail.sender, mail.sender_password)
        send(connection, to, SUBJECT, TEXT.format(site=SITE, token=token))
