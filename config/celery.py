"""Celery: a broker message is a hint, never the work; beat wakes sweeps (architecture §5, §6)."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging

from config.sweeps import BY_BEAT

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery("gendan", task_cls="config.sweeps:TracedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# task → every how many seconds. A beat that comes late is not made up for: the next one finds all.
SWEEPS = {
    "core.tasks.work_jobs": 5,
    "core.tasks.deliver_messages": 5,
    "core.tasks.prune_messages": 3600,
    "connectors.tasks.knock": 15,
    "orders.tasks.attend_unpaid": 30,
    "orders.tasks.tell_customers": 30,
    "orders.tasks.review_paid": 15,
    "orders.tasks.lift_due_holds": 60,
    "orders.tasks.tell_expected": 60,
    "orders.tasks.serve_waiting": 15,
    "orders.tasks.ask_for_sold": 120,
    "orders.tasks.forget_old_exports": 3600,
    "orders.tasks.forget_api_answers": 3600,
    "refunds.tasks.watch_refunds": 30,
    "refunds.tasks.hear_stops": 15,
    "refunds.tasks.send_refunds": 10,
    "refunds.tasks.ask_for_refunds": 120,
    "refunds.tasks.look_at_differences": 600,
    "refunds.tasks.fetch_bills": 600,
    "aftersales.tasks.watch_cases": 60,
    "aftersales.tasks.hear_rooms": 30,
    "aftersales.tasks.hear_before": 30,
    "aftersales.tasks.hear_parcels": 30,
    "warehouse.tasks.follow_parcels": 30,
    "warehouse.tasks.remind_of_enquiries": 300,
    "warehouse.tasks.complete_orders": 300,
    "warehouse.tasks.forget_old_prints": 3600,
    "staff.tasks.forget_old_presence": 3600,
    "staff.tasks.look_at_calendar": 6 * 3600,
}

# task → at what o'clock, once a day: what reads whole tables.
NIGHTLY = {
    "orders.tasks.check_stock": (3, 40),
}
HOUR = 3600


def _entry(task: str, schedule: float | crontab, expires: int) -> dict[str, Any]:
    return {
        "task": task,
        "schedule": schedule,
        "options": {"expires": expires, "headers": BY_BEAT},
    }


app.conf.beat_schedule = {
    name: _entry(name, float(seconds), seconds) for name, seconds in SWEEPS.items()
} | {
    name: _entry(name, crontab(hour=hour, minute=minute), HOUR)
    for name, (hour, minute) in NIGHTLY.items()
}


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Celery leaves logging alone when somebody listens here: its own formatter masks nothing."""
