"""Django's settings, as they follow from the environment."""

import os
import runpy

import pytest

from superlists.configuration import VARIABLES
from tests.superlists.checkout import PRODUCTION, SITE


@pytest.fixture
def settings_for(monkeypatch):
    def read(**environ):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SITE / "superlists" / "settings.py"))

    return read


def test_a_production_site_has_no_testing_app(settings_for):
    read = settings_for(**PRODUCTION, SUPERLISTS_TESTING="1")
    assert read["SUPERLISTS_TESTING"] is False
    assert not [name for name in read["INSTALLED_APPS"] + read["MIDDLEWARE"] if "superlists.testing" in name]
    assert read["ALLOWED_HOSTS"] == ["lists.example.com"]
    assert read["DEBUG"] is False


def test_a_disposable_site_that_asks_for_it_has(settings_for):
    read = settings_for(SITE_ENVIRONMENT="local", SUPERLISTS_TESTING="1")
    assert "superlists.testing" in read["INSTALLED_APPS"]
    assert read["MIDDLEWARE"][0] == "acceptance.django_app.scenario_log.ScenarioMiddleware"
    assert read["ALLOWED_HOSTS"] == []


def test_without_https_nothing_is_said_of_it(settings_for):
    read = settings_for(**PRODUCTION)
    assert not [name for name in read if name.startswith(("SECURE_", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"))]


def test_with_https_browsers_are_kept_to_it(settings_for):
    read = settings_for(**PRODUCTION, DJANGO_HTTPS="1")
    assert read["SECURE_SSL_REDIRECT"] is read["SESSION_COOKIE_SECURE"] is read["CSRF_COOKIE_SECURE"] is True
    assert read["SECURE_HSTS_SECONDS"] >= 365 * 24 * 60 * 60
    assert read["SECURE_SSL_HOST"] == "lists.example.com"
    assert read["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


STATIC_FILES = "whitenoise.storage.CompressedManifestStaticFilesStorage"
SERVES_THEM = "whitenoise.middleware.WhiteNoiseMiddleware"
STAGING = PRODUCTION | {"SITE_ENVIRONMENT": "staging", "SUPERLISTS_TESTING": "1"}
LOCAL = STAGING | {"SITE_ENVIRONMENT": "local", "DJANGO_DEBUG_FALSE": "1"}


@pytest.mark.parametrize("environ", [PRODUCTION, STAGING, LOCAL])
def test_with_debug_off_the_site_serves_its_own_collected_files(settings_for, environ):
    read = settings_for(**environ)
    assert read["STORAGES"]["staticfiles"]["BACKEND"] == STATIC_FILES
    assert read["STORAGES"].keys() == {"default", "staticfiles"}
    assert read["MIDDLEWARE"].count(SERVES_THEM) == 1
    # Right after what redirects to HTTPS, and before what costs time.
    before = read["MIDDLEWARE"][read["MIDDLEWARE"].index(SERVES_THEM) - 1]
    assert before == "django.middleware.security.SecurityMiddleware"


def test_with_debug_on_nothing_has_to_be_collected(settings_for):
    read = settings_for(SITE_ENVIRONMENT="local")
    assert "STORAGES" not in read
    assert SERVES_THEM not in read["MIDDLEWARE"]


@pytest.mark.parametrize(
    ("environ", "backend"),
    [
        ({"SITE_ENVIRONMENT": "local"}, "django.core.mail.backends.console.EmailBackend"),
        (PRODUCTION, "superlists.accounts.mail.UnsetBackend"),
        (PRODUCTION | {"EMAIL_HOST": "mail.example.com"}, "django.core.mail.backends.smtp.EmailBackend"),
        (
            PRODUCTION | {"EMAIL_HOST": "mail.example.com", "EMAIL_FILE_PATH": "/srv/mail"},
            "django.core.mail.backends.filebased.EmailBackend",
        ),
    ],
)
def test_how_mail_leaves_the_site(settings_for, environ, backend):
    assert settings_for(**environ)["EMAIL_BACKEND"] == backend


def test_the_mail_server_is_the_one_that_was_named(settings_for):
    mail = {"EMAIL_HOST": "mail.example.com", "EMAIL_PORT": "2525", "EMAIL_HOST_USER": "superlists"}
    read = settings_for(**PRODUCTION, **mail, EMAIL_PASSWORD="sesame", EMAIL_USE_TLS="0")
    assert {name: read[name] for name in mail} == mail | {"EMAIL_PORT": 2525}
    assert (read["EMAIL_HOST_PASSWORD"], read["EMAIL_USE_TLS"], read["EMAIL_FILE_PATH"]) == ("sesame", False, None)
    assert 0 < read["EMAIL_TIMEOUT"] <= 30


@pytest.mark.parametrize(
    ("environ", "sender"),
    [
        ({}, "noreply@lists.example.com"),
        ({"EMAIL_HOST_USER": "superlists"}, "noreply@lists.example.com"),
        ({"EMAIL_HOST_USER": "edith@example.com"}, "edith@example.com"),
        ({"SITENAME": "lists"}, "noreply@lists"),
    ],
)
def test_who_the_mail_is_from(settings_for, environ, sender):
    assert settings_for(**PRODUCTION, **environ)["DEFAULT_FROM_EMAIL"] == sender


def test_reading_the_settings_leaves_the_environment_alone(settings_for):
    settings_for(**PRODUCTION)
    assert {name: os.environ[name] for name in VARIABLES if name in os.environ} == PRODUCTION
