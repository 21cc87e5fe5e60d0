"""What `make run` uses, with the deeds' handler; a worker looks at once, as after a hint."""

from __future__ import annotations

import os
from typing import Any

from celery.signals import worker_ready

from config.settings.local import *  # noqa: F403
from config.settings.local import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.core.deeds"]
CELERY_TASK_DEFAULT_QUEUE = os.environ["DEEDS_QUEUE"]


@worker_ready.connect
def look(**_: Any) -> None:
    from core.messages import hint

    hint()
