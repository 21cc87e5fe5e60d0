"""What `make run` uses, over the database of the test; a worker's own beat is a quick one."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import Any

from celery.signals import worker_ready

from config.settings import test
from config.settings.local import *  # noqa: F403
from config.settings.local import CACHES, INSTALLED_APPS, REDIS_URL

INSTALLED_APPS = [*INSTALLED_APPS, "tests.refunds.faults"]
DATABASES = {"default": test.DATABASES["default"] | {"NAME": os.environ["FAULTS_DATABASE"]}}
CACHES = CACHES if REDIS_URL else test.CACHES
CELERY_TASK_DEFAULT_QUEUE = os.environ["FAULTS_QUEUE"]
SECRET_KEY = test.SECRET_KEY  # the sessions and accounts of the test are ours
PASSWORD_HASHERS = test.PASSWORD_HASHERS
PULSE = 0.3  # seconds


@worker_ready.connect
def wake_often(**_: Any) -> None:
    """Nobody waits 10 s for beat in a test; what it sends is what beat sends."""
    threading.Thread(target=_wake, daemon=True).start()


def _wake() -> None:
    from core.tasks import deliver_messages
    from refunds.tasks import send_refunds

    while True:
        with contextlib.suppress(Exception):  # the broker may be gone
            send_refunds.apply_async(expires=2)
            deliver_messages.apply_async(expires=2)
        time.sleep(PULSE)
