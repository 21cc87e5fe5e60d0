"""What buyers applied for on Taobao is asked for by a timer, and stands in review (SOP 1.5)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from connectors.sandbox import taobao as imitated
from connectors.sandbox.server import Sandbox
from connectors.taobao import told
from core.acts import Actor
from core.messages import deliver_due
from core.models import OutboxMessage
from orders.models import Order, Shop
from refunds.models import Refund, RefundCursor
from refunds.services.ask import request_refund
from refunds.services.draft import Wanted
from refunds.services.pulling import ask_for_refunds
from refunds.words import RefundKind, ToldReason, TrueReason
from tests.connectors.trades import refund

pytestmark = pytest.mark.django_db


def apply_for(sandbox: Sandbox, number: str = "83477001", **values: Any) -> None:
    changed = told(timezone.now() - timedelta(minutes=2))
    row = refund(number, **{"modified": changed, "created": changed} | values)
    imitated.refunds(sandbox.state)[row["refund_id"]] = row


def pull(minutes: int = 1) -> None:
    """The sweep, and what it wrote."""
    for _ in range(2):
        ask_for_refunds(timezone.now())
        deliver_due(timezone.now() + timedelta(minutes=minutes))


def test_an_application_finds_its_note_once(sandbox: Sandbox, order: Order, by: Actor) -> None:
    want = Wanted(RefundKind.WHOLE, TrueReason.UNWANTED, ToldReason.UNWANTED)
    request_refund(order, want, by=by, now=timezone.now())
    apply_for(sandbox, refund_fee=str(order.paid))
    pull()
    pull()
    row = Refund.objects.get(order=order)
    assert (row.state, row.application) == ("review", "83477001")
    assert row.platform["version"] == "1790301600000"
    assert RefundCursor.objects.get().read_to < timezone.now()
    assert OutboxMessage.objects.filter(topic="refunds.application").count() == 1


def test_one_without_a_note_goes_to_review_and_its_end_is_followed(
    sandbox: Sandbox, order: Order
) -> None:
    amount = str(order.paid)
    apply_for(sandbox, refund_fee=amount)
    pull()
    row = Refund.objects.get(order=order)
    assert (row.state, row.source, row.amount) == ("review", "platform", Decimal(amount))
    apply_for(sandbox, refund_fee=amount, status="SUCCESS")
    pull()
    row.refresh_from_db()
    order.refresh_from_db()
    assert (row.state, order.state) == ("succeeded", "closed")


def test_an_order_that_is_not_here_yet_is_waited_for(sandbox: Sandbox, shop: Shop) -> None:
    apply_for(sandbox)
    pull()
    waiting = OutboxMessage.objects.get(topic="refunds.application")
    assert (waiting.state, "还没有收进来" in waiting.error) == ("pending", True)


def test_more_than_was_paid_is_seen_among_what_did_not_arrive(
    sandbox: Sandbox, order: Order
) -> None:
    apply_for(sandbox, refund_fee="9999.00")
    pull()
    failed = OutboxMessage.objects.get(topic="refunds.application")
    assert (failed.state, "可以退" in failed.error) == ("failed", True)


def test_a_shop_without_an_account_asks_nothing(sandbox: Sandbox) -> None:
    assert ask_for_refunds(timezone.now()) == 0
