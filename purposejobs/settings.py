"""Every setting, once, from the environment. Works from a fresh clone with nothing set.

With DEBUG off it refuses to start on a default secret, an empty ALLOWED_HOSTS or a missing
FIELD_ENCRYPTION_KEYS (see `integrations/checks.py` for what can only be checked later).
"""

from pathlib import Path
from typing import Any

import environ
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from purposejobs.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=True)
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).absolute()
VAR_DIR.mkdir(parents=True, exist_ok=True)
if DEBUG and (VAR_DIR / "dev.env").exists():
    env.read_env(VAR_DIR / "dev.env")  # the secrets `bin/run` made for this folder, for a `manage.py` beside it
PORT = env.int("PORT", default=8000)
BASE_URL = env.str("BASE_URL", default=f"http://localhost:{PORT}").rstrip("/")

# --- secrets -----------------------------------------------------------------------------
_INSECURE_KEY = "insecure-key-for-a-fresh-clone-only"
# A fixed development key, so that tests and a bare `manage.py` work; the runner makes real ones.
_INSECURE_FIELD_KEY = "aW5zZWN1cmUta2V5LWZvci1hLWZyZXNoLWNsb25lISE="
SECRET_KEY = env.str("SECRET_KEY", default=_INSECURE_KEY)
FIELD_ENCRYPTION_KEYS: list[str] = env.list("FIELD_ENCRYPTION_KEYS", cast=str.strip, default=[_INSECURE_FIELD_KEY])
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", cast=str.strip, default=["*"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", cast=str.strip, default=[])
if not DEBUG:
    if SECRET_KEY in ("", _INSECURE_KEY):
        raise ImproperlyConfigured("SECRET_KEY is not set. Set it to a long random string.")
    if not FIELD_ENCRYPTION_KEYS or _INSECURE_FIELD_KEY in FIELD_ENCRYPTION_KEYS:
        raise ImproperlyConfigured(
            "FIELD_ENCRYPTION_KEYS is not set. Make one with: "
            'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
        )
    try:
        [Fernet(key) for key in FIELD_ENCRYPTION_KEYS]
    except ValueError as exc:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS holds something that is no Fernet key.") from exc
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS is not set. Set it to the host names you serve.")

# --- applications ------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "django_htmx",
    "django_structlog",
    "csp",
    "accounts",
    "jobs",
    "candidates",
    "integrations",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "purposejobs.permissions_policy.PermissionsPolicy",
    "purposejobs.body_limit.BodyLimit",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "purposejobs.request_log.QuietRequestMiddleware",
]
ROOT_URLCONF = "purposejobs.urls"
WSGI_APPLICATION = "purposejobs.wsgi.application"
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
                "accounts.context.employer",
                "candidates.context.notices",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# An index that carries further columns, for PostgreSQL alone: SQLite makes it without them and says so each time.
SILENCED_SYSTEM_CHECKS = ["models.W040"]

# --- data --------------------------------------------------------------------------------
# Not a URL by default: a folder's name may hold what a URL would misread.
_EMBEDDED = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "db.sqlite3")}
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db("DATABASE_URL") if env.str("DATABASE_URL", default="") else _EMBEDDED
}
# Also for a file: the last connection that closes makes SQLite write everything to its place and to the disk.
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock when a transaction opens, so two writers queue instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # A file in tests, too: in memory, two threads do not queue for the write lock, they fail at once.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Every query here is short: several processes on one only take the cores from the next request, and compiling a
    # plan takes longer than to run it. What is asked often is in memory, where any page is as near as the next.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", "-c max_parallel_workers_per_gather=0 -c jit=off -c random_page_cost=1.1"
    )

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
_cache_url = REDIS_URL
if REDIS_URL.startswith("redis+socket://"):  # Celery's spelling; redis-py calls the same thing unix://
    _cache_url = REDIS_URL.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _cache_url,
        "KEY_PREFIX": "purposejobs",
    }
}
MEDIA_ROOT = VAR_DIR / "media"  # résumés; never served by URL, only through a view that checks rights
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- people ------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Where letters really go out, nobody speaks for an address that is not theirs.
_LETTERS_GO_OUT = not DEBUG and bool(env.str("EMAIL_URL", default=""))
ACCOUNT_EMAIL_VERIFICATION = env.str(
    "ACCOUNT_EMAIL_VERIFICATION", default="mandatory" if _LETTERS_GO_OUT else "optional"
)
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "accounts.forms.SignupForm"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# Behind a reverse proxy every visitor has the proxy's address, and would share its limits on log-ins and
# applications; with a count, the address that many steps back in X-Forwarded-For is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

