"""Django's settings for Superlists; what varies between sites comes from configuration.py."""

import copy

from csp.constants import NONE, SELF

from superlists.configuration import BASE_DIR, DISPOSABLE_ENVIRONMENTS, read_configuration
from superlists.logs import logging_configuration

SITE = read_configuration()
SITE_ENVIRONMENT = SITE.environment
SITENAME = SITE.name
SITE_ORIGIN = SITE.origin
SUPERLISTS_TESTING = SITE.testing
# Production has none of the fixtures, but looks at its database's stamp.
ACCEPTANCE = {
    "site": SITENAME,
    "environment": SITE_ENVIRONMENT,
    "disposable_environments": DISPOSABLE_ENVIRONMENTS,
    "fixtures": SUPERLISTS_TESTING,
    "emptied": ("accounts", "lists", "sessions"),
}

SECRET_KEY = SITE.secret_key
DEBUG = SITE.debug
ALLOWED_HOSTS = [SITE.allowed_host] if SITE.allowed_host else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "superlists.accounts",
    "superlists.lists",
]
MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "superlists.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
WHITENOISE = "whitenoise.middleware.WhiteNoiseMiddleware"
if SUPERLISTS_TESTING:
    INSTALLED_APPS += ["acceptance.django_app", "superlists.testing"]
    MIDDLEWARE.insert(0, "acceptance.django_app.scenario_log.ScenarioMiddleware")

ROOT_URLCONF = "superlists.urls"
WSGI_APPLICATION = "superlists.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "superlists" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "superlists.accounts.context.login_form",
            ]
        },
    }
]

DATABASES = {"default": copy.deepcopy(SITE.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["superlists.accounts.authentication.LoginLinkBackend"]
LOGIN_URL = "log_in"
LOGIN_REDIRECT_URL = "home"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "superlists" / "static"]
STATIC_ROOT = BASE_DIR / "static"

if not DEBUG:
    # Files are collected once, compressed, and named by their content: browsers may keep them for good.
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    MIDDLEWARE.insert(MIDDLEWARE.index("django.middleware.security.SecurityMiddleware") + 1, WHITENOISE)

CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_HTTPONLY = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Bootstrap draws its icons as data: images from within its stylesheet.
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
if SITE.https:
    SECURE_SSL_REDIRECT = True
    SECURE_SSL_HOST = SITE_ORIGIN.partition("://")[2]
    # The proxy in front of the site ends TLS and says so in this header.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

EMAIL_TIMEOUT = 10
EMAIL_HOST = SITE.mail.host
EMAIL_PORT = SITE.mail.port
EMAIL_HOST_USER = SITE.mail.user
EMAIL_HOST_PASSWORD = SITE.mail.password
EMAIL_USE_TLS = SITE.mail.use_tls
EMAIL_FILE_PATH = SITE.mail.file_path or None
DEFAULT_FROM_EMAIL = SITE.mail.user if "@" in SITE.mail.user else f"noreply@{SITENAME}"
if SITE.mail.file_path:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
elif SITE.mail.host:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
elif DEBUG:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    EMAIL_BACKEND = "superlists.accounts.mail.UnsetBackend"

LOGGING = logging_configuration(SITE_ENVIRONMENT, testing=SUPERLISTS_TESTING)
