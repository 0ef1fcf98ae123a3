"""An address is mailed at most five links an hour."""

from datetime import timedelta

import pytest
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


def test_the_mailed_links_still_work_and_count_once_used(spent, ask, mailed_path, client, edith):
    ask("edith@example.com")
    assert client.post(mailed_path()).status_code == 302
    assert ask("edith@example.com").status_code == 429


def test_another_address_is_not_affected(spent, ask, mailoutbox):
    assert ask("francis@example.com").status_code == 302
    assert mailoutbox[-1].to == ["francis@example.com"]


@pytest.mark.parametrize(("age", "status"), [(timedelta(minutes=59), 429), (timedelta(minutes=60), 302)])
def test_a_link_counts_for_an_hour(spent, ask, age, status):
    oldest = LoginLink.objects.order_by("pk")[:1]
    LoginLink.objects.filter(pk__in=oldest).update(created_at=timezone.now() - age)
    assert ask("edith@example.com").status_code == status


def test_links_older_than_a_week_are_tidied_away(ask, link_for):
    link_for("boris@example.com", created_at=timezone.now() - timedelta(days=7, minutes=1))
    link_for("francis@example.com", created_at=timezone.now() - timedelta(days=6))
    ask("edith@example.com")
    assert {link.email for link in LoginLink.objects.all()} == {"francis@example.com", "edith@example.com"}
