"""Django's settings for the village library."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SITE_ENVIRONMENT = os.environ.get("SITE_ENVIRONMENT", "production")
FIXTURES = SITE_ENVIRONMENT != "production" and os.environ.get("LIBRARY_FIXTURES") == "1"
# What the engine's app has to know of this site.
ACCEPTANCE = {
    "site": os.environ.get("LIBRARY_SITE", "localhost"),
    "environment": SITE_ENVIRONMENT,
    "fixtures": FIXTURES,
    "emptied": ("library", "sessions"),
}

DEBUG = SITE_ENVIRONMENT == "local"
SECRET_KEY = "for a developer's own machine" if DEBUG else os.environ["DJANGO_SECRET_KEY"]
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DATABASE_URL", "").removeprefix("sqlite:///") or BASE_DIR / "db.sqlite3",
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "library",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
FORMATTER = {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
if FIXTURES:
    # The usual ones take their time on purpose, and here people log in often.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    INSTALLED_APPS += ["acceptance.django_app", "fixture_commands"]
    MIDDLEWARE.insert(0, "acceptance.django_app.scenario_log.ScenarioMiddleware")
    FORMATTER["()"] = "acceptance.django_app.scenario_log.ScenarioFormatter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": FORMATTER},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": ["console"], "propagate": False}},
}

ROOT_URLCONF = "library.urls"
WSGI_APPLICATION = "library.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATIC_URL = "/static/"
AUTH_USER_MODEL = "library.Reader"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "shelf"
