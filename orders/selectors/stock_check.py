"""Do stock levels, their movements and what orders reserve agree? (SOP 5.b)"""

from __future__ import annotations

from collections.abc import Iterator

from stock.models import Sku
from stock.selectors.ledger import Difference, ledger_differences


def differences() -> Iterator[Difference]:
    """Each SKU where they do not agree."""
    yield from ledger_differences()


def said(difference: Difference) -> str:
    """A1023-01-L 在库：库存 12，流水 11."""
    code = Sku.objects.values_list("code", flat=True).get(pk=difference.sku_id)
    what = difference.what.label
    return f"{code} {what}：库存 {difference.level}，{difference.by} {difference.told}"
