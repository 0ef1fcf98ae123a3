import pytest
from django.core.management import CommandError, call_command

from superlists.lists.models import List
from superlists.testing.models import Stamp


@pytest.mark.django_db(transaction=True)
def test_flush_is_refused_in_production_and_leaves_every_row(settings):
    List.objects.create()
    settings.SITE_ENVIRONMENT = "production"
    with pytest.raises(CommandError, match=r"^Refused: the database of a production site is not emptied\.$"):
        call_command("flush", interactive=False)
    assert List.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("environment", ["docker", "staging"])
@pytest.mark.parametrize("stamps", [[], ["lists.example.com"]])
def test_a_test_server_that_has_another_sites_database_does_not_empty_it(settings, environment, stamps):
    Stamp.objects.all().delete()
    Stamp.objects.bulk_create(Stamp(site=site) for site in stamps)
    List.objects.create()
    settings.SITE_ENVIRONMENT = environment
    with pytest.raises(CommandError, match=r"^Refused: the database is (not )?stamped as disposable for "):
        call_command("flush", interactive=False)
    assert List.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_on_its_own_disposable_database_flush_is_djangos_own(settings):
    Stamp.objects.get_or_create(site=settings.SITENAME)
    List.objects.create()
    settings.SITE_ENVIRONMENT = "staging"
    call_command("flush", interactive=False)
    assert List.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_on_ones_own_machine_flush_is_djangos_own(settings):
    List.objects.create()
    settings.SITE_ENVIRONMENT = "local"
    call_command("flush", interactive=False)
    assert List.objects.count() == 0
