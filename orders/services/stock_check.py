"""The nightly check of the stock: the owner is told of what differs (SOP 5.b)."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

import structlog
from django.utils.timezone import localdate

from core import tally
from orders.selectors.stock_check import differences, said
from staff.roles import Role
from staff.services.tell import tell

logger = structlog.stdlib.get_logger("gendan.stock")
MOST = 100  # told one by one


def check_stock(now: datetime) -> int:
    """Tell the owner, once a day, when stock and ledger differ; says in how many places."""
    found = list(islice(differences(), MOST))
    for each in found:
        logger.error(
            "stock_differs",
            sku=each.sku_id,
            what=each.what.value,
            level=each.level,
            told=each.told,
        )
        tally.count("gendan_stock_differences_total", what=each.what.value)
    if found:
        tell(
            f"库存对不上 {len(found)} 处，例如 {said(found[0])}。请看 manage.py check_stock。",
            role=Role.OWNER,
            key=f"stock-differs:{localdate(now)}",
        )
    return len(found)
