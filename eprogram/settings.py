"""Settings, all of them; the environment (or ``.env`` beside manage.py) decides.

Two set-ups exist. The sample set-up (``EPROGRAM_SAMPLE=yes``) serves plain HTTP on the loopback address
and shows its sample users on the sign-in page. Anything else is production and refuses to start without
a secret key of its own, host names, HTTPS cookies and a database on a disk of this machine. A secret may lie in
a file: NAME_FILE instead of NAME.
"""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from eprogram import logs, safety

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")
safety.read_secret_files(
    [
        "EPROGRAM_SECRET_KEY",
        "DATABASE_URL",
        "EPROGRAM_ID_GOV_UA_SECRET",
        "EPROGRAM_OPENID_SECRET",
        "EPROGRAM_S3_SECRET",
        "EPROGRAM_SEAL_PASSWORD",
    ]
)

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

_SHORTEST_KEY, _FEWEST_CHARACTERS = 32 if SAMPLE else 50, 10
if len(SECRET_KEY) < _SHORTEST_KEY or len(set(SECRET_KEY)) < _FEWEST_CHARACTERS:
    raise ImproperlyConfigured(
        f"EPROGRAM_SECRET_KEY must hold at least {_SHORTEST_KEY} random characters."
    )
if not SAMPLE and safety.is_known_key(SECRET_KEY):
    raise ImproperlyConfigured(
        "EPROGRAM_SECRET_KEY is one that everybody knows; make a random one of your own."
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
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "accounts.idgovua",
    "accounts",
    "archive",
    "budgets",
    "indicators",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "eprogram.middleware.PolicyHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "eprogram.middleware.PrivateAnswers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionEnds",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "eprogram.middleware.LimitedUploads",
    "django_htmx.middleware.HtmxMiddleware",
    "eprogram.middleware.NamedRequests",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SecondFactorRequired",
    "accounts.middleware.LimitedDownloads",
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
    if not SAMPLE:
        safety.refuse_network_disk(str(DATABASES["default"]["NAME"]))
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

# Reminders of reports. Without a server of one's own they go to the log.
vars().update(env.email_url("EPROGRAM_EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("EPROGRAM_EMAIL_FROM", default="eprogram@localhost")

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Files of acts. No address leads here: pages hand them out to those who may see the act.
MEDIA_ROOT = env.path("EPROGRAM_FILES", default=str(BASE_DIR / "var" / "files"))
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Several machines keep them in an S3-compatible store; it wants the optional packages (requirements/s3.txt).
if env.str("EPROGRAM_S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("EPROGRAM_S3_BUCKET"),
            "endpoint_url": env.str("EPROGRAM_S3_ENDPOINT", default="") or None,
            "region_name": env.str("EPROGRAM_S3_REGION", default="") or None,
            "access_key": env.str("EPROGRAM_S3_KEY", default="") or None,
            "secret_key": env.str("EPROGRAM_S3_SECRET", default="") or None,
            "default_acl": "private",
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }

# The address strangers reach this site by: printed on issued reports, as text and as a QR code.
PUBLIC_ADDRESS = env.str(
    "EPROGRAM_PUBLIC_ADDRESS",
    default="http://127.0.0.1:8000" if SAMPLE else f"https://{ALLOWED_HOSTS[0].lstrip('.')}",
).rstrip("/")

# Signatures (docs/adr/0014, 0015). Whom they are believed to: a folder of certificates and lists of revoked ones, the state's trust
# list with the certificates that may sign it; a library for national algorithms (UAPKI); a timestamp service.
TRUST_FOLDER = env.str("EPROGRAM_TRUST", default="")
TRUST_LIST = env.str("EPROGRAM_TRUST_LIST", default="")
TRUST_LIST_SIGNERS = env.list("EPROGRAM_TRUST_LIST_SIGNERS", default=[])
# The institution's seal: a PKCS#12 file, encrypted with its password, that signs after the people have.
SEAL = env.str("EPROGRAM_SEAL", default="")
SEAL_PASSWORD = env.str("EPROGRAM_SEAL_PASSWORD", default="")
NATIONAL_LIBRARY = env.str("EPROGRAM_NATIONAL_LIBRARY", default="")
TIMESTAMP_SERVICE = env.str("EPROGRAM_TIMESTAMP_SERVICE", default="")
UNCHECKED_SIGNATURES_COUNT = env.bool("EPROGRAM_UNCHECKED_SIGNATURES_COUNT", default=False)

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Counters of attempts and spent codes: in the database, so that all processes count together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "counters",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Accounts (docs/adr/0009, docs/security.md)
LOCKOUT_OF_ACCOUNT = "5/15m/key"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up: the adapter is closed
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reauthenticate": "accounts.forms.ConfirmPasswordForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": f"30/15m/ip,{LOCKOUT_OF_ACCOUNT}",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "еПрограма"
# A passkey wants HTTPS; the sample set-up has none.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SAMPLE
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.ConfirmCodeForm",
    "activate_totp": "accounts.forms.ActivateCodesForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.RenamePasskeyForm",
}
SECOND_FACTOR_ROLES = [
    role.strip()
    for role in env.list(
        "EPROGRAM_SECOND_FACTOR_ROLES", default=[] if SAMPLE else ["administrator"]
    )
    if role.strip()
]
# Long work (docs/adr/0013): in a thread of every web process, or only where `manage.py run_jobs` runs.
_JOBS = env.str("EPROGRAM_JOBS", default="embedded")
if _JOBS not in {"embedded", "separate"}:
    raise ImproperlyConfigured("EPROGRAM_JOBS is either embedded or separate.")
JOBS_IN_PROCESS = _JOBS == "embedded"
JOB_DAYS = env.int("EPROGRAM_JOB_DAYS", default=30)

INVITATION_DAYS = 7
DOWNLOAD_LIMIT = "60/m/user"
VERIFY_LIMIT = "20/m/ip"  # checks of documents by people without an account

# The API (docs/adr/0011, docs/api.md)
TOKEN_DAYS = 366  # the longest life of a token
KEPT_ANSWER_HOURS = 48  # how long an answer is kept for a request that is sent again
API_LIMIT = "600/m/user"
API_FAILED_LIMIT = "30/m/ip"  # requests with a token that is none
API_KEEPER = "accounts.api.idempotency.keep"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "accounts.api.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "accounts.api.authentication.HasSecondFactor",
        "accounts.api.authentication.WithinScopes",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttling.Limit"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "budgets.api.schema.Described",
    "EXCEPTION_HANDLER": "budgets.api.problems.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "еПрограма",
    "VERSION": "1",
    "DESCRIPTION": "Цільові й бюджетні програми громади: план, каса, показники, звіти. Гроші — рядки з двома знаками після крапки, у гривнях.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["budgets.api.schema.add_problems"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "COMPONENT_SPLIT_REQUEST": True,
}

# Sign-in through a provider is off until its client is named.
SOCIALACCOUNT_ADAPTER = "accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {}
SIGN_IN_ORIGINS: list[str] = []
if env.str("EPROGRAM_ID_GOV_UA_CLIENT", default=""):
    SIGN_IN_ORIGINS.append(env.str("EPROGRAM_ID_GOV_UA_ADDRESS", default="https://id.gov.ua"))
    SOCIALACCOUNT_PROVIDERS["id_gov_ua"] = {
        "APP": {
            "client_id": env.str("EPROGRAM_ID_GOV_UA_CLIENT"),
            "secret": env.str("EPROGRAM_ID_GOV_UA_SECRET"),
            "settings": {"address": SIGN_IN_ORIGINS[-1]},
        }
    }
if env.str("EPROGRAM_OPENID_CLIENT", default=""):
    SIGN_IN_ORIGINS.append(env.str("EPROGRAM_OPENID_ADDRESS"))
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "openid",
                "name": env.str("EPROGRAM_OPENID_NAME", default="OpenID"),
                "client_id": env.str("EPROGRAM_OPENID_CLIENT"),
                "secret": env.str("EPROGRAM_OPENID_SECRET"),
                "settings": {"server_url": SIGN_IN_ORIGINS[-1]},
            }
        ],
    }

