"""`end_sessions` logs people out wherever they are; `clear_expired` removes what nobody can log in by any more."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from superlists.accounts.models import LoginLink
from tests.superlists.accounts.conftest import logged_in_address
from tests.superlists.conftest import logged_in


def test_a_persons_sessions_and_then_all_end_in_every_browser(edith, as_edith, as_francis, capsys):
    browsers = [as_edith, logged_in(edith), as_francis]
    for arguments, told, left in (
        (["EDITH@example.com"], "Ended 2 sessions\n", [None, None, "francis@example.com"]),
        ([], "Ended 1 sessions\n", [None, None, None]),
    ):
        call_command("end_sessions", *arguments)
        assert capsys.readouterr().out == told
        assert [logged_in_address(browser) for browser in browsers] == left


# A shell gives an empty one for a variable that is not set.
@pytest.mark.parametrize("address", ["edit@example.com", ""])
def test_an_address_that_nobody_has_is_told_and_ends_nothing(as_edith, address):
    with pytest.raises(CommandError, match=rf"Nobody has the address '{address}'"):
        call_command("end_sessions", address)
    assert Session.objects.count() == 1


def test_what_is_old_is_cleared_and_nothing_else(as_edith, as_francis, link_for, capsys):
    Session.objects.filter(pk=as_francis.session.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    link_for("boris@example.com", created_at=timezone.now() - timedelta(days=7, minutes=1))
    link_for("francis@example.com", created_at=timezone.now() - timedelta(days=6))
    call_command("clear_expired")
    assert capsys.readouterr().out.strip() == "Removed expired sessions, and 1 old login links"
    assert [link.email for link in LoginLink.objects.all()] == ["francis@example.com"]
    assert [session.pk for session in Session.objects.all()] == [as_edith.session.session_key]
