"""Orders from paid to shipped by acts, beside raw SQL of the same rows."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone

from bench.measure import ratio, table, tell
from core import messages
from core.acts import Actor
from core.models import Tally
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order, Shop
from orders.services.release import release
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from warehouse.factories import Bench, begun, boxes
from warehouse.models import Parcel, Wave
from warehouse.services.pick import pick_list
from warehouse.words import Station

MEASURED = 300
WAVE = 50


def run(orders: int, database: str, tenth: dict[str, Any] | None, queries: int) -> None:
    """Take some orders from paid to shipped, print the rate, and as the last line the figures."""
    messages.hint = lambda: None  # nobody delivers here
    person, shop = house()
    waiting = [paid(shop) for _ in range(MEASURED + WAVE)]
    with _counted() as written:
        _ship(waiting[:WAVE], person, shop)  # untimed: plans, imports
    began = time.perf_counter()
    _ship(waiting[WAVE:], person, shop)
    seconds = time.perf_counter() - began
    _check(waiting)
    floor = _floor(written)
    rate, floor_rate = round(MEASURED / seconds, 1), round(MEASURED / floor, 1) if floor else 0.0
    flat = ratio(tenth["rate"], rate) if tenth else None
    way = f"by acts: {written.each(written.commits)} transactions, {written.each(written.all)} rows"
    table(
        ("way", "seconds", "orders/s"),
        [(way, round(seconds, 2), rate), ("raw SQL", round(floor, 2), floor_rate)],
    )
    tell(
        bench="lifecycle",
        orders=orders,
        database=database,
        rate=rate,
        floor_rate=floor_rate,
        ratio=ratio(seconds, floor),
        **({"flat": flat} if flat else {}),
    )


def house() -> tuple[User, Shop]:
    """A shop of its own, so that its waves hold nothing else; boxes; somebody who does it all."""
    boxes()
    name = uuid.uuid4().hex[:8]
    shop = ShopFactory.create(code=f"life{name}", channel="own")
    return UserFactory.create(username=f"bench-{name}", role="owner"), shop


def paid(shop: Shop) -> Order:
    """Two pieces of one of its own goods, kept for it."""
    sku = SkuFactory.create(
        code=uuid.uuid4().hex[:16], barcode=f"69{uuid.uuid4().int % 10**11:011d}"
    )
    number = f"L{uuid.uuid4().hex[:12].upper()}"
    order: Order = OrderFactory.create(
        shop=shop,
        order_no=number,
        platform_no=number,
        buyer__wangwang=number,  # of a kept database another run knows the factory's own
        carrier="YTO",
        lines=[(sku, 2)],
    )
    return order


def _ship(orders: list[Order], person: User, shop: Shop) -> None:
    """Release, waves, pick, verify, pack, weigh and ship, as people do with scanners."""
    by, now = Actor.person(person), timezone.now()
    for order in orders:
        release(order, by=by, now=now)
    for _ in range(0, len(orders), WAVE):
        parcels = begun(person, now, shop=shop.code, most=WAVE)
        pick_list(Wave.objects.get(parcels=parcels[0]), by=by, now=now)
        for parcel in parcels:
            _through(parcel, person, now)


def _through(parcel: Parcel, person: User, now: datetime) -> None:
    line = parcel.lines.select_related("sku").get()
    scans = {
        Station.VERIFY: [line.sku.barcode] * line.quantity,
        Station.PACK: ["BOX-1"],
        Station.WEIGH: [str(parcel.expected_g + 80)],
        Station.SHIP: [f"YT{uuid.uuid4().int % 10**13:013d}"],
    }
    for station, texts in scans.items():
        bench = Bench(station, person, now)
        for text in [parcel.number, *texts]:
            done = bench(text)
            if done.outcome != "right":
                raise SystemExit(f"{station} {text}: {done.answer}")


def _check(orders: list[Order]) -> None:
    left = Order.objects.filter(pk__in=[order.pk for order in orders]).exclude(state="shipped")
    if left.exists():
        raise SystemExit(f"{len(left)} orders were not shipped")


# -- the floor -------------------------------------------------------------------------------------

STATS = "SELECT relname, n_tup_ins, n_tup_upd FROM pg_stat_xact_user_tables"


@dataclass(slots=True)
class Written:
    """Rows inserted and updated by table while a wave was shipped, and in how many transactions."""

    rows: dict[str, tuple[int, int]] = field(default_factory=dict)
    commits: int = 0

    @property
    def all(self) -> int:
        return sum(map(sum, self.rows.values()))

    @staticmethod
    def each(number: int) -> int:
        """For one order."""
        return max(1, round(number / WAVE))


@contextmanager
def _counted() -> Iterator[Written]:
    """What is written meanwhile, by each transaction's own statistics; PostgreSQL has them."""
    written, leave = Written(), transaction.Atomic.__exit__

    def counting(atomic: Any, *error: Any) -> None:
        outermost = len(connection.atomic_blocks) == 1
        if error[0] is None and outermost:
            _count(written)
        leave(atomic, *error)
        if outermost:
            _flush()

    if connection.vendor == "postgresql":
        _flush()
        transaction.Atomic.__exit__ = counting  # type: ignore[method-assign]
    try:
        yield written
    finally:
        transaction.Atomic.__exit__ = leave  # type: ignore[method-assign]


