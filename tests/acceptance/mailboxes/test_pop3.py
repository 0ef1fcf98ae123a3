"""Which mail is taken out of a real mailbox, and which is left there."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from acceptance.mailboxes.pop3 import Pop3Mailbox
from acceptance.mailboxes.pop3_session import Account
from acceptance.waiting import NotSeenError
from tests.acceptance.mailboxes import mails
from tests.acceptance.mailboxes.mails import EDITH, LINK, RUBBISH, SITE, SUBJECT, mail
from tests.acceptance.mailboxes.pop3_server import PASSWORD, USER

POLL_S = 0.1


@pytest.fixture
def mailbox(there):
    account = Account("127.0.0.1", there.port, USER, PASSWORD, there.authority)
    return Pop3Mailbox(account, wait_s=3, poll_s=POLL_S)


def wait(mailbox, after, to=EDITH):
    return mailbox.wait_for(to, SUBJECT, after, site=SITE)


def test_her_mail_is_read_and_deleted(there, mailbox):
    after = mailbox.mark()
    there.put("1", mail())
    seen = wait(mailbox, after)
    assert (seen.to, seen.links) == (EDITH, (LINK,))
    assert there.mails == {}


def test_what_is_not_hers_is_left_where_it_is(there, mailbox):
    others = {
        "older": mail(),
        "for another": mail(to="edith+run.2@example.com"),
        "for her and another": mail(to=f"{EDITH}, boris@example.com"),
        "about something else": mail(subject="Invoice"),
        "of another site": mail(mails.BODY.replace("lists.", "other.")),
        "without a link": mail("Hello"),
        **RUBBISH,
    }
    there.put("older", others.pop("older"))
    after = mailbox.mark()
    for uid, source in others.items():
        there.put(uid, source)
    there.put("hers", mail())
    assert wait(mailbox, after).links == (LINK,)
    assert set(there.mails) == {"older", *others}
    # Of a mail to somebody else, nobody reads more than the headers.
    assert sum(asked.startswith("RETR") for asked in there.asked) == 3


@pytest.mark.parametrize("order", [("hers", "gone"), ("gone", "hers")])
def test_a_mail_that_another_run_takes_out_meanwhile_is_in_nobodys_way(there, mailbox, order):
    after = mailbox.mark()
    for number, uid in enumerate(order, 1):
        there.put(uid, mail() if uid == "hers" else mail(to="edith+run.2@example.com"))
        if uid == "gone":
            there.instead[f"TOP {number} 0"] = f"-ERR Message {number} expunged."
    assert wait(mailbox, after).links == (LINK,)
    assert set(there.mails) == {"gone"}


def test_among_five_hundred_old_mails_to_her_the_late_one_is_found(there, mailbox, later):
    there.mails = {f"old-{number}": mail(mails.BODY.replace("s3cret", f"old-{number}")) for number in range(500)}
    after = mailbox.mark()
    later(0.3, there.put, "new", mail())
    assert wait(mailbox, after).links == (LINK,)
    assert len(there.mails) == 500
    assert [asked for asked in there.asked if asked.startswith(("TOP", "RETR"))] == ["TOP 501 0", "RETR 501"]


def test_without_a_look_before_what_a_mail_says_of_its_time_decides(there, mailbox):
    there.put("old", mail(sent=time.time() - 60))
    there.put("new", mail(mails.BODY.replace("s3cret", "new"), sent=time.time()))
    assert wait(mailbox, time.time()).links == (LINK.replace("s3cret", "new"),)
    assert set(there.mails) == {"old"}


def test_a_servers_clock_does_not_matter_after_a_look(there, mailbox):
    there.put("old", mail(sent=time.time() + 3600))
    after = mailbox.mark()
    there.put("new", mail(mails.BODY.replace("s3cret", "new"), sent=time.time() - 3600))
    assert wait(mailbox, after).links == (LINK.replace("s3cret", "new"),)
    assert set(there.mails) == {"old"}


def test_two_at_once_each_get_their_own(there, mailbox):
    francis = EDITH.replace("edith", "francis")
    after = mailbox.mark()
    later = mailbox.mark()
    there.put("1", mail(mails.BODY.replace("s3cret", "for-francis"), to=francis))
    there.put("2", mail())
    assert wait(mailbox, after).links == (LINK,)
    assert wait(mailbox, later, francis).links == (LINK.replace("s3cret", "for-francis"),)
    assert there.mails == {}


def test_two_runs_share_a_mailbox(there, mailbox):
    another = Pop3Mailbox(mailbox._account, wait_s=3, poll_s=POLL_S)
    elsewhere = EDITH.replace("run", "another-run")
    afters = [mailbox.mark(), another.mark()]
    there.put("1", mail(mails.BODY.replace("s3cret", "elsewhere"), to=elsewhere))
    there.put("2", mail())
    with ThreadPoolExecutor(2) as both:
        one = both.submit(wait, mailbox, afters[0])
        other = both.submit(wait, another, afters[1], elsewhere)
    assert one.result().links == (LINK,)
    assert other.result().links == (LINK.replace("s3cret", "elsewhere"),)
    assert there.mails == {}


def test_of_two_requests_the_second_is_answered_by_the_second_mail(there, mailbox, later):
    mailbox.mark()
    there.put("first", mail())
    after = mailbox.mark()
    later(0.2, there.put, "second", mail(mails.BODY.replace("s3cret", "second")))
    assert wait(mailbox, after).links == (LINK.replace("s3cret", "second"),)


def test_duplicates_are_all_deleted(there, mailbox):
    after = mailbox.mark()
    there.put("1", mail())
    there.put("2", mail())
    assert wait(mailbox, after).links == (LINK,)
    assert there.mails == {}


@pytest.mark.parametrize(
    "source", [mails.in_base64(), mails.in_quoted_printable(), mails.with_html(), mails.folded_and_encoded()]
)
def test_however_it_is_wrapped_it_is_hers(there, mailbox, source):
    after = mailbox.mark()
    there.put("1", source)
    assert wait(mailbox, after).links_to(SITE)[-1] == LINK


def test_it_looks_no_more_often_than_told(there, mailbox, later):
    # Long enough for several looks at once to be noticed on a busy machine.
    mailbox._poll_s = poll_s = 0.5
    began = time.monotonic()
    after, *_ = [mailbox.mark() for _ in range(3)]
    assert len(there.connected) <= (time.monotonic() - began) / poll_s + 1
    later(1.2, there.put, "1", mail())
    wait(mailbox, after)
    assert 4 <= len(there.connected) <= (time.monotonic() - began) / poll_s + 1


def test_a_mail_that_does_not_come_is_told_with_what_came_instead(there, mailbox):
    there.put("old", mail())
    after = mailbox.mark()
    there.put("1", mail(mails.BODY.replace(SITE, "http://localhost"), subject="Your login link for Superlists"))
    mailbox._wait_s = 0.3
    with pytest.raises(NotSeenError) as raised:
        wait(mailbox, after)
    said = str(raised.value)
    assert "its link leads to http://localhost:80" in said
    assert "1 older, which were not looked into" in said
    assert "s3cret" not in said
