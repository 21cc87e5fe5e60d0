"""Stock-takes: the list, one of them, and what the shelf should have (SOP 5.b)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Count, F, Q, QuerySet, Sum

from core.keyset import Page, page
from stock.models import Sku, StockLevel
from warehouse.models import ParcelLine, StockTake, TakeCount, TakeLine
from warehouse.words import ParcelState, TakeLineState

P = ParcelState
# What is picked lies on a bench, not on the shelf, and is in the house until it ships.
IN_HAND = (P.PICKING, P.PICKED, P.VERIFIED, P.PACKED, P.WEIGHED)
MOST = 3000  # SKUs of one stock-take
SHOWN = 200


def take_page(cursor: str) -> Page[StockTake]:
    """The newest first; raises BadCursor."""
    return page(StockTake.objects.all(), ("-id",), cursor, mark="takes")


def in_scope(shelf: str, codes: Sequence[str]) -> QuerySet[Sku]:
    """The SKUs of a zone (its shelves begin so) or of a list of codes and barcodes."""
    goods = Sku.objects.filter(is_top_up=False)
    if codes:
        return goods.filter(Q(code__in=codes) | Q(barcode__in=codes))
    shelved = goods.filter(shelf__startswith=shelf)
    return shelved.filter(Q(active=True) | Q(level__on_hand__gt=0))


def line_by_text(take: StockTake, text: str) -> TakeLine | None:
    """The line that a scan or a typed code means; None when it is not in this stock-take."""
    spelled = {text, text.upper(), text.lower()}
    found = TakeLine.objects.filter(take=take).select_related("sku", "take")
    return found.filter(Q(sku__code__in=spelled) | Q(sku__barcode__in=spelled)).first()


def on_shelf(sku_id: int) -> int:
    """What should lie on the shelf: what is booked less what is picked and has not left."""
    level = StockLevel.objects.filter(sku=sku_id).first()
    picked = ParcelLine.objects.filter(
        sku=sku_id, picked__gt=0, parcel__state__in=[state.value for state in IN_HAND]
    )
    out = picked.aggregate(n=Sum("picked"))["n"] or 0
    return (level.on_hand if level else 0) - out


def counters(lines: Collection[TakeLine]) -> dict[int, frozenset[int]]:
    """Who counted each line in its present round; one query."""
    rounds = {line.pk: line.round for line in lines}
    found = defaultdict[int, set[int]](set)
    rows = TakeCount.objects.filter(line__in=rounds).values_list("line", "round", "by")
    for line, number, by in rows:
        if rounds[line] == number:
            found[line].add(by)
    return {key: frozenset(found[key]) for key in rounds}


def differences(take: StockTake) -> list[TakeLine]:
    """What was counted and is not what was booked, shelf by shelf."""
    lines = TakeLine.objects.filter(take=take, state=TakeLineState.COUNTED.value)
    rows = lines.exclude(counted=F("booked")).select_related("sku", "take")
    return list(rows.order_by("shelf", "id")[:SHOWN])


def pending(take: StockTake) -> QuerySet[TakeLine]:
    """What nobody has counted yet, as one walks."""
    lines = TakeLine.objects.filter(take=take, state=TakeLineState.PENDING.value)
    return lines.select_related("sku").order_by("shelf", "id")


def accepted(take: StockTake) -> list[TakeLine]:
    """What a second person accepted, newest first."""
    lines = TakeLine.objects.filter(take=take, state=TakeLineState.ACCEPTED.value)
    return list(lines.select_related("sku").order_by("-accepted_at", "-id")[:SHOWN])


def progress(take: StockTake) -> dict[str, int]:
    """How many SKUs there are (at most 3,000), are counted, agree; one query."""
    lines = TakeLine.objects.filter(take=take)
    waits = Q(state=TakeLineState.PENDING.value)
    agree = ~waits & (Q(counted=F("booked")) | Q(state=TakeLineState.ACCEPTED.value))
    return lines.aggregate(
        all=Count("pk"), done=Count("pk", filter=~waits), settled=Count("pk", filter=agree)
    )


def my_counts(take: StockTake, user_id: int) -> list[TakeCount]:
    """What this person counted last: what the counting screen shows."""
    rows = TakeCount.objects.filter(line__take=take, by=user_id).select_related("line__sku")
    return list(rows.order_by("-at", "-id")[:10])
