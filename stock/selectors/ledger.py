"""Does the ledger add up to the levels? (SOP 5.b)"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from stock.words import Amount

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """A SKU whose level is not what its movements (or `by` whom else) say, in pieces."""

    sku_id: int
    what: Amount
    level: int
    told: int
    by: str = "流水"


# One statement sees one moment: nobody who works meanwhile makes a difference of it.
_SUMS = """
    SELECT level.sku_id, level.on_hand, level.reserved, level.defect,
           coalesce(sum(m.on_hand - m.on_hand_before), 0),
           coalesce(sum(m.reserved - m.reserved_before), 0),
           coalesce(sum(m.defect - m.defect_before), 0)
    FROM (SELECT * FROM stock_stocklevel WHERE sku_id > %s ORDER BY sku_id LIMIT %s) AS level
    LEFT JOIN stock_movement AS m ON m.sku_id = level.sku_id
    GROUP BY level.sku_id, level.on_hand, level.reserved, level.defect
    ORDER BY level.sku_id
"""


def ledger_differences(chunk: int = CHUNK) -> Iterator[Difference]:
    """Where Σ movements ≠ level, by SKU; some hundred SKUs a query."""
    last = 0
    while rows := _sums(last, chunk):
        last = rows[-1][0]
        for sku_id, *amounts in rows:
            for what, level, told in zip(Amount, amounts[:3], amounts[3:], strict=True):
                if level != told:
                    yield Difference(sku_id, what, level, int(told))


def _sums(after: int, size: int) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [after, size])
        rows: list[tuple[int, ...]] = cursor.fetchall()
    return rows
