"""The warehouse's home page and the wave board: counts by stage, what is late, expedited first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from core.counting import CAP, capped_counts, said
from core.keyset import Page, page
from orders.models import Order
from orders.words import Delivery
from warehouse.models import Parcel, ShortPick, Wave
from warehouse.selectors.intercepts import holds_of
from warehouse.selectors.leaving import overdue, to_leave
from warehouse.selectors.parcels import parcels_of
from warehouse.selectors.waves import Asked, to_pick, without_sku
from warehouse.words import ON_THE_BENCH, ParcelState, WaveState

SHOWN = 8
P = ParcelState


@dataclass(frozen=True, slots=True)
class Stage:
    """A number on the home page, and where it is worked on."""

    label: str
    count: str
    url: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    stages: list[Stage]
    first: list[Parcel]
    late: list[Parcel]


_STAGES: list[tuple[str, P, str]] = [
    ("排队中", P.QUEUED, "waves"),
    ("配货中", P.PICKING, "waves"),
    ("等校验", P.PICKED, "station:verify"),
    ("等打包", P.VERIFIED, "station:pack"),
    ("等称重", P.PACKED, "station:weigh"),
    ("等发货", P.WEIGHED, "station:ship"),
    ("等交快递", P.SHIPPED, "hand-over"),
]


def on_the_bench(user: Any) -> QuerySet[Parcel]:
    """Parcels between queue and scale."""
    return parcels_of(user).filter(state__in=[state.value for state in ON_THE_BENCH])


def late_parcels(user: Any, now: datetime) -> QuerySet[Parcel]:
    """What should have left, the latest first."""
    return on_the_bench(user).filter(ship_by__lt=now).order_by("ship_by", "id")


def first_parcels(user: Any, now: datetime) -> QuerySet[Parcel]:
    """What must leave first."""
    by_promise = F("ship_by").asc(nulls_last=True)
    return on_the_bench(user).order_by("-expedited", by_promise, "id")


def home(user: Any, now: datetime) -> Home:
    """Counts by stage, what must leave first, what is late; 3 queries."""
    first, late = first_parcels(user, now), late_parcels(user, now)
    return Home(stages(user, now), list(first[:SHOWN]), list(late[:SHOWN]))


def stages(user: Any, now: datetime) -> list[Stage]:
    """How much stands where, and where it is worked on; one query."""
    rows: list[tuple[str, str, QuerySet[Any], bool]] = [
        ("等建波次", "waves", to_pick(user, Asked()), False),
        *(
            (label, url, parcels_of(user).filter(state=state.value), False)
            for label, state, url in _STAGES
        ),
        ("等交物流", "freight", to_leave(user, Delivery.FREIGHT), False),
        ("等自提", "pick-ups", to_leave(user, Delivery.PICKUP), False),
        ("超过一天没交快递", "hand-over", overdue(user, now), True),
        ("晚了", "", late_parcels(user, now), True),
        ("报缺待复核", "shorts", shorts_of(user), True),
        ("要拦截", "intercepts", holds_of(user), True),
        ("没有对应商品", "", without_sku(user), True),
    ]
    counts = capped_counts([[each] for _, _, each, _ in rows])
    return [
        Stage(label, said(count), url, bad and count > 0)
        for (label, url, _, bad), count in zip(rows, counts, strict=True)
    ]


def shorts_of(user: Any) -> QuerySet[ShortPick]:
    """Goods told missing that nobody looked for yet."""
    shorts = ShortPick.objects.filter(looked_at__isnull=True)
    if user.shop_codes:
        shorts = shorts.filter(line__parcel__order__shop__code__in=user.shop_codes)
    return shorts


def short_page(user: Any, cursor: str) -> Page[ShortPick]:
    """A page of them, the oldest first. Raises BadCursor."""
    rows = shorts_of(user).select_related("line__sku__level", "line__parcel__order", "by")
    return page(rows, ("at", "id"), cursor, mark="shorts")


def wave_page(user: Any, cursor: str) -> Page[Wave]:
    """Waves that are not done, expedited first, with how many parcels stand where. 2 queries."""
    rows = Wave.objects.exclude(state=WaveState.DONE.value).select_related("shop", "taken_by")
    if user.shop_codes:
        rows = rows.filter(parcels__order__shop__code__in=user.shop_codes).distinct()
    found = page(rows, ("-expedited", "made_at", "id"), cursor, mark="waves")
    _count(found.rows)
    return found


def _count(waves: Sequence[Wave]) -> None:
    ids = [wave.pk for wave in waves]
    done = Q(state__in=[P.QUEUED.value, P.PICKING.value, P.STOPPED.value])
    totals = Parcel.objects.filter(wave__in=ids).values("wave").order_by("wave")
    counted = totals.annotate(
        all=Count("id", filter=~Q(state=P.STOPPED.value)), picked=Count("id", filter=~done)
    )
    by_wave = {row["wave"]: row for row in counted}
    for wave in waves:
        row = by_wave.get(wave.pk, {"all": 0, "picked": 0})
        wave.all, wave.picked = row["all"], row["picked"]  # type: ignore[attr-defined]


def get_wave(user: Any, number: str) -> Wave | None:
    """The wave of this number, where it holds a parcel that the person may see."""
    waves = Wave.objects.filter(number=number.upper().replace("\0", ""))
    if user.shop_codes:
        waves = waves.filter(parcels__order__shop__code__in=user.shop_codes)
    return waves.distinct().first()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a wave would hold: how many, and the first of them."""

    count: str
    rows: list[Order]


def preview(user: Any, asked: Asked) -> Preview:
    """What would be in the wave, before it is made (SOP 2.c). 2 queries."""
    orders = to_pick(user, asked)
    (count,) = capped_counts([[orders]], cap=max(asked.most + 1, CAP))
    shown = min(count, asked.most)
    return Preview(f"{shown}" + ("（符合的还有更多）" if count > shown else ""), list(orders[:20]))
