"""A scan at a station through the whole stack, beside a bare view that writes one row."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.test import override_settings
from django.utils import timezone

from bench.lifecycle import house, paid
from bench.measure import Times, Visitor, ratio, table, tell
from core.acts import TIMER, Actor, act_on
from core.bulk import next_ids, write
from orders.models import Order
from orders.services.release import release
from warehouse.factories import picked
from warehouse.models import Parcel
from warehouse.words import Station

# A bare Django's own; what ours adds to it is part of what is measured.
BARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
OPEN = 50_000
CHUNK = 10_000
WARM = 10
_COLUMNS = ("id", "number", "order_id", "state", "carrier", "made_at", "delivery")


def run(orders: int, database: str, tenth: dict[str, Any] | None, queries: int) -> None:
    """Verify and pack parcels scan by scan, print the times, and as the last line the figures."""
    standing = _stand(min(OPEN, orders // 2))
    visitor = Visitor("owner")
    with override_settings(MIDDLEWARE=BARE):
        plain = Visitor("owner")
    _, shop = house()
    count = max(1, queries // 3) + WARM
    for _ in range(count):
        release(paid(shop), by=Actor.person(visitor.user), now=timezone.now())
    parcels = picked(visitor.user, timezone.now(), shop=shop.code, most=count)
    ours, bare = Times(), Times()
    for turn, parcel in enumerate(parcels):
        for station, code, in_hand in _scans(parcel):
            seconds = _scan(visitor, station, code, in_hand)
            floor = _post(plain, "/bare/scan", {"code": code})
            if turn >= WARM:
                ours.seconds.append(seconds)
                bare.seconds.append(floor)
    table(
        ("way", "p50 ms", "p95 ms"),
        [
            (f"a scan, {standing:,} parcels open", ours.p50, ours.p95),
            ("bare view that writes one row", bare.p50, bare.p95),
        ],
    )
    tell(
        bench="scan",
        orders=orders,
        database=database,
        p50_ms=ours.p50,
        p95_ms=ours.p95,
        floor_p95_ms=bare.p95,
        ratio=ratio(ours.p95, bare.p95),
        **({"flat": ratio(ours.p95, tenth["p95_ms"])} if tenth else {}),
    )


def _stand(count: int) -> int:
    """So many parcels that wait at the benches, each of another order; says how many there are."""
    known = Parcel.objects.values("order")
    there = Parcel.objects.filter(state="verified").count()
    lacking = max(0, count - there)
    ids = list(Order.objects.exclude(pk__in=known).values_list("pk", flat=True)[:lacking])
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        with act_on("seed", list[Order](), by=TIMER):
            now = timezone.now()
            rows = [
                [key, f"P{key:08d}", order, "verified", "YTO", now, "express"]
                for key, order in zip(next_ids(Parcel, len(part)), part, strict=True)
            ]
            write(Parcel, _COLUMNS, rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE warehouse_parcel")
    return there + len(ids)


def _scans(parcel: Parcel) -> list[tuple[Station, str, str]]:
    """Take it, scan its two pieces, take it at the next bench, put it into a box."""
    barcode = parcel.lines.select_related("sku").get().sku.barcode
    number = parcel.number
    return [
        (Station.VERIFY, number, ""),
        (Station.VERIFY, barcode, number),
        (Station.VERIFY, barcode, number),
        (Station.PACK, number, ""),
        (Station.PACK, "BOX-1", number),
    ]


def _scan(visitor: Visitor, station: Station, code: str, in_hand: str) -> float:
    fields = {"token": str(uuid.uuid4()), "code": code, "parcel": in_hand}
    return _post(visitor, f"/warehouse/stations/{station.value}/scan", fields)


def _post(visitor: Visitor, address: str, fields: dict[str, str]) -> float:
    seconds, status, body = visitor.post(address, fields)
    if status != 200 or b"wrong" in body:
        raise SystemExit(f"{address} answered {status}: {body.decode()[:300]}")
    return seconds
