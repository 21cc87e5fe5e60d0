"""Refunds in their thousands: each of an order of its own, which a trade of its own paid."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from core.acts import TIMER, act_on
from core.bulk import next_ids, write
from orders.models import Order, Payment, Shop, Trade
from orders.services.seed.unindexed import unindexed
from orders.words import Channel, Gateway
from refunds.models import Refund
from refunds.words import RefundKind, RefundState, ToldReason, TrueReason
from staff.models import User

PRICE = Decimal("159.00")
CHUNK, MANY = 20_000, 50_000
SPREAD, DAY = timedelta(minutes=20), timedelta(days=1)
_ORDER = (
    *("id", "order_no", "platform_no", "shop_id", "state", "consignee", "buyer_account"),
    *("goods_total", "due", "paid", "refund_reserved", "ordered_at", "created_at", "paid_at"),
)
_TRADE = ("id", "number", "gateway", "paid", "paid_at", "refund_reserved")
_PAYMENT = ("id", "order_id", "trade_id", "amount", "at")
_REFUND = (
    *("id", "number", "shop_id", "order_id", "trade_id", "payment_id", "kind", "state"),
    *("amount", "goods", "true_reason", "told_reason", "asked_by_id", "asked_name", "asked_at"),
    *("opens_at", "target_by", "promised_by", "approved_by_id", "approved_at", "not_before"),
    "ended_at",
)


@dataclass(frozen=True, slots=True)
class House:
    """A shop whose buyers apply to us, who asks for refunds there, and who approves them."""

    shop: Shop
    asker: User
    lead: User

    @classmethod
    def of(cls, code: str, now: datetime) -> House:
        with act_on("seed", list[Shop](), by=TIMER, now=now):
            shop = Shop(code=code, name="棉麻生活馆", channel=Channel.OWN.value)
            shop.save()
        asker, lead = (
            User.objects.create(username=f"{code}-{role}", full_name=role, role=role)
            for role in ("agent", "supervisor")
        )
        return cls(shop, asker, lead)


def fill(house: House, counts: dict[RefundState, int], now: datetime) -> None:
    """So many refunds of each state; what waits is due, what is approved may be sent."""
    with unindexed() if sum(counts.values()) >= MANY else nullcontext():
        for state, count in counts.items():
            for start in range(0, count, CHUNK):
                size = min(CHUNK, count - start)
                at = [now - SPREAD + SPREAD * ((start + n) / count) for n in range(size)]
                _write(house, state, at, now)
    settle()


def settle() -> None:
    """What autovacuum does within a minute; without it PostgreSQL plans for empty tables."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _write(house: House, state: RefundState, times: list[datetime], now: datetime) -> None:
    models = (Order, Trade, Payment, Refund)
    ids = [next_ids(model, len(times)) for model in models]
    rows = [_rows(house, state, at, *keys) for at, *keys in zip(times, *ids, strict=True)]
    with act_on("seed", list[Order](), by=TIMER, now=now):
        for model, names, values in zip(
            models, (_ORDER, _TRADE, _PAYMENT, _REFUND), zip(*rows, strict=True), strict=True
        ):
            write(model, names, values)


def _rows(
    house: House, state: RefundState, at: datetime, order: int, trade: int, payment: int, key: int
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """An order, its trade, its payment, and the refund of all of it, asked for a day before."""
    shop, number, before = house.shop.pk, f"G260101{order:08d}", at - DAY
    opens = at if state is RefundState.WAITING else None
    approved = (house.lead.pk, at, at) if state is RefundState.APPROVED else (None, None, None)
    why = (TrueReason.UNWANTED.value, ToldReason.UNWANTED.value)
    return (
        [
            *(order, number, f"35{order:016d}", shop, "paid", "陈建生", f"tb_{order}"),
            *(PRICE, PRICE, PRICE, PRICE, before, before, before),
        ],
        [trade, f"2026{trade:024d}", Gateway.ALIPAY.value, PRICE, before, PRICE],
        [payment, order, trade, PRICE, before],
        [
            *(key, f"{number}-R1", shop, order, trade, payment, RefundKind.WHOLE.value),
            *(state.value, PRICE, PRICE, *why, house.asker.pk, house.asker.full_name, before),
            *(opens, at + DAY, at + 2 * DAY, *approved),
            at if state is RefundState.SUCCEEDED else None,
        ],
    )
