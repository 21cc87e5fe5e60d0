"""One machine, no services: SQLite and a broker without a server under `var/`."""

from __future__ import annotations

import secrets
from pathlib import Path

from config.paths import VAR_DIR
from config.settings.base import *  # noqa: F403
from config.settings.base import REDIS_URL, SITE_URL, env

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("GENDAN_DEMO", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = SITE_URL or f"http://127.0.0.1:{env.str('PORT', default='8000') or '8000'}"
WHITENOISE_USE_FINDERS = True  # nothing to collect before it starts

VAR_DIR.mkdir(parents=True, exist_ok=True)


def _own_secret(path: Path) -> str:
    """Each installation has a secret of its own, made once and kept under `var/`."""
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text().strip()


def _filesystem_broker(folder: Path) -> dict[str, object]:
    """A broker without a server; what it does not hold is found by the sweeps."""
    parts = {name: folder / name for name in ("messages", "processed", "control")}
    return {
        "data_folder_in": str(parts["messages"]),
        "data_folder_out": str(parts["messages"]),
        "processed_folder": str(parts["processed"]),
        "control_folder": str(parts["control"]),
        "store_processed": False,
        "polling_interval": 0.1,  # with the default of 1 s two hints in three came late
    }


SECRET_KEY = env.str("SECRET_KEY", default="") or _own_secret(VAR_DIR / "secret")
if not REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = _filesystem_broker(VAR_DIR / "broker")
