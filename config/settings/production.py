"""Production: everything from the environment; refuses to start with a default or a demo."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.logs import logging_config
from config.paths import BASE_DIR
from config.settings.base import *  # noqa: F403
from config.settings.base import HASHED_STORAGES, LOG_LEVEL, SITE_URL, env

SECRET_KEY = env.str("SECRET_KEY", default="")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("django-insecure-"):
    raise ImproperlyConfigured(
        "SECRET_KEY: set a random one of at least 50 characters, for instance the output of "
        "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    )
for _name in ("DEBUG", "GENDAN_DEMO"):
    if env.bool(_name, default=False):
        raise ImproperlyConfigured(f"{_name} has no place in production: unset it.")
for _name in ("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"):
    if not env.str(_name, default=""):
        raise ImproperlyConfigured(f"{_name} is required in production.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS: name the hosts; '*' lets anybody forge one.")
SITE_URL = SITE_URL or f"https://{ALLOWED_HOSTS[0]}"
if not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL: customers open it, so it begins with https://.")
if (_site := urlsplit(SITE_URL).hostname) and _site not in ALLOWED_HOSTS:
    ALLOWED_HOSTS.append(_site)

CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = HASHED_STORAGES
LOGGING = logging_config(as_json=True, level=LOG_LEVEL)
