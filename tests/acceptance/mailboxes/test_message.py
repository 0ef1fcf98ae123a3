"""What a reader sees of a mail, however it is wrapped."""

import pytest

from acceptance.mailboxes.message import read_message
from tests.acceptance.mailboxes import mails
from tests.acceptance.mailboxes.mails import EDITH, LINK, RUBBISH, SENDER, SITE, SUBJECT, mail

WRAPPED = {
    "plain": mail(),
    "base64": mails.in_base64(),
    "quoted-printable": mails.in_quoted_printable(),
    "alternatives": mails.with_html(),
    "html": mails.with_html(plain=""),
    "encoded headers": mails.folded_and_encoded(),
}


@pytest.mark.parametrize("kind", WRAPPED)
def test_a_mail_is_the_same_however_it_is_wrapped(kind):
    message = read_message(WRAPPED[kind], 12.5)
    assert (message.to, message.subject, message.sender, message.arrived) == (EDITH, SUBJECT, SENDER, 12.5)
    assert set(message.links_to(SITE)) == {LINK}


def test_the_plain_text_is_the_body():
    assert read_message(mails.with_html(plain="Plain\n"), 0).body == "Plain\n"
    assert read_message(mails.in_base64("Grüße 🦚\n"), 0).body == "Grüße 🦚\n"


def test_a_link_of_a_page_is_read_as_a_browser_reads_it():
    html = f"<a href='{LINK}?a=1&amp;b=2'>Log in</a>"
    assert f"{LINK}?a=1&b=2" in read_message(mails.with_html(html=html), 0).links


def test_an_attachment_is_not_what_the_mail_says():
    head = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n'
    part = f"--B\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\n{LINK}\n--B--\n"
    assert read_message(mail(part, head=head), 0).links == ()


def test_everyone_who_received_it_is_told():
    source = mail(to="Edith <edith@example.com>, boris@example.com", head="Cc: francis@example.com\n")
    assert read_message(source, 0).to == "edith@example.com, boris@example.com, francis@example.com"
    assert read_message(mail(), 0, ["boris@example.com"]).to == "boris@example.com"


@pytest.mark.parametrize("source", RUBBISH.values(), ids=RUBBISH)
def test_rubbish_is_read_as_far_as_it_goes(source):
    message = read_message(source, 1.0)
    assert message.links_to(SITE) == []
    assert message.to != EDITH


@pytest.mark.parametrize("after", ["", ".", ",", ")", "\n"])
def test_what_ends_the_sentence_is_no_part_of_the_link(after):
    assert read_message(mail(f"Go to ({LINK}{after}"), 0).links == (LINK,)


@pytest.mark.parametrize(
    ("site", "leads"),
    [
        ("https://lists.example.com", True),
        ("https://LISTS.example.com:443/", True),
        ("http://lists.example.com", False),
        ("https://lists.example.com:8443", False),
        ("https://example.com", False),
        ("https://lists.example.com.evil.org", False),
        ("https://lists.example.com:port", False),
    ],
)
def test_a_link_leads_to_one_site_only(site, leads):
    assert bool(read_message(mail(), 0).links_to(site)) is leads


def test_a_message_that_is_shown_keeps_its_links_to_itself():
    assert "s3cret" not in repr(read_message(mail(), 0))
