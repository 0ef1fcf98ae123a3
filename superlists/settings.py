"""Django's settings for Superlists; what varies between sites comes from the environment."""

from csp.constants import NONE, SELF

from superlists.configuration import BASE_DIR, MAX_PORT, Environment
from superlists.logs import logging_configuration

DISPOSABLE_ENVIRONMENTS = ("local", "docker", "staging")
LOCAL_SECRET_KEY = "only-for-a-developer's-own-machine-never-for-a-server"  # noqa: S105

env = Environment()
SITE_ENVIRONMENT = env.choice("SITE_ENVIRONMENT", (*DISPOSABLE_ENVIRONMENTS, "production"), default="production")
DEBUG = not env.flag("DJANGO_DEBUG_FALSE", default=SITE_ENVIRONMENT != "local")
if DEBUG and SITE_ENVIRONMENT == "production":
    env.mistake("DJANGO_DEBUG_FALSE", "a production site does not start with debug on")
SUPERLISTS_TESTING = SITE_ENVIRONMENT in DISPOSABLE_ENVIRONMENTS and env.flag("SUPERLISTS_TESTING")
ALLOWED_HOST = env.host("DJANGO_ALLOWED_HOST", required=not DEBUG)
ALLOWED_HOSTS = [ALLOWED_HOST] if ALLOWED_HOST else []
SECRET_KEY = env.text("DJANGO_SECRET_KEY", required=not DEBUG) or LOCAL_SECRET_KEY
SITENAME = env.text("SITENAME") or ALLOWED_HOST or "localhost"
HTTPS = env.flag("DJANGO_HTTPS")
# A promise that browsers keep even after the site took it back: a day until somebody asks for more.
HSTS_SECONDS = env.number("DJANGO_HSTS_SECONDS", default=24 * 60 * 60, least=0, most=2 * 365 * 24 * 60 * 60)
HSTS_SUBDOMAINS, HSTS_PRELOAD = env.flag("DJANGO_HSTS_SUBDOMAINS"), env.flag("DJANGO_HSTS_PRELOAD")
# Where the links in mails lead: what a request says of that may be anybody's.
SITE_ORIGIN = env.origin("SITE_ORIGIN", ALLOWED_HOST, https=HTTPS)
DATABASES = {"default": env.database("DATABASE_URL", "DJANGO_DB_PATH")}
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", default=587, least=1, most=MAX_PORT)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_FILE_PATH = env.text("EMAIL_FILE_PATH") or None
env.refuse_mistakes()

# Production has none of the fixtures, but looks at its database's stamp.
ACCEPTANCE = {
    "site": SITENAME,
    "environment": SITE_ENVIRONMENT,
    "disposable_environments": DISPOSABLE_ENVIRONMENTS,
    "fixtures": SUPERLISTS_TESTING,
    "emptied": ("accounts", "lists", "sessions"),
}

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
                "superlists.accounts.forms.login_form",
            ]
        },
    }
]

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
# No page tells another its own path, which may be a secret: a login link, or a list that is nobody's.
SECURE_REFERRER_POLICY = "strict-origin"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_SSL_HOST = SITE_ORIGIN.partition("://")[2]
    # The proxy in front of the site ends TLS and says so in this header.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = HSTS_SECONDS
    SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS_SUBDOMAINS
    SECURE_HSTS_PRELOAD = HSTS_PRELOAD
    # That neither is on unless somebody asked for it is no oversight.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = EMAIL_HOST_USER if "@" in EMAIL_HOST_USER else f"noreply@{SITENAME}"
if EMAIL_FILE_PATH:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
elif EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
elif DEBUG:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    EMAIL_BACKEND = "superlists.accounts.mail.UnsetBackend"

LOGGING = logging_configuration(SITE_ENVIRONMENT, testing=SUPERLISTS_TESTING)
