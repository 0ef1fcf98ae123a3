import pytest
from django.core.management import CommandError, call_command

from superlists.lists.models import List


@pytest.mark.django_db(transaction=True)
def test_flush_is_refused_in_production_and_leaves_every_row(settings):
    List.objects.create()
    settings.SITE_ENVIRONMENT = "production"
    with pytest.raises(CommandError, match=r"^Refused: the database of a production site is not emptied\.$"):
        call_command("flush", interactive=False)
    assert List.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_elsewhere_flush_is_djangos_own(settings):
    List.objects.create()
    settings.SITE_ENVIRONMENT = "staging"
    call_command("flush", interactive=False)
    assert List.objects.count() == 0
