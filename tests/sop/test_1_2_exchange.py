"""Paid, not shipped, wants other goods: the difference is settled, memos are kept (SOP 1.2.d)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from core.acts import Actor
from orders.factories import OrderFactory
from orders.services.note import note
from orders.services.products import Wanted, modify_products
from orders.words import HoldKind
from stock.factories import SkuFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
AGENT = Actor("person", "李雷")


def test_an_exchange_settles_the_difference_and_keeps_a_memo() -> None:
    order = OrderFactory.create(state="paid")
    line = order.lines.get()
    assert line.sku
    dearer = SkuFactory.create(price=line.sku.price + Decimal("20.00"))
    modify_products(order, [Wanted(line.pk, dearer, line.quantity)], by=AGENT, now=NOW)
    note(order, f"换成 {dearer.label}", by=AGENT, now=NOW)
    assert order.holds.get(kind=HoldKind.TOP_UP).amount == 20 * line.quantity
    assert order.notes.get().text == f"换成 {dearer.label}"


def test_a_memo_is_no_edit() -> None:
    """Two colleagues may write memos while a third edits: the version stays."""
    order = OrderFactory.create(state="paid")
    before = order.version
    note(order, "买家下午在", by=AGENT, now=NOW)
    order.refresh_from_db()
    assert order.version == before
