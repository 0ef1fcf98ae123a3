"""Which mail is taken of all that a catcher holds, and what is said where it cannot be asked."""

import time

import pytest

from acceptance.mailboxes.base import MailboxError
from acceptance.mailboxes.catcher import CatcherMailbox
from acceptance.mailboxes.catcher_api import Catcher
from acceptance.waiting import NotSeenError
from tests.acceptance.mailboxes.catcher_server import PASSWORD, USER, catcher_server, login
from tests.acceptance.mailboxes.mails import BODY, EDITH, LINK, SITE, SUBJECT, mail

LATER, EARLIER = "2999-01-01T00:00:00.000Z", "2000-01-01T00:00:00.000Z"


@pytest.fixture
def there():
    with catcher_server() as server:
        yield server


@pytest.fixture
def mailbox(there):
    return CatcherMailbox(Catcher(there.url, within_s=0.4), wait_s=3)


def wait(mailbox, after, to=EDITH):
    return mailbox.wait_for(to, SUBJECT, after, site=SITE)


def other(word):
    return BODY.replace("s3cret", word)


def test_her_mail_is_read_and_left_there(there, mailbox):
    after = mailbox.mark()
    there.put("1", mail(), EDITH)
    assert wait(mailbox, after).links == (LINK,)
    assert set(there.caught) == {"1"}


def test_five_hundred_old_mails_to_her_are_none_of_it(there, mailbox, later):
    for number in range(500):
        there.put(f"old-{number}", mail(other("old")), EDITH, time=LATER)
    after = mailbox.mark()
    later(0.2, there.put, "new", mail(), EDITH)
    assert wait(mailbox, after).links == (LINK,)
    assert [path for path in there.asked if path.endswith("/source") and "old" in path][500:] == []


def test_two_at_once_each_get_their_own(there, mailbox):
    francis = EDITH.replace("edith", "francis")
    after = mailbox.mark()
    there.put("1", mail(other("for-francis"), to=francis), francis)
    there.put("2", mail(), EDITH)
    assert wait(mailbox, after).links == (LINK,)
    assert wait(mailbox, after, francis).links == (LINK.replace("s3cret", "for-francis"),)


def test_of_two_requests_the_second_is_answered_by_the_second_mail(there, mailbox, later):
    mailbox.mark()
    there.put("first", mail(), EDITH, time=LATER)
    after = mailbox.mark()
    later(0.2, there.put, "second", mail(other("second")), EDITH, time=EARLIER)
    assert wait(mailbox, after).links == (LINK.replace("s3cret", "second"),)


def test_a_look_for_one_tells_nothing_of_when_the_mail_of_another_came(there, mailbox):
    francis = EDITH.replace("edith", "francis")
    mailbox.mark()
    there.put("1", mail(to=francis), francis, time=EARLIER)
    after = time.time()
    there.put("2", mail(), EDITH)
    mailbox._wait_s = 0.2
    wait(mailbox, after - 60)
    with pytest.raises(NotSeenError, match="it came before that"):
        wait(mailbox, after, francis)


def test_without_a_look_before_what_a_mail_says_of_its_time_decides(there, mailbox):
    there.put("old", mail(other("old")), EDITH, time=EARLIER)
    there.put("new", mail(), EDITH, time=LATER)
    assert wait(mailbox, time.time()).links == (LINK,)


def test_mail_that_went_to_her_by_its_header_only_is_not_hers(there, mailbox):
    mailbox._wait_s = 0.1
    after = mailbox.mark()
    there.put("1", mail(), "boris@example.com", subject=SUBJECT)
    with pytest.raises(NotSeenError, match=r"noreply@lists\.example\.com to boris@example\.com: .*\(it is for somebod"):
        wait(mailbox, after)


def test_a_login_is_sent_where_there_is_one(there):
    there.login = login()
    after = CatcherMailbox(Catcher(there.url, USER, PASSWORD), wait_s=1).mark()
    assert after <= time.time()
    for stranger in (Catcher(there.url), Catcher(there.url, USER, "wr0ng")):
        with pytest.raises(MailboxError, match=r"refuses the login of .* taken from MAILBOX_PASSWORD") as refused:
            CatcherMailbox(stranger, wait_s=1).mark()
        assert "wr0ng" not in str(refused.value)
    assert PASSWORD not in repr(Catcher(there.url, USER, PASSWORD))


@pytest.mark.parametrize("body", ["<html>", "{}", "[1]", "[{}]"])
def test_what_is_no_catcher_is_said_to_be_none(there, mailbox, body):
    there.instead = body
    for look in (mailbox.mark, lambda: wait(mailbox, 0)):
        with pytest.raises(MailboxError, match="does not answer as maildev does at /email"):
            look()


def test_an_address_with_nothing_at_it_is_no_catcher(there):
    with pytest.raises(MailboxError, match="does not answer as maildev does"):
        CatcherMailbox(Catcher(f"{there.url}/elsewhere"), wait_s=1).mark()


@pytest.mark.parametrize(
    ("instead", "says"),
    [
        (502, "answers 502 Bad Gateway"),
        ("silence", "does not answer in time"),
        ("drip", "does not answer in time"),
        ("cut", "answers in something else than whole HTTP: IncompleteRead"),
    ],
)
def test_what_may_pass_is_waited_for(there, mailbox, later, instead, says):
    after = mailbox.mark()
    there.instead = instead
    mailbox._wait_s = 0.3
    with pytest.raises(MailboxError, match=says):
        mailbox.mark()
    with pytest.raises(NotSeenError, match=says):
        wait(mailbox, after)
    mailbox._wait_s = 5
    there.put("1", mail(), EDITH)
    later(0.3, setattr, there, "instead", "")
    assert wait(mailbox, after).links == (LINK,)


def test_a_catcher_that_is_down(mailbox, there):
    down = CatcherMailbox(Catcher("http://127.0.0.1:9"), wait_s=0.1)
    with pytest.raises(MailboxError, match=r"the mail catcher at http://127\.0\.0\.1:9 cannot be read: .*refused"):
        down.mark()