vars().update(env.email("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 20  # a mail server that says nothing must not hold a worker until its time limit
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Purpose Jobs <hello@purposejobs.example>")
# Recruiters and candidates write to each other at reply+<token>@ this domain (ADR 0015); its mail is handed to
# `manage.py receive_mail`, or posted to /mail/inbound/ with one of the secrets.
RELAY_DOMAIN = env.str("RELAY_DOMAIN", default="relay.purposejobs.example").lower()
RELAY_INBOUND_SECRETS: list[str] = env.list("RELAY_INBOUND_SECRETS", cast=str.strip, default=[])
if any(len(secret) < 32 for secret in RELAY_INBOUND_SECRETS):
    raise ImproperlyConfigured("RELAY_INBOUND_SECRETS holds a secret shorter than 32 characters.")
EMAILS_A_DAY_PER_RECRUITER = env.int("EMAILS_A_DAY_PER_RECRUITER", default=50)
EMAILS_A_DAY_PER_EMPLOYER = env.int("EMAILS_A_DAY_PER_EMPLOYER", default=500)

# --- words, time, static files -----------------------------------------------------------
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- security headers --------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "https:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
if BASE_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)

# --- Greenhouse --------------------------------------------------------------------------
GREENHOUSE_HARVEST_URL = env.str("GREENHOUSE_HARVEST_URL", default="https://harvest.greenhouse.io")
GREENHOUSE_AUTH_URL = env.str("GREENHOUSE_AUTH_URL", default="https://auth.greenhouse.io")
GREENHOUSE_APP_URL = env.str("GREENHOUSE_APP_URL", default="https://app.greenhouse.io").rstrip("/")
# Ours as a Greenhouse partner, from Greenhouse Partner Support; with both set, "Connect with Greenhouse" appears.
# There, register BASE_URL + /greenhouse/callback/ as the redirect URI.
GREENHOUSE_PARTNER_CLIENT_ID = env.str("GREENHOUSE_PARTNER_CLIENT_ID", default="")
GREENHOUSE_PARTNER_CLIENT_SECRET = env.str("GREENHOUSE_PARTNER_CLIENT_SECRET", default="")
# False where Partner Support has not given it the scopes for webhooks: a consent that asks for more is refused.
GREENHOUSE_PARTNER_WEBHOOKS = env.bool("GREENHOUSE_PARTNER_WEBHOOKS", default=True)
GREENHOUSE_SYNC_MINUTES = env.int("GREENHOUSE_SYNC_MINUTES", default=15)
GREENHOUSE_POLL_SECONDS = env.int("GREENHOUSE_POLL_SECONDS", default=10 if DEBUG else 60)
# How long a write without an answer may still be under way at Greenhouse before we read back.
GREENHOUSE_SETTLE_SECONDS = env.int("GREENHOUSE_SETTLE_SECONDS", default=30)

# --- Celery ------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
# A page must not wait for a broker that is down: the row is committed, and a sweep finds it.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TASK_TIME_LIMIT = 120
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# A killed worker's task comes back after the visibility timeout plus at most ten seconds: as it comes,
# kombu scans only every 100 s. The hard time limit must stay below the timeout, or tasks run twice.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 180,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
# A few short ticks; what is due is decided by rows (`integrations/sweeps.py`). Each expires before the next.
CELERY_BEAT_SCHEDULE = {
    "show-a-pulse": {
        "task": "purposejobs.pulse",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "wake-due-exports": {
        "task": "integrations.tasks.wake_due_exports",
        "schedule": 5.0,
        "options": {"expires": 4},
    },
    "wake-due-syncs": {
        "task": "integrations.tasks.wake_due_syncs",
        "schedule": 5.0,
        "options": {"expires": 4},
    },
    "wake-due-webhooks": {
        "task": "integrations.tasks.wake_due_webhooks",
        "schedule": 5.0,
        "options": {"expires": 4},
    },
    "sweep-webhooks": {
        "task": "integrations.tasks.sweep_webhooks",
        "schedule": 3600.0,
        "options": {"expires": 3500},
    },
    "check-against-greenhouse": {
        "task": "integrations.tasks.wake_due_reconciliations",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "read-recent-people": {
        "task": "integrations.tasks.wake_due_people",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "tell-admins": {
        "task": "integrations.tasks.wake_due_letters",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "sweep-files": {
        "task": "candidates.tasks.sweep_files",
        "schedule": 3600.0,
        "options": {"expires": 3500},
    },
    "write-to-applicants": {
        "task": "candidates.tasks.wake_owed_letters",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "sweep-accesses": {
        "task": "candidates.tasks.sweep_accesses",
        "schedule": 3600.0,
        "options": {"expires": 3500},
    },
    "sweep-search": {
        "task": "candidates.tasks.sweep_search",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "write-how-it-went": {
        "task": "candidates.tasks.wake_status_letters",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "write-to-members": {
        "task": "candidates.tasks.wake_digests",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "forget-notices": {
        "task": "candidates.tasks.sweep_notices",
        "schedule": 3600.0,
        "options": {"expires": 3500},
    },
    "pass-mail-on": {
        "task": "candidates.tasks.wake_owed_mail",
        "schedule": 15.0,
        "options": {"expires": 12},
    },
    "sweep-mail": {
        "task": "candidates.tasks.sweep_mail",
        "schedule": 3600.0,
        "options": {"expires": 3500},
    },
    "help-people-join": {
        "task": "candidates.tasks.wake_joining",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "sweep-links": {
        "task": "candidates.tasks.sweep_links",
        "schedule": 3600.0,
        "options": {"expires": 3500},
    },
    "bring-people-in": {
        "task": "candidates.tasks.wake_imports",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "tell-of-saved-searches": {
        "task": "integrations.tasks.wake_saved_searches",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "keep-greenhouse-alive": {
        "task": "integrations.tasks.keep_grants_alive",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "poll-greenhouse": {
        "task": "integrations.tasks.wake_due_polls",
        "schedule": 5.0,
        "options": {"expires": 4},
    },
}

# --- errors and logs ---------------------------------------------------------------------
DEFAULT_EXCEPTION_REPORTER_FILTER = "purposejobs.errors.NoValues"
DJANGO_STRUCTLOG_CELERY_ENABLED = True
LOGGING = logging_config(debug=DEBUG, level=env.str("LOG_LEVEL", default="INFO"))
