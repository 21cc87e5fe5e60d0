"""Settings that every environment shares. What differs comes from the environment (12-factor)."""

from __future__ import annotations

from pathlib import Path

import django_stubs_ext
import environ

from config import broker
from config.logs import level_of, logging_config
from config.paths import BASE_DIR, VAR_DIR
from connectors.systems import SYSTEMS

django_stubs_ext.monkeypatch()
env = environ.Env()

DEBUG = False
DEMO = False
# No SECRET_KEY here: each environment has its own, and none has a default.
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "simple_history",
    "template_partials",
    "core",
    "staff",
    "connectors",
    "stock",
    "orders",
    "refunds",
    "warehouse",
    "aftersales",
    "portal",
    "desk",
]

MIDDLEWARE = [
    "config.requests.trace_requests",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.uploads.limit_uploads",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "staff.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "desk.middleware.RefusalNet",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "desk.context.frame",
            ],
        },
    }
]

SQLITE_OPTIONS = {
    # Measured: WAL without IMMEDIATE loses most concurrent transactions to "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def database(url: str, sqlite: Path) -> dict[str, object]:
    """The database of `url`, or SQLite in the given file."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": sqlite,
            "OPTIONS": dict(SQLITE_OPTIONS),
        }
    config: dict[str, object] = env.db_url_config(url)
    return config | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}


DATABASES = {"default": database(env.str("DATABASE_URL", default=""), VAR_DIR / "gendan.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default="")


def caches(redis_url: str, prefix: str = "gendan") -> dict[str, dict[str, object]]:
    """Redis, or else a table of the database: all processes see one cache."""
    if not redis_url:
        backend = "django.core.cache.backends.db.DatabaseCache"
        return {"default": {"BACKEND": backend, "LOCATION": "cache"}}
    backend = "django.core.cache.backends.redis.RedisCache"
    # Nobody waits for a Redis that does not answer.
    options = {"socket_connect_timeout": 1, "socket_timeout": 2}
    entry: dict[str, object] = {
        "BACKEND": backend,
        "LOCATION": redis_url,
        "KEY_PREFIX": prefix,
        "OPTIONS": options,
    }
    return {"default": entry}


CACHES = caches(REDIS_URL)

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

SESSION_COOKIE_AGE = 12 * 3600  # a shift; never extended by use
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "desk.views.errors.csrf_failure"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "staff/locked_out.html"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
AXES_IPWARE_PROXY_COUNT = env.int("GENDAN_PROXIES", default=0)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# For production: names that change with the content, so that browsers keep them for good.
HASHED_STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "files"  # uploads and exports: never under the web root
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
LARGEST_UPLOAD = 420 * 1024 * 1024  # two files of the largest size that an import reads
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=600)  # of one token

SIMPLE_HISTORY_DATE_INDEX = False

# Outside systems: where each stands, further hosts that may be called, our own address for them.
CONNECTOR_URLS = {name: env.str(system.variable, system.url) for name, system in SYSTEMS.items()}
CONNECTOR_HOSTS = env.list("CONNECTOR_HOSTS", default=[])
CALLBACK_URL = env.str("CALLBACK_URL", default="")
# Where customers open the links that they are sent; each environment has its own default.
SITE_URL = env.str("SITE_URL", default="").rstrip("/")
# What has not answered by then is unknown; with its repetition a call is cut off after 25 s.
CONNECTOR_READ_SECONDS = env.float("CONNECTOR_READ_SECONDS", default=10.0)
# The robots in the colleagues' group.
WECOM_ROBOT_KEY = env.str("WECOM_ROBOT_KEY", default="")
DINGTALK_ROBOT_TOKEN = env.str("DINGTALK_ROBOT_TOKEN", default="")
DINGTALK_ROBOT_SECRET = env.str("DINGTALK_ROBOT_SECRET", default="")
DEMO_SCENES = [  # what rooms above add to the demo
    "refunds.services.seed.demo.play",
    "refunds.services.seed.bills.play",
    "warehouse.services.seed.demo.play",
    "warehouse.services.seed.benches.play",
    "warehouse.services.seed.leaving.play",
    "warehouse.services.seed.takes.play",
    "aftersales.services.seed.demo.play",
]
OPEN_MATTERS = [  # what keeps an order from its end
    "warehouse.selectors.enquiries.open_matters",
    "refunds.selectors.refunds.open_matters",
    "aftersales.selectors.cases.open_matters",
]
# Who knows the keys of a shop's accounts, and the house's accounts at those who follow parcels.
SHOP_ACCOUNTS = "orders.selectors.account.typed_for"
TRACKER_ACCOUNTS = {
    "kuaidi100": {
        "customer": env.str("KUAIDI100_CUSTOMER", default=""),
        "key": env.str("KUAIDI100_KEY", default=""),
        "salt": env.str("KUAIDI100_SALT", default=""),
    },
    "kdniao": {
        "business_id": env.str("KDNIAO_BUSINESS_ID", default=""),
        "app_key": env.str("KDNIAO_APP_KEY", default=""),
    },
}

# What Chinese is printed with: a TrueType file (`path`, or `path#number` in a collection).
FONT = env.str("GENDAN_FONT", default="")

broker.install()
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
# A Redis that does not answer costs a person one second, not a minute: the sweep finds the job.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

LOG_LEVEL = level_of(env.str("LOG_LEVEL", default="") or "INFO")
LOGGING = logging_config(as_json=False, level=LOG_LEVEL)
TALLY_SECONDS: float | None = 10.0  # how often a process adds what it counted to the table
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # empty: /metrics from this machine alone
