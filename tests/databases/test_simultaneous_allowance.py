"""However many ask for a login link at the same moment, no more go out than are allowed: on both kinds of database."""

import json

import pytest

from tests.databases.service import PASSWORD
from tests.superlists.checkout import SITE, python

ROUNDS = 4
RACES = f"""
ROUNDS = {ROUNDS}
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import django
django.setup()
from django.core.management import call_command
from django.db import connection
from superlists.accounts.models import LINKS_AN_HOUR, LinkAllowanceSpentError, LoginLink

AT_ONCE, barrier = 12, Barrier(12)
call_command("migrate", verbosity=0)

def issued(email, wait=True):
    try:
        connection.ensure_connection()
        if wait:
            barrier.wait(20)
        LoginLink.objects.issue(email, sender="192.0.2.1")
    except LinkAllowanceSpentError:
        return 0
    finally:
        connection.close()
    return 1

results = []
with ThreadPoolExecutor(AT_ONCE) as threads:
    for number in range(ROUNDS):
        email = f"{{number}}@example.com"
        at_once = sum(threads.map(issued, [email] * AT_ONCE))
        afterwards = sum(issued(email, wait=False) for _ in range(LINKS_AN_HOUR + 1))
        results.append([at_once + afterwards, LoginLink.objects.filter(email=email).count()])
print(json.dumps(results))
"""


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/db.sqlite3"
    told = request.getfixturevalue("edith").make("links", PASSWORD)
    return f"postgres://postgres:{PASSWORD.replace(' ', '%20')}@{told['host']}:{told['port']}/postgres"


def test_simultaneous_requests_get_the_allowance_and_no_more(database_url):
    environ = {"SITE_ENVIRONMENT": "local", "DJANGO_SETTINGS_MODULE": "superlists.settings"}
    ran = python(SITE, "-c", RACES, DATABASE_URL=database_url, **environ)
    assert ran.returncode == 0, ran.stderr
    # Those that were refused used nothing up: asking afterwards gives what is left.
    assert json.loads(ran.stdout.splitlines()[-1]) == [[5, 5]] * ROUNDS
