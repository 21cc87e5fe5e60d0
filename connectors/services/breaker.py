"""The circuit breaker of each system: left alone after failures in a row, mended by one probe."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from connectors.answers import BreakerOpen
from connectors.models import Breaker
from core.messages import send

FAILURES = 5  # in a row, before the system is left alone
COOL_DOWN = [30, 60, 120, 300]  # seconds, longer with every failed probe
PROBE = timedelta(seconds=60)  # longer than any call: others wait for the one that probes


def enter(system: str, now: datetime) -> None:
    """Pass when the system may be called; raises BreakerOpen. After the pause one caller probes."""
    row = Breaker.objects.filter(system=system).first()
    if row is None or row.open_until is None:
        return
    if row.open_until > now:
        raise BreakerOpen(system, row.open_until)
    # Whoever moves the time on is the one that probes.
    mine = Breaker.objects.filter(pk=row.pk, open_until=row.open_until)
    if not mine.update(open_until=now + PROBE):
        raise BreakerOpen(system, now + PROBE)


def answered(system: str, now: datetime) -> None:
    """It answered: whatever was counted is forgotten, and everybody may call it again."""
    failing = Breaker.objects.filter(system=system, failures__gt=0)
    row = failing.first()
    if row is None:  # nearly always there is nothing to write
        return
    with transaction.atomic():
        mended = failing.update(failures=0, open_until=None, opened_at=None, error="")
        if mended and row.opened_at:
            _tell(system, True, row.opened_at, now)


def failed(system: str, why: str, now: datetime) -> None:
    """It did not answer as it should; after `FAILURES` in a row it is left alone for a while."""
    with transaction.atomic():
        Breaker.objects.get_or_create(system=system)
        rows = Breaker.objects.filter(system=system)
        rows.update(failures=F("failures") + 1, error=why[:200])
        row = rows.get()
        if row.failures >= FAILURES:
            _open(row, now)


def _open(row: Breaker, now: datetime) -> None:
    step = min(row.failures - FAILURES, len(COOL_DOWN) - 1)
    until = now + timedelta(seconds=COOL_DOWN[step])
    opened = row.opened_at or now
    Breaker.objects.filter(pk=row.pk).update(open_until=until, opened_at=opened)
    if row.opened_at is None:
        _tell(row.system, False, now, now)


def _tell(system: str, up: bool, opened: datetime, now: datetime) -> None:
    """Leave a message for the rooms above, who tell the colleagues; once for each opening."""
    key = f"{'up' if up else 'down'}:{system}:{opened:%Y%m%d%H%M%S}"
    send("connector.state", key, {"system": system, "up": up}, now=now)
