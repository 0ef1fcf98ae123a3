"""A real mailbox that cannot be read: at once where waiting is of no use, and in good time everywhere."""

import time

import pytest

from acceptance.mailboxes.base import MailboxError
from acceptance.mailboxes.pop3 import Pop3Mailbox
from acceptance.mailboxes.pop3_session import LONGEST_LINE, Account
from acceptance.waiting import NotSeenError
from tests.acceptance.mailboxes.mails import EDITH, LINK, SITE, SUBJECT, mail
from tests.acceptance.mailboxes.pop3_server import PASSWORD, USER, pop3_server


def mailbox(there, *, password=PASSWORD, user=USER, authority=None, wait_s=1.0) -> Pop3Mailbox:
    account = Account("127.0.0.1", there.port, user, password, authority or there.authority)
    return Pop3Mailbox(account, wait_s=wait_s, poll_s=0.1)


def wait(there, box, after):
    return box.wait_for(EDITH, SUBJECT, after, site=SITE)


@pytest.mark.parametrize("wrong", [{"password": "wr0ng"}, {"user": "boris"}])
def test_a_login_that_is_refused(there, wrong):
    box = mailbox(there, **wrong)
    for look in (box.mark, lambda: wait(there, box, 0)):
        with pytest.raises(
            MailboxError, match=r"refuses the login of .*: -ERR .*taken from MAILBOX_PASSWORD"
        ) as refused:
            look()
        assert "wr0ng" not in str(refused.value)


def test_a_certificate_that_nobody_vouches_for(there, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    with pop3_server(other) as another:
        box = mailbox(there, authority=another.authority)
        with pytest.raises(MailboxError, match=r"is not trusted: .*-D mailbox\.ca=FILE"):
            box.mark()
        with pytest.raises(MailboxError, match="is not trusted"):
            wait(there, box, 0)
    assert there.asked == []


def test_a_certificate_of_another_host(tmp_path):
    with pop3_server(tmp_path, certified_for="127.0.0.2") as there:
        with pytest.raises(MailboxError, match=r"is not trusted: IP address mismatch"):
            mailbox(there).mark()
        assert there.asked == []


def test_a_server_that_is_down(there):
    there.port = 9
    with pytest.raises(MailboxError, match=r"the POP3 server 127\.0\.0\.1, port 9, cannot be read: .*refused"):
        mailbox(there, wait_s=0.2).mark()
    with pytest.raises(NotSeenError, match=r"cannot be read: .*refused"):
        wait(there, mailbox(there, wait_s=0.2), 0)


@pytest.mark.parametrize(
    ("word", "how"),
    [
        *((word, "cut") for word in ("GREETING", "USER", "PASS", "UIDL", "TOP", "RETR")),
        ("GREETING", "drip"),
        ("RETR", "drip"),
    ],
)
def test_a_connection_that_breaks_off_ends_in_good_time(there, word, how):
    box = mailbox(there, wait_s=0.3)
    after = box.mark()
    there.put("1", mail())
    there.instead[word] = how
    began = time.monotonic()
    with pytest.raises(NotSeenError, match=r"the POP3 server .* (cannot be read|does not answer in time|answers)"):
        wait(there, box, after)
    assert time.monotonic() - began < 10
    assert set(there.mails) == {"1"}


@pytest.mark.parametrize("word", ["GREETING", "PASS", "RETR"])
def test_a_connection_that_was_cut_is_made_again(there, later, word):
    box = mailbox(there, wait_s=5)
    after = box.mark()
    there.put("1", mail())
    there.instead[word] = "cut"
    later(0.3, there.instead.clear)
    assert wait(there, box, after).links == (LINK,)
    assert there.mails == {}


@pytest.mark.parametrize("how", ["silence", "drip"])
def test_an_answer_that_is_slower_than_the_limit_is_not_waited_for(there, how):
    box = mailbox(there, wait_s=0.3)
    after = box.mark()
    there.instead["UIDL"] = how
    with pytest.raises(NotSeenError, match=r"the POP3 server 127\.0\.0\.1, port \d+, does not answer in time"):
        wait(there, box, after)


@pytest.mark.parametrize("word", ["DELE", "QUIT"])
def test_a_mail_that_was_read_is_hers_though_it_cannot_be_deleted(there, word):
    box = mailbox(there)
    after = box.mark()
    there.put("1", mail())
    there.instead[word] = "cut"
    assert wait(there, box, after).links == (LINK,)
    assert set(there.mails) == {"1"}


@pytest.mark.parametrize("code", ["[IN-USE]", "[LOGIN-DELAY]", "[SYS/TEMP]"])
def test_a_mailbox_that_is_in_use_is_looked_at_again(there, later, code):
    box = mailbox(there, wait_s=5)
    there.instead["PASS"] = f"-ERR {code} not now"
    later(0.2, there.instead.clear)
    after = box.mark()
    there.put("1", mail())
    there.instead["PASS"] = f"-ERR {code} not now"
    later(0.2, there.instead.clear)
    assert wait(there, box, after).links == (LINK,)


def test_a_look_that_is_not_to_be_had_is_given_up(there):
    there.instead["PASS"] = "-ERR [IN-USE] not now"
    with pytest.raises(
        MailboxError,
        match=r"Waited 0\.3 s for a look into the mailbox of tests@example\.com\. .* answers -ERR \[IN-USE\] not now",
    ):
        mailbox(there, wait_s=0.2).mark()


def test_a_line_without_an_end_is_not_read_for_ever(there):
    box = mailbox(there, wait_s=0.5)
    after = box.mark()
    there.put("1", mail(head=f"X-Long: {'x' * LONGEST_LINE}\n"))
    with pytest.raises(NotSeenError, match="answers line too long"):
        wait(there, box, after)


def test_a_server_that_cannot_tell_mails_apart(there):
    there.instead["UIDL"] = "-ERR never heard of it"
    with pytest.raises(MailboxError, match="answers -ERR never heard of it"):
        mailbox(there, wait_s=0.2).mark()


def test_the_password_is_shown_nowhere(there):
    assert PASSWORD not in repr(Account("127.0.0.1", 1, USER, PASSWORD))
