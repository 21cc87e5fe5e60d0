"""A small house with its people, two orders of one buyer, and what of it may never be lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, models

from aftersales.models import CarrierClaim, Case, CaseLine
from core.models import Act
from orders.factories import BuyerFactory, OrderFactory
from orders.models import Hold, Order, OrderLine, Payment, Trade
from orders.words import Gateway
from refunds.models import Payout, Refund, RefundLine
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from stock.models import Sku, StockLevel
from tests.refunds.asking import WED, own_shop
from warehouse import factories
from warehouse.models import Enquiry, Parcel

# What business is made of; the rest are timelines, contacts, notices, messages.
BUSINESS: tuple[type[models.Model], ...] = (
    *(Order, OrderLine, Hold, Payment, Trade, StockLevel, Parcel, Enquiry),
    *(Case, CaseLine, CarrierClaim, Refund, RefundLine, Payout),
)
# When a sweep has to look again, on whose bench a parcel lies: no act says so.
MARKS = {"freed_at", "complete_at", "review_at", "review_by", "held_by_id", "held_at"}
ROLES = ("agent", "senior", "aftersales", "warehouse", "supervisor", "finance", "owner")
Row = Mapping[str, Any]
Rows = dict[tuple[str, Any], Row]


@dataclass(frozen=True, slots=True)
class Change:
    """A row before and after an act; None where it was not, or is not any more."""

    model: str
    key: Any
    before: Row | None
    after: Row | None

    def moved(self, name: str) -> bool:
        """Does one of its columns stand otherwise?"""
        return bool(self.before and self.after and self.before[name] != self.after[name])


@dataclass(slots=True)
class World:
    """Who is there, what is sold, and the clock."""

    people: list[User]
    skus: list[Sku]
    now: datetime
    number: int = 0

    @classmethod
    def begin(cls, first: str, second: str) -> World:
        """Two orders of one buyer in these states, and a top-up order; few goods on the shelves."""
        factories.boxes()
        shop, buyer = own_shop(), BuyerFactory.create()
        people = [UserFactory.create(role=role) for role in ROLES]
        people += [UserFactory.create(role=role) for role in ("supervisor", "finance")]
        prices = (("60.00", 4), ("40.00", 2), ("75.00", 3))
        skus = [SkuFactory.create(price=p, on_hand=n, weight_g=260) for p, n in prices]
        about: dict[str, Any] = {"shop": shop, "buyer": buyer, "mobile": "13800138000"}
        about |= {"ordered_at": WED - timedelta(days=3), "carrier": "YTO"}
        begun = {"state": "paid", "released": True} if first == "released" else {"state": first}
        OrderFactory.create(lines=[(skus[0], 2), (skus[1], 1)], **about, **begun)
        gone = {"waybill": "YT8962646785389"} if second in ("shipped", "received") else {}
        lines = [(skus[0], 1), (skus[1], 2)]
        OrderFactory.create(state=second, lines=lines, freight=Decimal("8.00"), **about, **gone)
        top_up = SkuFactory.create(price="15.00", is_top_up=True)
        OrderFactory.create(lines=[(top_up, 1)], is_top_up=True, **about)
        Trade.objects.update(gateway=Gateway.ALIPAY.value)
        Act.objects.update(at=WED - timedelta(days=3))
        return cls(people, skus, WED)

    def tick(self, minutes: int = 1) -> datetime:
        self.now += timedelta(minutes=minutes)
        return self.now

    def next(self) -> int:
        """A number that was not there before."""
        self.number += 1
        return self.number


def snapshot() -> Rows:
    """Every row of business as it stands."""
    rows: Rows = {}
    with connection.cursor() as cursor:
        for model in BUSINESS:
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")  # noqa: S608
            names = [column[0] for column in cursor.description]
            for values in cursor.fetchall():
                row = dict(zip(names, values, strict=True))
                rows[model.__name__, row[model._meta.pk.column]] = row
    return rows


def changes(before: Rows, after: Rows) -> list[Change]:
    """What is not as it was."""
    keys = {k for k in before.keys() | after.keys() if _plain(before, k) != _plain(after, k)}
    return [Change(*key, before.get(key), after.get(key)) for key in sorted(keys, key=str)]


def _plain(rows: Rows, key: tuple[str, Any]) -> dict[str, Any] | None:
    row = rows.get(key)
    return {name: value for name, value in row.items() if name not in MARKS} if row else None


def acts_since(at: datetime) -> list[Act]:
    """What was done or refused from then on."""
    return list(Act.objects.filter(at__gte=at))
