"""Import a file that the test wrote, as the command does."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.utils import timezone

from core.acts import TIMER
from orders.factories import ShopFactory
from orders.models import Order, Shop
from orders.services.passing import pass_review
from tests.formats.files import Rows, as_csv
from tests.house.conftest import home, own_services  # noqa: F401 - fixtures of its processes

Load = Callable[..., dict[str, int]]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    """Uploads of a test lie in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return Path(django_settings.MEDIA_ROOT)


@pytest.fixture
def shop(db: None) -> Shop:
    return ShopFactory.create()


@pytest.fixture
def load(tmp_path: Path, shop: Shop) -> Load:
    """`load(taobao(…))`: import the rows into the shop; answers the counts of the last line."""

    def import_rows(rows: Rows, items: Rows | None = None, code: str = "tb1") -> dict[str, int]:
        path = tmp_path / "orders.csv"
        path.write_bytes(as_csv(rows))
        options: dict[str, Any] = {"shop": code, "stdout": StringIO(), "stderr": StringIO()}
        if items is not None:
            options["items"] = tmp_path / "items.csv"
            options["items"].write_bytes(as_csv(items))
        call_command("import_orders", path, **options)
        last = options["stdout"].getvalue().strip().splitlines()[-1]
        counts: dict[str, int] = json.loads(last)
        return counts

    return import_rows


def send_on(order: Order) -> Order:
    """To the warehouse, although a list with titles alone names no product of ours."""
    whys, now = {"unknown": "认得"}, timezone.now()
    pass_review(order, whys, by=TIMER, role="senior", now=now)
    return Order.objects.select_related("shop").get(pk=order.pk)


def the_order() -> Order:
    return Order.objects.select_related("shop").get()
