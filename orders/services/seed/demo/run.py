"""Put the demo on: colleagues, shops, goods, orders, and what lies on the desk."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from orders.models import Order
from orders.services.seed.demo import desk, everyday, parted, reviewed, scenes, short, waiting
from orders.services.seed.demo.stage import set_up
from staff.models import User
from staff.services.seed import demo_people


def seeded() -> bool:
    """Is there anything already? Then the demo stays away."""
    return User.objects.exists() or Order.objects.exists()


def seed_demo(now: datetime) -> int:
    """Write the demo in one transaction; says how many orders it has. The same each time."""
    with transaction.atomic():
        stage = set_up(now, demo_people())
        reviewed.settings(stage)
        everyday.play(stage)
        scenes.play(stage)
        waiting.play(stage)
        reviewed.play(stage)
        short.play(stage)
        parted.play(stage)
        desk.play(stage)
        for name in settings.DEMO_SCENES:  # of the rooms above
            import_string(name)(stage)
    return Order.objects.count()
