"""The project: settings, addresses, the Celery app and the start script."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
