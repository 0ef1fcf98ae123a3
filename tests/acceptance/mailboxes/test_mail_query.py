"""Which mail is the awaited one, and what is said when it does not come."""

import pytest

from acceptance.mailboxes.base import InMemoryMailbox, MailQuery, MailSettings, Match
from acceptance.mailboxes.message import Message
from acceptance.waiting import NotSeenError
from tests.acceptance.mailboxes.mails import EDITH, LINK, SENDER, SITE, SUBJECT, config

QUERY = MailQuery(EDITH, SUBJECT, 1000.0, SITE)


def message(arrived=1001.0, *, to=EDITH, subject=SUBJECT, links=(LINK,)) -> Message:
    return Message(to, subject, "", arrived, SENDER, links)


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (message(1000.0), ""),
        (message(to=EDITH.upper()), ""),
        (message(links=("https://elsewhere.example.com/", LINK)), ""),
        (message(999.9), "it came before that"),
        (message(to="boris@example.com"), "it is for somebody else"),
        (message(to=f"{EDITH}, boris@example.com"), "it is for somebody else"),
        (message(subject="Your login link"), "it has another subject"),
        (message(links=()), "there is no link in it"),
        (message(links=("http://localhost/accounts/login/s3cret/",)), "its link leads to http://localhost:80"),
    ],
)
def test_only_one_mail_will_do(mail, why):
    assert QUERY.mismatch(mail) == why
    # Without a site, a link that leads anywhere will do, and none at all.
    assert "link" not in MailQuery(EDITH, SUBJECT, 1000.0).mismatch(mail)


def test_of_several_the_newest_is_hers():
    newer, older = message(1005), message(1002)
    assert Match(QUERY, [newer, older]).found == [older, newer]


class Mailbox(InMemoryMailbox):
    def settings_for_site(self, _) -> MailSettings:
        return MailSettings()


def failure(*mails) -> str:
    mailbox = Mailbox(config(mailbox_wait=0), str)
    mailbox.messages = list(mails)
    with pytest.raises(NotSeenError) as raised:
        mailbox.wait_for(EDITH, SUBJECT, 1000.0, site=SITE)
    return str(raised.value)


def test_a_mail_that_does_not_come_is_told_with_what_came_instead():
    said = failure(message(1002.0, to="boris@example.com"), message(links=("http://localhost/accounts/login/s3cret/",)))
    head, *others = said.splitlines()
    assert head.startswith(
        f"Waited 0 s for a mail to {EDITH} with the subject '{SUBJECT}' and a link to {SITE}, since "
    )
    assert head.endswith("Last seen: other mail only:")
    assert len(others) == 2
    # Those to her come first.
    assert f"from {SENDER} to {EDITH}: '{SUBJECT}' (its link leads to http://localhost:80)" in others[0]
    assert "to boris@example.com" in others[1]
    assert "(it is for somebody else)" in others[1]
    assert "s3cret" not in said


def test_an_empty_mailbox_is_said_to_be():
    assert failure().endswith("Last seen: no mail")


def test_of_five_hundred_others_the_newest_are_told():
    said = failure(*(message(float(number), to="boris@example.com") for number in range(500)))
    assert said.count("boris@example.com") == 10
    assert "  490 more" in said
