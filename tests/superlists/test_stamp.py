"""A production site looks for the stamp before it starts."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from acceptance.django_app.models import Stamp
from acceptance.django_app.stamp import refuse_stamped_production, stamped_sites

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def production(settings):
    settings.SITE_ENVIRONMENT = "production"
    Stamp.objects.all().delete()


def test_each_site_that_the_database_is_disposable_for_is_told():
    for site in ("staging.example.com", "docker"):
        Stamp.objects.create(site=site)
    assert stamped_sites() == ["docker", "staging.example.com"]
    with pytest.raises(ImproperlyConfigured, match=r"disposable for docker, staging\.example\.com\. It belongs to"):
        refuse_stamped_production()


def test_a_database_without_the_table_bears_no_stamp():
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE acceptance_stamp")
    assert stamped_sites() == []
    refuse_stamped_production()


@pytest.mark.parametrize("environment", ["local", "docker", "staging"])
def test_only_production_minds(settings, environment):
    settings.SITE_ENVIRONMENT = environment
    Stamp.objects.create(site="localhost")
    refuse_stamped_production()


def test_a_database_that_does_not_answer_is_logged_and_not_minded(no_database, monkeypatch, site_log):
    monkeypatch.setattr("acceptance.django_app.stamp.connection", no_database)
    refuse_stamped_production()
    assert "ERROR acceptance.django_app.stamp: The database did not answer when" in site_log.getvalue()
    assert "OperationalError: unable to open database file" in site_log.getvalue()


def test_a_stamp_reads_as_people_say_it():
    assert str(Stamp(site="localhost")) == "disposable for localhost"
