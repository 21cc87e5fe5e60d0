"""The only door to stock levels: each change writes the movement that tells it (SOP 5.b).

Levels are locked in the order of their SKUs, after the order that they are changed for
(architecture §3). An act that needs further SKUs later locks them all first: `lock_levels`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import bulk
from core.acts import current_act
from stock.models import Movement, StockLevel
from stock.words import MovementKind

_AMOUNTS = ("on_hand", "reserved", "defect")
_COLUMNS = (
    *("id", "sku_id", "why", "ref", "note", "act", "by_id", "by_name", "at"),
    *("on_hand_before", "reserved_before", "defect_before"),
    *_AMOUNTS,
)


class ShortOfStock(Exception):
    """A change would leave less than nothing, or more promised than there is."""

    def __init__(self, level: StockLevel, move: Move) -> None:
        super().__init__(
            f"SKU {level.sku_id}: {level.on_hand} on hand, {level.reserved} reserved, "
            f"{level.defect} defect; asked {move.on_hand:+d}, {move.reserved:+d}, {move.defect:+d}"
        )
        self.sku_id = level.sku_id
        self.available = level.available


@dataclass(frozen=True, slots=True)
class Move:
    """What a level shall change by, in pieces, and for what (`ref`: an order, a receipt)."""

    sku_id: int
    why: MovementKind
    ref: str = ""
    on_hand: int = 0
    reserved: int = 0
    defect: int = 0
    note: str = ""


def change(
    sku_id: int,
    *,
    why: MovementKind,
    ref: str,
    now: datetime,
    on_hand: int = 0,
    reserved: int = 0,
    defect: int = 0,
    note: str = "",
) -> StockLevel:
    """Change one level inside a running act; returns it as it is now. Raises ShortOfStock."""
    move = Move(sku_id, why, ref, on_hand, reserved, defect, note)
    return change_all([move], now)[sku_id]


def change_all(moves: Sequence[Move], now: datetime) -> dict[int, StockLevel]:
    """Change many levels inside a running act, in a fixed number of statements.

    Moves of one SKU come one after the other. Returns the levels as they are now. Raises
    ShortOfStock; then nothing is written.
    """
    levels = lock_levels(move.sku_id for move in moves)
    missing = [StockLevel(sku_id=key) for key in {m.sku_id for m in moves} - levels.keys()]
    if missing:
        StockLevel.objects.bulk_create(missing, ignore_conflicts=True)
        levels = lock_levels(move.sku_id for move in moves)
    told = [_step(levels[move.sku_id], move, now) for move in moves]
    _tell(told)
    names = [*_AMOUNTS, "freed_at"]
    changed = [[key, *(getattr(level, n) for n in names)] for key, level in levels.items()]
    bulk.change(StockLevel, names, changed)
    return levels


def lock_levels(sku_ids: Iterable[int]) -> dict[int, StockLevel]:
    """The levels of these SKUs, locked until the transaction ends; without those not kept."""
    wanted = set(sku_ids)
    if not wanted:
        return {}
    rows = StockLevel.objects.filter(sku_id__in=wanted).order_by("sku_id")
    return {level.sku_id: level for level in rows.select_for_update(no_key=True)}


def open_levels(levels: Sequence[StockLevel], now: datetime) -> None:
    """Write the first levels of new SKUs with their opening movements, in bulk."""
    bulk.insert(StockLevel, levels)
    told = []
    for level in levels:
        empty = StockLevel(sku_id=level.sku_id)
        move = Move(
            level.sku_id,
            MovementKind.OPENING,
            on_hand=level.on_hand,
            reserved=level.reserved,
            defect=level.defect,
        )
        told.append(_step(empty, move, now))
    _tell(told)


def distributed(level: StockLevel) -> None:
    """Everybody who waits for this SKU was looked after; inside the act that did it."""
    StockLevel.objects.filter(pk=level.pk).update(freed_at=None)


def _step(level: StockLevel, move: Move, now: datetime) -> list[Any]:
    """Change the level in memory; returns the values of the movement."""
    before = [getattr(level, name) for name in _AMOUNTS]
    after = [had + getattr(move, name) for had, name in zip(before, _AMOUNTS, strict=True)]
    on_hand, reserved, _ = after
    if min(after) < 0 or reserved > on_hand:
        raise ShortOfStock(level, move)
    if on_hand - reserved > level.available:
        level.freed_at = level.freed_at or now
    level.on_hand, level.reserved, level.defect = after
    act = current_act()
    who = [act.id, act.actor_id, act.actor_name, now]
    return [level.sku_id, move.why.value, move.ref, move.note[:200], *who, *before, *after]


def _tell(movements: Sequence[list[Any]]) -> None:
    ids = bulk.next_ids(Movement, len(movements))
    rows = [[key, *values] for key, values in zip(ids, movements, strict=True)]
    bulk.write(Movement, _COLUMNS, rows)
