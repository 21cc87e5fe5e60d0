"""`/readyz`: is everything there that work needs? Says what is missing, and nothing secret.

`/healthz` says whether this web process serves; a monitor asks this one, which also knows of the
broker, the beat, the worker and what waits (decision 0019).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Max
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from config.celery import app
from config.sweeps import LAST_SUCCESS
from core.models import Tally
from core.selectors import oldest_due

PATIENCE = 2  # seconds for each answer
BEAT_AGE = 120  # seconds; the quickest sweep comes every five
LAG = 600  # seconds; what is due is delivered within a few
ROOM_MB = 200
CACHE_KEY = "readyz"


class NotReady(Exception):
    """What is wrong, in words that may stand on a public page."""


def database() -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE * 1000}")
        cursor.execute("SELECT 1")
    return connection.vendor


def shared_cache() -> str:
    stamp = str(time.time())
    cache.set(CACHE_KEY, stamp, 60)
    if cache.get(CACHE_KEY) is None:
        raise NotReady("keeps nothing")
    return ""


def broker() -> str:
    with app.connection_for_write(connect_timeout=PATIENCE) as link:
        link.ensure_connection(max_retries=1, interval_start=0, timeout=PATIENCE)
    return ""


def beat() -> str:
    """Some sweep that beat asked for was done by a worker a moment ago."""
    last = Tally.objects.filter(name=LAST_SUCCESS).aggregate(last=Max("value"))["last"]
    if last is None:
        raise NotReady("no sweep was ever done")
    age = time.time() - last
    if age > BEAT_AGE:
        raise NotReady(f"the last sweep was done {age:.0f} s ago")
    return f"{max(age, 0):.0f} s ago"


def messages() -> str:
    now = timezone.now()
    lag = (now - (oldest_due(now) or now)).total_seconds()
    if lag > LAG:
        raise NotReady(f"the oldest due message waits for {lag:.0f} s")
    return f"{lag:.0f} s"


def disk() -> str:
    if not os.access(settings.VAR_DIR, os.W_OK):
        raise NotReady("cannot be written")
    free = shutil.disk_usage(settings.VAR_DIR).free // 2**20
    if free < ROOM_MB:
        raise NotReady(f"{free} MB free")
    return f"{free} MB free"


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "cache": shared_cache,
    "broker": broker,
    "beat": beat,
    "messages": messages,
    "disk": disk,
}


def ask(names: Sequence[str] = tuple(CHECKS)) -> dict[str, dict[str, object]]:
    """What each check says; an error tells its kind alone, since its text may name hosts."""
    found: dict[str, dict[str, object]] = {}
    for name in names:
        try:
            says, ok = CHECKS[name](), True
        except NotReady as error:
            says, ok = str(error), False
        except Exception as error:
            says, ok = type(error).__name__, False
        found[name] = {"ok": ok, "says": says}
    return found


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every check is well, else 503."""
    checks = ask()
    ready = all(check["ok"] for check in checks.values())
    answer = JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)
    answer["Cache-Control"] = "no-store"
    return answer


def main(names: Sequence[str]) -> int:
    """`python -m config.ready [CHECK …]`: what a container asks about itself."""
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"no such check: {', '.join(unknown)}; there are {', '.join(CHECKS)}")
        return 2
    checks = ask(names or tuple(CHECKS))
    print(json.dumps(checks))
    return 0 if all(check["ok"] for check in checks.values()) else 1


if __name__ == "__main__":
    import django

    django.setup()
    sys.exit(main(sys.argv[1:]))
