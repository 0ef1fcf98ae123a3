import json

import pytest

from features import waiting
from features.mailboxes.server import ServerMailbox
from features.waiting import NotSeenError

MAIL = {"to": "edith@example.com", "subject": "Your login link", "body": "Use it", "arrived": 100.0}


def test_the_newest_mail_to_her_with_that_subject_is_hers():
    mails = [MAIL, MAIL | {"body": "newer"}, MAIL | {"to": "boris@example.com"}, MAIL | {"subject": "Other"}]
    asked = []

    def manage(*command: str) -> str:
        asked.append(command)
        return json.dumps(mails)

    mail = ServerMailbox(manage).wait_for("edith@example.com", "Your login link", 99.5)
    assert (mail.to, mail.body, mail.arrived) == ("edith@example.com", "newer", 100.0)
    assert asked == [("read_mail", "--after=99.49")]


def test_mail_that_does_not_come_is_told_with_what_came(monkeypatch):
    monkeypatch.setattr(waiting, "limit_s", 0)
    with pytest.raises(NotSeenError, match=r"a mail to boris@example\.com .*edith@example\.com"):
        ServerMailbox(lambda *_: json.dumps([MAIL])).wait_for("boris@example.com", "Hello", 0)
