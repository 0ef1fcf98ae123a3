"""Mails as they come: such as the site sends, and odder ones."""

import base64
from types import SimpleNamespace
from typing import Any

SITE = "https://lists.example.com"
LINK = f"{SITE}/accounts/login/s3cret-token/"
SUBJECT = "Your login link for Superlists"
EDITH = "edith+run.1@example.com"
SENDER = "noreply@lists.example.com"
BODY = f"Use this link to log in:\n\n{LINK}\n"


def config(**settings: Any) -> Any:
    """Return the settings of a run, as far as its mailbox reads them."""
    return SimpleNamespace(**{"mailbox_wait": 3} | settings)


def mail(body: str = BODY, *, to: str = EDITH, subject: str = SUBJECT, head: str = "") -> bytes:
    """Return a mail; `head` holds more headers, each with its line's end."""
    return f"From: {SENDER}\nTo: {to}\nSubject: {subject}\n{head}\n{body}".replace("\n", "\r\n").encode()


def in_base64(body: str = BODY) -> bytes:
    encoded = base64.encodebytes(body.encode()).decode()
    return mail(encoded, head="Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n")


def in_quoted_printable() -> bytes:
    """A link that is broken in the middle, as quoted-printable does with lines of more than 76 characters."""
    body = "Use this link to log in:\n\nhttps://lists.example.com/acc=\nounts/login/s3cret=2Dtoken/\n"
    return mail(body, head="Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n")


def with_html(*, plain: str = BODY, html: str = f'<p><a href="{LINK}">Log in</a></p>') -> bytes:
    head = 'MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="B"\n'
    parts = [("html", html)] if not plain else [("plain", plain), ("html", html)]
    body = "".join(f"--B\nContent-Type: text/{kind}; charset=utf-8\n\n{text}\n" for kind, text in parts)
    return mail(f"{body}--B--\n", head=head)


def folded_and_encoded() -> bytes:
    encoded = base64.b64encode(b"Your login link").decode()
    return mail(
        subject=f"=?utf-8?b?{encoded}?=\n =?utf-8?q?_for_Superlists?=", to=f"=?utf-8?q?Edith_=C3=9F?=\n <{EDITH}>"
    )


RUBBISH = {
    "nothing": b"",
    "bytes": bytes(range(256)) * 20,
    "no end to its headers": b"Subject: " + b"x" * 5000,
    "headers that are none": (
        b"From: <<<>>@@\r\nTo: =?utf-8?b?!!!?= <\r\nSubject: =?x-unknown?q?=FF?=\r\nDate: soon\r\n\r\nHi"
    ),
    "a charset of its own": b"Subject: Hi\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe http://x/",
    "base64 that is none": b"Subject: Hi\r\nContent-Transfer-Encoding: base64\r\n\r\n=====!!",
    "parts without a boundary": b"Subject: Hi\r\nContent-Type: multipart/mixed\r\n\r\n--\r\n",
    "an address without an end": b'To: "Edith <edith@example.com\r\nSubject: Hi\r\n\r\nhttps://[::1/ http://x:99999/\r\n',
}
