"""Tests: `DB=sqlite|postgres` chooses the database, `GENDAN_TEST_DB` names it."""

from __future__ import annotations

import os
import tempfile
import zlib
from pathlib import Path

from config.paths import BASE_DIR
from config.settings.base import *  # noqa: F403
from config.settings.base import SQLITE_OPTIONS, caches, database, env

# Two checkouts on one machine never share a test database.
_own = f"gendan_{zlib.crc32(str(BASE_DIR).encode()):08x}"
TEST_NAME = env.str("GENDAN_TEST_DB", default=_own)
VAR_DIR = Path(tempfile.gettempdir()) / f"gendan-test-{TEST_NAME}"
VAR_DIR.mkdir(exist_ok=True)
MEDIA_ROOT = VAR_DIR / "files"
TEST_DATABASE_URL = env.str(
    "TEST_DATABASE_URL", default="postgres://postgres@127.0.0.1:5432/postgres"
)
TEST_REDIS_URL = env.str("TEST_REDIS_URL", default="redis://127.0.0.1:6379/15")
TEST_DB = env.str("DB", default="sqlite")

# No test cuts the power: what is committed need not have reached the disk.
if TEST_DB == "postgres":
    DATABASES = {
        "default": database(TEST_DATABASE_URL, VAR_DIR)
        | {
            "TEST": {"NAME": f"test_{TEST_NAME}"},
            "OPTIONS": {"options": "-c synchronous_commit=off"},
        }
    }
    REDIS_URL = TEST_REDIS_URL
    CACHES = caches(REDIS_URL, prefix=TEST_NAME + os.environ.get("PYTEST_XDIST_WORKER", ""))
else:
    # A file: the in-memory database ignores time-out and WAL.
    _file = VAR_DIR / "test.sqlite3"
    _fast = str(SQLITE_OPTIONS["init_command"]).replace("synchronous=FULL", "synchronous=OFF")
    DATABASES = {
        "default": database("", _file)
        | {"TEST": {"NAME": str(_file)}, "OPTIONS": SQLITE_OPTIONS | {"init_command": _fast}}
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

SECRET_KEY = "test-" + "0" * 50
ALLOWED_HOSTS = ["*"]
SITE_URL = "https://gendan.test"
DEMO = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
AXES_ENABLED = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
TALLY_SECONDS = None  # a test writes them itself
