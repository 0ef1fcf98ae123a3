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


def test_the_sixth_time_a_page_says_to_wait(spent, ask, mailoutbox, caplog):
    response = ask("edith@example.com")
    assert response.status_code == 429
    assert "edith@example.com" in text(response, "#id_wait p")
    assert "ask again in an hour" in text(response, "#id_wait p")
    assert len(mailoutbox) == 5
    refusal = "Refused to mail a login link to edith@example.com: as many as allowed were sent within the hour"
    assert refusal in caplog.messages


def test_the_page_is_the_same_for_a_known_address(spent, ask, edith):
    assert ask("edith@example.com").status_code == 429


def test_asking_too_often_does_not_make_the_wait_longer(spent, ask):
    ask("edith@example.com")
    assert LoginLink.objects.count() == 5


def test_another_case_is_the_same_address(spent, ask, mailoutbox):
    assert ask(" Edith@EXAMPLE.com ").status_code == 429
    assert len(mailoutbox) == 5


def test_another_address_is_not_affected(spent, ask, mailoutbox):
    assert ask("francis@example.com").status_code == 302
    assert mailoutbox[-1].to == ["francis@example.com"]


@pytest.mark.parametrize(("age", "status"), [(timedelta(minutes=59), 429), (timedelta(minutes=60), 302)])
def test_a_link_counts_for_an_hour(spent, ask, age, status):
    oldest = LoginLink.objects.order_by("pk")[:1]
    LoginLink.objects.filter(pk__in=oldest).update(created_at=timezone.now() - age)
    assert ask("edith@example.com").status_code == status


def test_a_used_link_counts_as_well(spent, ask):
    LoginLink.objects.update(used_at=timezone.now())
    assert ask("edith@example.com").status_code == 429


def test_the_five_mailed_links_still_work(spent, ask, mailed_path, client):
    ask("edith@example.com")
    assert client.post(mailed_path()).status_code == 302


def test_a_mail_that_could_not_be_sent_does_not_count(ask, settings, mailoutbox):
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "superlists.accounts.mail.UnsetBackend"
    for _ in range(6):
        assert ask("edith@example.com").status_code == 503
    settings.EMAIL_BACKEND = working
    assert ask("edith@example.com").status_code == 302
    assert len(mailoutbox) == 1


def test_links_older_than_a_week_are_tidied_away(ask, link_for):
    link_for("boris@example.com", created_at=timezone.now() - timedelta(days=7, minutes=1))
    link_for("francis@example.com", created_at=timezone.now() - timedelta(days=6))
    ask("edith@example.com")
    assert {link.email for link in LoginLink.objects.all()} == {"francis@example.com", "edith@example.com"}
