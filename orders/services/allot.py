"""Who gets what is there: the longest waiting first, each as much as there is (decision 0021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from orders.models import OrderLine
from orders.parting import short_said
from orders.selectors.short import MISSING, waiting
from stock.services.ledger import Book, Move
from stock.words import MovementKind


@dataclass(slots=True)
class Need:
    """A line of an order as the stock sees it, in pieces; `ref` is the order's number."""

    line: int
    order: int
    ref: str
    sku: int
    quantity: int
    label: str
    reserved: int = 0
    short_since: datetime | None = None
    waits: bool = True  # may wait for goods: paid or accepted
    before: tuple[int, datetime | None] = (0, None)

    @classmethod
    def of(cls, line: OrderLine, ref: str) -> Need:
        return cls(
            line.pk,
            line.order_id,
            ref,
            line.sku_id or 0,
            line.quantity,
            line.label,
            line.reserved,
            line.short_since,
            before=(line.reserved, line.short_since),
        )

    @property
    def missing(self) -> int:
        return self.quantity - self.reserved

    @property
    def changed(self) -> bool:
        return (self.reserved, self.short_since) != self.before

    @property
    def became_short(self) -> bool:
        return self.short_since is not None and self.before[1] is None

    @property
    def became_whole(self) -> bool:
        """It waited, and waits no more."""
        return self.short_since is None and self.before[1] is not None

    @property
    def said(self) -> str:
        """What is missing, for whoever looks after it (SOP 1.3)."""
        return short_said(self.label, self.quantity, self.reserved)


def allot(needs: Sequence[Need], book: Book, now: datetime) -> None:
    """Reserve for each line what is there and nobody waits for longer; the rest waits.

    Lines of goods whose stock is not kept need nothing.
    """
    kept = [need for need in needs if need.sku in book.levels]
    claimed = _claimed(kept, book)
    for need in sorted(kept, key=lambda n: (n.short_since or now, n.line)):
        level = book.levels[need.sku]
        free = level.available - claimed.get(need.line, claimed.get(-need.sku, 0))
        take = min(max(free, 0), need.missing)
        if take:
            book.move(Move(need.sku, MovementKind.RESERVED, need.ref, reserved=take))
            need.reserved += take
        if not need.missing:
            need.short_since = None
        elif need.waits:
            need.short_since = need.short_since or now


def _claimed(needs: Sequence[Need], book: Book) -> dict[int, int]:
    """Pieces that others wait for longer: by line for one that waits, by −SKU for new ones.

    Only where something was freed and not yet handed to those who wait: else nothing is there.
    """
    freed = [need for need in needs if book.levels[need.sku].freed_at and need.missing]
    fresh = {need.sku for need in freed if need.short_since is None}
    mine = [need.line for need in needs]
    claimed: dict[int, int] = {}
    if fresh:
        rows = waiting(fresh).exclude(pk__in=mine).order_by().values_list("sku_id")
        claimed = {-sku: missing for sku, missing in rows.annotate(m=MISSING) if sku}
    for need in freed:
        if need.short_since is not None:
            since = need.short_since
            older = Q(short_since__lt=since) | Q(short_since=since, pk__lt=need.line)
            rows_ = waiting([need.sku]).exclude(pk__in=mine).filter(older)
            claimed[need.line] = rows_.aggregate(m=MISSING)["m"] or 0
    return claimed
