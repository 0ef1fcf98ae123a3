"""Whole runs that read mail from the real servers."""

import re
import subprocess

from tests.mail.maildev import SMTP_PORT, Catcher
from tests.mail.postfix import POP3S, SUBMISSION, MailServer
from tests.runs.conftest import Scratch

LOGS_IN = ("--name", "Edith logs in, and out again")
LOGIN_TOKEN = re.compile(r"/accounts/login/[A-Za-z0-9_-]{8,}")
KEPT = {".html", ".log", ".txt", ".url", ".xml"}
# One mailbox, and an address in it for each person of each scenario.
ADDRESSES = "everyone+{name}.{run}.{number}@example.com"


def settings(**given: object) -> list[str]:
    """Return arguments for behave; a dot in a name is an underscore here."""
    return [text for name, value in given.items() for text in ("-D", f"{name.replace('_', '.')}={value}")]


def by_pop3(mail: MailServer, **changes: object) -> list[str]:
    """Return the arguments of a run that reads its mail there."""
    told = {
        "mailbox": "pop3",
        "mailbox_host": mail.address,
        "mailbox_port": POP3S,
        "mailbox_user": mail.reader,
        "mailbox_ca": mail.authority,
        "mailbox_address": ADDRESSES,
        "mailbox_poll": 0.2,
        "mailbox_wait": 10,
    }
    return settings(**(told | changes))


def secrets(mail: MailServer, **changes: str) -> dict[str, str]:
    """Return what the environment of such a run holds."""
    told = {
        "EMAIL_HOST": mail.address,
        "EMAIL_PORT": str(SUBMISSION),
        "EMAIL_HOST_USER": mail.sender,
        "EMAIL_PASSWORD": mail.sender_password,
        "MAILBOX_PASSWORD": mail.reader_password,
    }
    return told | changes


def secrets_of_catcher(catcher: Catcher) -> dict[str, str]:
    """Return what the environment of a run holds that reads its mail in the catcher."""
    return {
        "EMAIL_HOST": catcher.address,
        "EMAIL_PORT": str(SMTP_PORT),
        "EMAIL_USE_TLS": "0",
        "EMAIL_HOST_USER": catcher.sender,
        "EMAIL_PASSWORD": catcher.password,
    }


def said_by(scratch: Scratch, ran: "subprocess.CompletedProcess[str]", mail: MailServer) -> str:
    """Return all that a run says and keeps; there is nothing in it that opens a door."""
    kept = [path.read_text() for path in (scratch.root / "reports").rglob("*") if path.suffix in KEPT]
    everything = "\n".join([ran.stdout, ran.stderr, *kept])
    assert not LOGIN_TOKEN.search(everything)
    assert all(password not in everything for password in (mail.sender_password, mail.reader_password))
    return everything
