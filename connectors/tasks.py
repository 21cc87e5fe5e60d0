"""Celery: knock at systems that were cut off and that nobody had reason to call since."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from connectors import http
from connectors.answers import ConnectorError
from connectors.selectors import forgotten
from connectors.systems import SYSTEMS

QUIET = timedelta(seconds=15)  # messages that wait come back at the very time: they probe first


@shared_task(ignore_result=True)
def knock() -> None:
    """An answer below 500 mends it; else the desk would complain until the next message."""
    for system in forgotten(timezone.now() - QUIET):
        if system in SYSTEMS:
            with suppress(ConnectorError):
                http.request(system, "GET", http.url(system, "/"), idempotent=False)
