"""One row of a newer export on its way into one order that is here already."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.acts import Actor, Change
from orders.formats import ImportedOrder
from orders.models import Order, Shop
from orders.models.order import masked_value
from orders.services.hold import open_hold
from orders.services.importing.goods import Goods
from orders.services.importing.kin import NOBODY, Kin
from orders.services.telling import News
from orders.words import HoldKind, OrderState, Stop
from stock.services.ledger import Move

IN_HAND = frozenset({OrderState.UNPAID, OrderState.PAID})
BEGUN = frozenset({OrderState.PICKING, OrderState.PACKED})
PRIVATE = frozenset({"buyer_message", "seller_memo", "invoice_title"})


def values(order: Order) -> dict[str, Any]:
    return {f.attname: getattr(order, f.attname) for f in order._meta.concrete_fields}


@dataclass(slots=True)
class Touched:
    """Another order than the row's own, as it was, with what is told in its timeline."""

    order: Order
    before: dict[str, Any]
    changes: list[Change] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Update:
    """What one row of a newer export does to one order."""

    order: Order
    record: ImportedOrder
    shop: Shop
    goods: Goods
    now: datetime
    by: Actor
    changes: list[Change] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    freed: list[Move] = field(default_factory=list)  # what the old goods let go
    restock: bool = False  # state or goods are others: look what is kept for it
    kin: Kin = NOBODY
    touched: dict[int, Touched] = field(default_factory=dict)
    was: dict[str, Any] = field(default_factory=dict)

    def told(self) -> list[tuple[Any, ...]]:
        """The line in the timeline of each order that it changed."""
        mine = _line(self.order, self.changes, self.remarks)
        return [mine, *(_line(t.order, t.changes, t.remarks) for t in self.touched.values())]

    def touch(self, order: Order) -> Touched:
        """Another order that this row changes, too."""
        return self.touched.setdefault(order.pk, Touched(order, values(order)))

    def put(self, name: str, value: Any, label: str = "") -> None:
        """Set a field; with a label it stands in the timeline, personal values masked."""
        old = getattr(self.order, name)
        if old == value:
            return
        setattr(self.order, name, value)
        if label:
            before, after = masked_value(name, old), masked_value(name, value)
            if name in PRIVATE:
                before, after = "…" if before else "", "…" if after else ""
            self.changes.append(Change(label, before, after))

    def hold(self, kind: HoldKind, cause: str, text: str, *, stop: bool = False) -> None:
        """Open a hold; where the warehouse has begun it is asked to stop the parcel."""
        self._open(self.order, kind, cause, text, stop=stop)
        self.remarks.append(text)

    def hold_on(self, order: Order, kind: HoldKind, cause: str, text: str) -> None:
        """Hold another order that has goods of this number, unless it has left."""
        if order.state not in IN_HAND | BEGUN:
            return
        touched = self.touch(order)
        self._open(order, kind, cause, text, stop=order.state in BEGUN)
        touched.remarks.append(text)

    def _open(self, order: Order, kind: HoldKind, cause: str, text: str, *, stop: bool) -> None:
        ask = Stop.ASKED if stop else Stop.NONE
        open_hold(order, kind, text, by=self.by, now=self.now, cause=cause, stop=ask)


def save(each: Update) -> bool:
    """Write what changed on the order and on those that it touched; says whether anything did."""
    mine = Touched(each.order, each.was, each.changes, each.remarks)
    saved = [_save(touched, each.now) for touched in (mine, *each.touched.values())]
    return any(saved)


def _save(touched: Touched, now: datetime) -> bool:
    order, before = touched.order, touched.before
    dirty = [name for name, value in values(order).items() if value != before[name]]
    told = bool(touched.changes or touched.remarks)
    if told:
        order.version += 1
        order.review_soon(now)
        dirty += ["version", "review_at"]
    if told or set(dirty) - {"import_digests"}:
        order.save(update_fields=dirty)
        return True
    if dirty:  # seen, and nothing new in it: no history
        Order.objects.filter(pk=order.pk).update(import_digests=order.import_digests)
    return False


def _line(order: Order, changes: list[Change], remarks: list[str]) -> tuple[Any, ...]:
    shown = [[change.label, change.before, change.after] for change in changes]
    return order.pk, order.order_no, "导入更新", "；".join(remarks)[:500], shown
