"""The demo, loaded once for a module: it is only read there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from orders.models import Order
from orders.services.seed.demo.run import seed_demo

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[datetime]:
    """The demo as of a Wednesday's noon; gone after the module."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        with atomic:
            seed_demo(NOON)
            yield NOON
            transaction.set_rollback(True)


def fingerprint() -> list[tuple[object, ...]]:
    """What must be the same in each run."""
    columns = ("order_no", "platform_no", "consignee", "mobile", "street", "due", "state")
    return list(Order.objects.order_by("order_no").values_list(*columns))
