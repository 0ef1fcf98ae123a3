"""The app in a project that has Django's own users, passwords and settings, and nothing of Superlists."""

import sys
from pathlib import Path

from tests.superlists.checkout import SITE, python

PROJECT = """
import sys
from importlib import import_module

import django
from django.conf import settings
from django.core.management import call_command
from django.http import HttpRequest

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                    "acceptance.django_app"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}},
    SECRET_KEY="any", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    ACCEPTANCE={"site": "guests", "environment": "local", "fixtures": True, "emptied": ("auth.User", "sessions")},
)
django.setup()
call_command("migrate", verbosity=0)
from django.contrib.auth import get_user
from django.contrib.auth.models import Permission, User

User.objects.create_user("francis", "francis@example.com", "sesame")
before = Permission.objects.count()
"""
LOG_IN = """
for email in ("edith@example.com", "francis@example.com"):
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(call_command("create_session", email))
    print(get_user(request).username, get_user(request).has_usable_password())
call_command("reset_site", "--site", "guests")
assert User.objects.count() == 0 and Permission.objects.count() == before > 0
print(sorted(name for name in sys.modules if name.startswith(("superlists", "features", "selenium", "behave"))))
"""


def test_people_are_logged_in_by_their_address_and_the_site_is_emptied_of_them(tmp_path):
    # From the checkout comes this app alone, for the package around it needs Selenium.
    (tmp_path / "acceptance").mkdir()
    (tmp_path / "acceptance" / "django_app").symlink_to(SITE / "acceptance" / "django_app")
    ran = python(tmp_path, "-c", PROJECT + LOG_IN, PATH=str(Path(sys.executable).parent))
    assert ran.stderr == ""
    key, edith, other_key, francis, emptied, modules = ran.stdout.splitlines()
    assert len(key) == len(other_key) == 32
    # Known by her address; who was there before keeps name and password.
    assert (edith, francis) == ("edith@example.com False", "francis True")
    assert (emptied, modules) == ("guests is empty", "[]")
