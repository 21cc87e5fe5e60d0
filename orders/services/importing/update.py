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
from orders.services.telling import News
from orders.words import HoldKind, OrderState, Stop
from stock.services.ledger import Move

IN_HAND = frozenset({OrderState.UNPAID, OrderState.PAID})
BEGUN = frozenset({OrderState.PICKING, OrderState.PACKED})
PRIVATE = frozenset({"buyer_message", "seller_memo", "invoice_title"})


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
        ask = Stop.ASKED if stop else Stop.NONE
        open_hold(self.order, kind, text, by=self.by, now=self.now, cause=cause, stop=ask)
        self.remarks.append(text)
