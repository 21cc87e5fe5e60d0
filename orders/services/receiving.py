"""Goods come in: one scan, one movement; who waits longest gets them at once (SOP 5.b, 1.3)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.acts import Actor, act_on
from core.models import Act
from orders.models import Order
from orders.services.serving import serve
from stock.models import Sku, StockLevel
from stock.services.ledger import change
from stock.words import MovementKind

AT_ONCE = 20  # orders that a scan waits for; the sweep goes on with the others


@dataclass(frozen=True, slots=True)
class Received:
    """What a receipt did: the level after it, and the orders that got some."""

    act: Act
    level: StockLevel
    served: Sequence[Order]


def receive_goods(
    sku: Sku,
    pieces: int,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    ref: str = "",
    why: MovementKind = MovementKind.RECEIVED,
    token: uuid.UUID | None = None,
) -> Received:
    """Put pieces on the shelf; the oldest stock-out holds end first (SOP 5.b). Raises Repeated."""
    rows: list[Sku] = []
    with act_on("receive_goods", rows, by=by, now=now, token=token, clause="5.b") as (_, log):
        log.about(sku)
        level = change(sku.pk, on_hand=pieces, why=why, ref=ref, note=note, now=now)
        log.noted(f"{sku.code} {why.label} {pieces} 件，在库 {level.on_hand} 件", reason=note)
    return Received(log.act, level, serve(level, now, AT_ONCE))
