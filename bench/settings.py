"""What `make run` uses, with the bare view beside our own addresses."""

from config.settings.local import *  # noqa: F403
from config.settings.local import TEMPLATES

DEBUG = False
ALLOWED_HOSTS = ["bench.test"]
ROOT_URLCONF = "bench.urls"
TEMPLATES = [TEMPLATES[0] | {"DIRS": [*TEMPLATES[0]["DIRS"], "bench/templates"]}]  # type: ignore[misc]
