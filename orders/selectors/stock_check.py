"""Do stock levels, their movements and what orders reserve agree? (SOP 5.b)"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from stock.models import Sku
from stock.selectors.ledger import Difference, ledger_differences
from stock.words import Amount

# One statement sees one moment.
_KEPT = """
    SELECT level.sku_id, level.reserved, coalesce(line.kept, 0)
    FROM stock_stocklevel AS level
    LEFT JOIN (
        SELECT sku_id, sum(reserved) AS kept FROM orders_orderline
        WHERE reserved > 0 GROUP BY sku_id
    ) AS line ON line.sku_id = level.sku_id
    WHERE level.reserved <> coalesce(line.kept, 0)
    ORDER BY level.sku_id
"""


def differences() -> Iterator[Difference]:
    """Each SKU where they do not agree."""
    yield from ledger_differences()
    with connection.cursor() as cursor:
        cursor.execute(_KEPT)
        for sku_id, level, kept in cursor.fetchall():
            yield Difference(sku_id, Amount.RESERVED, level, int(kept), "订单")


def said(difference: Difference) -> str:
    """A1023-01-L 在库：库存 12，流水 11."""
    code = Sku.objects.values_list("code", flat=True).get(pk=difference.sku_id)
    what = difference.what.label
    return f"{code} {what}：库存 {difference.level}，{difference.by} {difference.told}"
