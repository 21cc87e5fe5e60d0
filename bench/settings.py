"""What `make run` uses, with the bare view beside our own addresses."""

import os

from config.settings.local import *  # noqa: F403
from config.settings.local import INSTALLED_APPS, TEMPLATES

DEBUG = False
ALLOWED_HOSTS = ["bench.test"]
ROOT_URLCONF = "bench.urls"
TEMPLATES = [TEMPLATES[0] | {"DIRS": [*TEMPLATES[0]["DIRS"], "bench/templates"]}]  # type: ignore[misc]
INSTALLED_APPS = [*INSTALLED_APPS, "bench"]  # its handler of messages
# On a shared Redis no other worker takes this bench's hints.
CELERY_TASK_DEFAULT_QUEUE = os.environ["BENCH_QUEUE"]
