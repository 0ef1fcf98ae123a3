"""An address is mailed at most five links an hour for one sender, and twenty in all; one sender gets a hundred."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from superlists.accounts.models import LoginLink
from tests.superlists.pages import text


@pytest.fixture
def spent(ask):
    for _ in range(5):
        assert ask("edith@example.com").status_code == 302


@pytest.mark.parametrize("email", ["edith@example.com", " Edith@EXAMPLE.com "])
def test_the_sixth_time_a_page_says_to_wait(spent, ask, mailoutbox, caplog, email):
    for _ in range(2):
        response = ask(email)
        assert response.status_code == 429
    assert "edith@example.com" in text(response, "#id_wait p")
    assert "ask again in an hour" in text(response, "#id_wait p")
    # Asking too often does not make the wait longer.
    assert len(mailoutbox) == LoginLink.objects.count() == 5
    refusal = "Refused to mail a login link to edith@example.com: as many as allowed were sent within the hour"
    assert refusal in caplog.messages


def test_a_link_counts_once_used_and_for_its_address_alone(spent, ask, mailed_path, mailoutbox, client):
    assert client.post(mailed_path()).status_code == 302
    assert ask("edith@example.com").status_code == 429
    assert ask("francis@example.com").status_code == 302
    assert mailoutbox[-1].to == ["francis@example.com"]


@pytest.mark.parametrize(("age", "status"), [(timedelta(minutes=59), 429), (timedelta(minutes=60), 302)])
def test_a_link_counts_for_an_hour(spent, ask, age, status):
    oldest = LoginLink.objects.order_by("pk")[:1]
    LoginLink.objects.filter(pk__in=oldest).update(created_at=timezone.now() - age)
    assert ask("edith@example.com").status_code == status


def test_requests_from_elsewhere_do_not_lock_her_out_until_they_are_very_many(ask):
    def statuses(sender, count):
        return [ask("edith@example.com", Client(REMOTE_ADDR=sender)).status_code for _ in range(count)]

    assert statuses("192.0.2.1", 6) == [302] * 5 + [429]
    assert statuses("192.0.2.2", 6) == [302] * 5 + [429]
    # However many ask, her mailbox is not flooded.
    assert statuses("192.0.2.3", 5) + statuses("192.0.2.4", 5) + statuses("192.0.2.5", 1) == [302] * 10 + [429]
    an_hour_passes()
    assert statuses("192.0.2.5", 1) == [302]


def test_one_sender_reaches_an_office_and_not_thousands(ask):
    links = (LoginLink(email=f"{n}@example.com", digest=str(n), sender="192.0.2.1") for n in range(99))
    LoginLink.objects.bulk_create(links)
    office = Client(REMOTE_ADDR="192.0.2.1")
    assert [ask(f"{name}@example.com", office).status_code for name in ("edith", "francis")] == [302, 429]
    assert ask("francis@example.com", Client(REMOTE_ADDR="192.0.2.2")).status_code == 302
    an_hour_passes()
    assert ask("francis@example.com", office).status_code == 302


def an_hour_passes():
    LoginLink.objects.update(created_at=timezone.now() - timedelta(hours=1))


@pytest.mark.parametrize(
    ("seen", "sender"),
    [
        ({"REMOTE_ADDR": "192.0.2.1"}, "192.0.2.1"),
        # Whoever comes by TCP is not the site's own proxy, and may say anything.
        ({"REMOTE_ADDR": "192.0.2.1", "HTTP_X_REAL_IP": "192.0.2.9"}, "192.0.2.1"),
        ({"REMOTE_ADDR": "", "HTTP_X_REAL_IP": "192.0.2.9"}, "192.0.2.9"),
        ({"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": "192.0.2.9"}, ""),
        ({"REMOTE_ADDR": "", "HTTP_X_REAL_IP": "made up"}, ""),
        # All of IPv4 is one such network below.
        ({"REMOTE_ADDR": "::ffff:192.0.2.1"}, "192.0.2.1"),
        # One machine has all addresses of such a network.
        ({"REMOTE_ADDR": "2001:db8:0:1:2:3:4:5"}, "2001:db8:0:1::/64"),
    ],
)
def test_the_sender_is_believed_from_the_sites_own_proxy_only(ask, seen, sender):
    ask("edith@example.com", Client(**seen))
    assert LoginLink.objects.get().sender == sender
