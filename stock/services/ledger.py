"""The only door to stock levels: each change writes the movement that tells it (SOP 5.b).

Levels are locked in the order of their SKUs, after the order that they are changed for
(architecture §3). An act that needs further SKUs later locks them all first: `lock_levels`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core import bulk
from core.acts import current_act
from stock.models import Movement, StockLevel
from stock.words import MovementKind

_AMOUNTS = ("on_hand", "reserved", "defect")
_COLUMNS = (
    *("sku_id", "why", "ref", "note", "act", "by_id", "by_name", "at"),
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
    book = Book.of((move.sku_id for move in moves), now, opens=True)
    for move in moves:
        book.move(move)
    book.write()
    return book.levels


@dataclass(slots=True)
class Book:
    """Locked levels, changed in memory move by move, then written at once with their movements.

    For those who decide by what is there: `book.levels[sku].available`, `move`, …, `write`.
    """

    levels: dict[int, StockLevel]
    now: datetime
    told: list[list[Any]] = field(default_factory=list)

    @classmethod
    def of(cls, sku_ids: Iterable[int], now: datetime, *, opens: bool = False) -> Book:
        """The levels of these SKUs. `opens`: a SKU whose stock was not kept gets one."""
        wanted = set(sku_ids)
        levels = lock_levels(wanted)
        missing = [StockLevel(sku_id=key) for key in wanted - levels.keys()]
        if missing and opens:
            StockLevel.objects.bulk_create(missing, ignore_conflicts=True)
            levels = lock_levels(wanted)
        return cls(levels, now)

    def move(self, move: Move) -> StockLevel:
        """Do it in memory. Raises ShortOfStock; KeyError where no stock is kept."""
        level = self.levels[move.sku_id]
        self.told.append(_step(level, move, self.now))
        return level

    def write(self) -> None:
        """Write what was moved, in three statements at most."""
        moved = {values[0] for values in self.told}
        if not moved:
            return
        _tell(self.told)
        self.told = []
        names = [*_AMOUNTS, "freed_at"]
        bulk.change(
            StockLevel,
            names,
            [[key, *(getattr(self.levels[key], n) for n in names)] for key in sorted(moved)],
        )


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


def distributed(sku_id: int, freed_at: datetime) -> None:
    """Those who wait were looked after; what was freed since `freed_at` stays marked."""
    StockLevel.objects.filter(pk=sku_id, freed_at=freed_at).update(freed_at=None)


def _step(level: StockLevel, move: Move, now: datetime) -> list[Any]:
    """Change the level in memory; returns the values of the movement."""
    before = [getattr(level, name) for name in _AMOUNTS]
    after = [had + getattr(move, name) for had, name in zip(before, _AMOUNTS, strict=True)]
    on_hand, reserved, _ = after
    if min(after) < 0 or reserved > on_hand:
        raise ShortOfStock(level, move)
    if on_hand - reserved > level.available:
        level.freed_at = now
    level.on_hand, level.reserved, level.defect = after
    act = current_act()
    who = [act.id, act.actor_id, act.actor_name, now]
    return [level.sku_id, move.why.value, move.ref, move.note[:200], *who, *before, *after]


def _tell(movements: Sequence[list[Any]]) -> None:
    bulk.write(Movement, _COLUMNS, movements)
