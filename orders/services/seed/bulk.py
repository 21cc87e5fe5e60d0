"""Bulk: any number of made-up orders over the last year, for benchmarks (SOP 5.a's shape)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime
from itertools import groupby, islice
from random import Random

from django.db import connection
from django.db.models import Model
from django.utils.timezone import localdate

from core.acts import Actor, act_on
from core.bulk import insert, next_ids, write
from core.models import Act
from orders.models import Buyer, BuyerAccount, Contact, Hold, Note, Order, OrderLine, Payment, Trade
from orders.models import Shop as ShopRow
from orders.services import numbers
from orders.services.seed.goods import skus
from orders.services.seed.rows import Batch, Customer, Row, Rows, add_order, customer
from orders.services.seed.unindexed import unindexed
from orders.services.seed.year import moments
from orders.words import Channel
from stock.models import Sku, StockLevel
from stock.services import ledger
from stock.words import MovementKind

SEEDER = Actor("timer", "批量演示数据")
PREFIX = "bulk-"
BATCH = 4000
MANY = 50_000  # from here on dropping and making the indexes anew is cheaper
_SHOPS = (Channel.TAOBAO, Channel.TMALL, Channel.JD, Channel.PDD, Channel.DOUYIN, Channel.YOUZAN)

Report = Callable[[int], None]


def real_orders() -> bool:
    """Does the database hold orders that are not bulk?"""
    shops = ShopRow.objects.exclude(code__startswith=PREFIX)
    return Order.objects.filter(shop__in=list(shops)).exists()


def seed_bulk(count: int, now: datetime, report: Report = lambda done: None) -> int:
    """Write `count` orders with lines, payments, history and acts; `report` hears how many so far.

    Realistic in distribution: states by age, channels, repeating buyers, 1–3 lines, a year's
    days with its promotions.
    """
    with unindexed() if count >= MANY else nullcontext():
        shops, goods = _shops(now), _goods(now)
        known: list[Customer] = []
        rng, coming, done = Random(count), moments(count, now), 0
        while batch := list(islice(coming, BATCH)):
            _write_batch(rng, batch, shops, goods, known, now)
            done += len(batch)
            report(done)
    _analyse()
    return done


def _shops(now: datetime) -> list[ShopRow]:
    """One shop for each platform, by their share of the orders."""
    with act_on("seed", list[ShopRow](), by=SEEDER, now=now) as (_, log):
        shops = []
        for channel in _SHOPS:
            code, name = f"{PREFIX}{channel.value}", f"批量{channel.label}店"
            known = ShopRow.objects.filter(code=code).first()
            shops.append(known or ShopRow(code=code, name=name, channel=channel.value))
            if known is None:
                shops[-1].save()
        log.noted("批量数据的店铺")
    return [
        shop for shop, share in zip(shops, (8, 5, 3, 4, 2, 1), strict=True) for _ in range(share)
    ]


def _goods(now: datetime) -> list[Sku]:
    with act_on("seed", list[Sku](), by=SEEDER, now=now) as (_, log):
        known = set(Sku.objects.values_list("code", flat=True))
        new = [sku for sku in skus() if sku.code not in known]
        for sku, pk in zip(new, next_ids(Sku, len(new)), strict=True):
            sku.pk = pk
        insert(Sku, new)
        ledger.open_levels([StockLevel(sku=sku, on_hand=10_000) for sku in new], now)
        log.noted("批量数据的商品")
    return list(Sku.objects.filter(is_top_up=False, active=True))


def _write_batch(
    rng: Random,
    moments: Sequence[datetime],
    shops: Sequence[ShopRow],
    goods: Sequence[Sku],
    known: list[Customer],
    now: datetime,
) -> None:
    """Some thousand orders in one transaction: one act, of which the orders' acts are parts."""
    many = len(moments)
    with act_on("seed", list[Order](), by=SEEDER, now=now) as (_, log):
        trades = iter(next_ids(Trade, many))
        batch = Batch(rng, now, shops, goods, log.act.id, known, trades)
        buyers, ids = next_ids(Buyer, many), next_ids(Order, many)
        for no, pk, buyer, at in zip(_numbers(moments), ids, buyers, moments, strict=True):
            add_order(batch, no, pk, customer(batch, buyer), at)
        _insert(batch.rows)
        _keep(batch, now)
        log.noted(f"批量写入 {many} 单")


def _keep(batch: Batch, now: datetime) -> None:
    """What the lines reserve came in as well: the shelves never run out."""
    pieces = Counter[int]()
    for line in batch.rows.lines:
        pieces[line["sku_id"]] += line["reserved"]
    moves = [
        ledger.Move(sku, MovementKind.OPENING, on_hand=many, reserved=many)
        for sku, many in sorted(pieces.items())
        if many
    ]
    ledger.change_all(moves, now)


def _numbers(moments: Sequence[datetime]) -> list[str]:
    """Our numbers, by the day on which each came in."""
    days = groupby(moments, key=localdate)
    return [no for day, same in days for no in numbers.take(day, len(list(same)))]


def _insert(rows: Rows) -> None:
    """Parents first."""
    for model, new in (
        (Buyer, rows.buyers),
        (BuyerAccount, rows.accounts),
        (Order, rows.orders),
        (OrderLine, rows.lines),
        (Trade, rows.trades),
        (Payment, rows.payments),
        (Hold, rows.holds),
        (Note, rows.notes),
        (Contact, rows.contacts),
        (Act, rows.acts),
    ):
        _write(model, new)


def _write(model: type[Model], rows: list[Row]) -> None:
    """Rows of one shape; those without an id get one."""
    if not rows:
        return
    if "id" not in rows[0]:
        for row, pk in zip(rows, next_ids(model, len(rows)), strict=True):
            row["id"] = pk
    write(model, list(rows[0]), [list(row.values()) for row in rows])


def _analyse() -> None:
    """So many new rows: tell the planner now, not when autovacuum finds them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
