"""Settings, all of them; the environment (or ``.env`` beside manage.py) decides.

Two set-ups exist. The sample set-up (``EPROGRAM_SAMPLE=yes``) serves plain HTTP on the loopback address
and shows its sample users on the sign-in page. Anything else is production and refuses to start without
a secret key, host names and HTTPS cookies.
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

SAMPLE = env.bool("EPROGRAM_SAMPLE", default=False)
DEBUG = env.bool("EPROGRAM_DEBUG", default=False)
SECRET_KEY = env.str("EPROGRAM_SECRET_KEY", default="")
ALLOWED_HOSTS = [
    host.strip()
    for host in env.list(
        "EPROGRAM_ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if SAMPLE else []
    )
    if host.strip()
]

_SHORTEST_KEY, _FEWEST_CHARACTERS = 32, 10
if len(SECRET_KEY) < _SHORTEST_KEY or len(set(SECRET_KEY)) < _FEWEST_CHARACTERS:
    raise ImproperlyConfigured(
        f"EPROGRAM_SECRET_KEY must hold at least {_SHORTEST_KEY} random characters."
    )
if not SAMPLE and DEBUG:
    raise ImproperlyConfigured("EPROGRAM_DEBUG is refused outside the sample set-up.")
if not SAMPLE and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "EPROGRAM_ALLOWED_HOSTS must name the addresses this site answers to."
    )

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django.forms",
    "django_htmx",
    "budgets",
    "indicators",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "eprogram.middleware.name_the_request",
]

ROOT_URLCONF = "eprogram.urls"
# Form fields are printed by templates/django/forms/field.html.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "eprogram.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "eprogram.context.rights",
            ],
            "builtins": ["budgets.templatetags.figures"],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A write transaction takes its lock at the start and waits its turn: no «database is locked».
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=30,
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
    )
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "uk"
# One language until a full English translation is there: half a translation helps nobody.
LANGUAGES = [("uk", _("українська"))]
TIME_ZONE = "Europe/Kyiv"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Files of acts. No address leads here: pages hand them out to those who may see the act.
MEDIA_ROOT = env.path("EPROGRAM_FILES", default=str(BASE_DIR / "var" / "files"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not SAMPLE
SECURE_HSTS_SECONDS = 0 if SAMPLE else 31_536_000
# The whole domain of a city is not ours to bind: its owner says so.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool(
    "EPROGRAM_HSTS_WHOLE_DOMAIN", default=False
)
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https")
    if env.bool("EPROGRAM_BEHIND_PROXY", default=False)
    else None
)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
CSRF_TRUSTED_ORIGINS = (
    []
    if SAMPLE
    else [f"https://{'*' if host.startswith('.') else ''}{host}" for host in ALLOWED_HOSTS]
)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # These two describe every font they subset, thousands of lines a report.
    "loggers": {name: {"level": "ERROR"} for name in ("fontTools", "weasyprint")},
}
