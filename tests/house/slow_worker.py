"""A worker whose message takes a while, so that a stop finds it at work."""

from __future__ import annotations

import os
import time
from pathlib import Path

import django

from config.celery import app

django.setup()

from core.messages import handles  # noqa: E402 - needs the models
from core.models import OutboxMessage  # noqa: E402

__all__ = ["app"]


@handles("test.slow")
def slow(message: OutboxMessage) -> None:
    """Say that it began, take a second, say that it ended."""
    effects = Path(os.environ["GENDAN_VAR"]) / "effects"
    with effects.open("a") as log:
        log.write("began\n")
        log.flush()
        time.sleep(1)
        log.write("ended\n")
