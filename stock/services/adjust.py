"""Correct a stock level by hand, with a reason (SOP 5.b)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, act_on
from core.masking import scrub
from core.models import Act
from core.verdict import no
from stock.models import Sku
from stock.services.ledger import ShortOfStock, change
from stock.words import MovementKind

K = MovementKind
# What a person may do by hand: how pieces on hand and defect ones change, per piece.
BY_HAND: dict[str, tuple[MovementKind, int, int]] = {
    "more": (K.ADJUSTED, 1, 0),
    "less": (K.ADJUSTED, -1, 0),
    "defect": (K.DEFECT, -1, 1),
    "repaired": (K.REPAIRED, 1, -1),
    "scrapped": (K.SCRAPPED, 0, -1),
}
LABELS = {
    "more": "在库增加",
    "less": "在库减少",
    "defect": "良品转次品",
    "repaired": "次品转良品",
    "scrapped": "次品报废",
}


def adjust_stock(
    sku: Sku,
    how: str,
    pieces: int,
    why: str,
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> Act:
    """Change on hand or defect pieces by hand (SOP 5.b). Raises Refused, Repeated.

    What is promised to orders cannot be taken away here.
    """
    rows: list[Sku] = []
    kind, good, bad = BY_HAND[how]
    with act_on("adjust_stock", rows, by=by, now=now, token=token, clause="5.b") as (_, log):
        log.about(sku)
        try:
            level = change(
                sku.pk,
                on_hand=good * pieces,
                defect=bad * pieces,
                why=kind,
                ref="",
                note=scrub(why),
                now=now,
            )
        except ShortOfStock as short:
            _refuse(short, bad < 0)
            raise
        log.noted(f"{LABELS[how]} {pieces} 件，在库 {level.on_hand} 件", reason=why)
    return log.act


def _refuse(short: ShortOfStock, defect: bool) -> None:
    if defect:
        no("5.b", "次品没有这么多。", instead="先数一遍次品区，再填实际的件数。").require()
    no(
        "5.b",
        f"只有 {short.available} 件没有被订单占用，不能减这么多。",
        instead="先把占用它的订单换货或拆单；货架上真的没有，请走盘点。",
    ).require()