# A working day; the cookie itself goes with the browser.
SESSION_COOKIE_AGE = 12 * 3600
# Somebody left the desk: the session ends after so long without a request; 0 never.
SESSION_IDLE_SECONDS = 60 * env.int("EPROGRAM_IDLE_MINUTES", default=60)
SESSION_COOKIE_HTTPONLY = True  # scripts read the other cookie: its token goes with what they save
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not SAMPLE
SECURE_HSTS_SECONDS = 0 if SAMPLE else 31_536_000
# The whole domain of a city is not ours to bind: its owner says so.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool(
    "EPROGRAM_HSTS_WHOLE_DOMAIN", default=False
)
if not SECURE_HSTS_INCLUDE_SUBDOMAINS:
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
BEHIND_PROXY = env.bool("EPROGRAM_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# The address that attempts are counted by: what the nearest proxy added, never what the visitor claims.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
CSRF_TRUSTED_ORIGINS = (
    []
    if SAMPLE
    else [f"https://{'*' if host.startswith('.') else ''}{host}" for host in ALLOWED_HOSTS]
)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
MAX_REQUEST_BYTES = 25 * 1024**2  # a decision of 20 MB and its form
FILE_UPLOAD_PERMISSIONS = 0o640

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "dated": {
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        }
    },
    "filters": {"short": {"()": "django.utils.log.CallbackFilter", "callback": logs.shorten}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "dated", "filters": ["short"]}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # These two describe every font they subset, thousands of lines a report.
    "loggers": {name: {"level": "ERROR"} for name in ("fontTools", "weasyprint")},
}