def _flush() -> None:
    """Else the next transaction's figures have what came before in them, too."""
    connection.cursor().execute("SELECT pg_stat_force_next_flush()")


def _count(written: Written) -> None:
    written.commits += 1
    with connection.cursor() as cursor:
        cursor.execute(STATS)
        for name, inserted, updated in cursor.fetchall():
            before = written.rows.get(name, (0, 0))
            written.rows[name] = (before[0] + inserted, before[1] + updated)


def _floor(written: Written) -> float:
    """Seconds for as many rows of the same tables by raw SQL, in as many transactions."""
    if not written.rows:
        return 0.0
    statements = [
        statement
        for model in apps.get_models()
        for statement in _statements(model, *written.rows.get(model._meta.db_table, (0, 0)))
    ]
    parts = written.each(written.commits)
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for number in range(MEASURED):
            for part in range(parts):
                with transaction.atomic():
                    for statement, keys in statements[part::parts]:
                        cursor.execute(statement, [keys[number % len(keys)]])
    return time.perf_counter() - began


def _statements(
    model: type[models.Model], inserted: int, updated: int
) -> Iterator[tuple[str, list[Any]]]:
    """For one order: a copy of a newest row for each inserted, a write for each updated."""
    pk, name = model._meta.pk.column, connection.ops.quote_name(model._meta.db_table)
    if not inserted + updated or model is Tally:  # triggers count the copies, too
        return
    newest = model._base_manager.order_by("-pk").values_list("pk", flat=True)
    keys = list(newest[:MEASURED])
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    columns = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)
    values = ", ".join(map(_copied, fields))
    copy = f"INSERT INTO {name} ({columns}) SELECT {values} FROM {name} WHERE {pk} = %s"
    change = f"UPDATE {name} SET {pk} = {pk} WHERE {pk} = %s"
    yield from [(f"{copy} ON CONFLICT DO NOTHING", keys)] * round(inserted / WAVE)
    yield from [(change, keys)] * round(updated / WAVE)


def _copied(column: models.Field[Any, Any]) -> str:
    """The column of a copied row: what must be unique is made anew."""
    if isinstance(column, models.UUIDField) and (column.unique or column.name == "token"):
        return "gen_random_uuid()"
    if column.unique:
        return "left(md5(random()::text), 12)"
    if (column.model, column.name) in ((Parcel, "state"), (Parcel, "waybill")):
        return "'stopped'" if column.name == "state" else "''"
    return str(connection.ops.quote_name(str(column.column)))
