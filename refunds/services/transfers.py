"""The list of transfers that finance makes at the bank (SOP 1.5, 1.3.e)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from core.acts import Actor, act_on
from core.tables.rejected import safe
from refunds.models import Refund

HEADER = ("退款单号", "订单号", "店铺", "金额", "付款账号", "收款方式", "附言", "流水号")


def export_transfers(rows: Sequence[Refund], *, by: Actor, now: datetime) -> bytes:
    """CSV with the paying accounts, which are personal: who took it out is kept. No formulas."""
    none: list[Refund] = []
    with act_on("export_transfers", none, by=by, now=now, clause="1.5") as (_, log):
        log.noted(f"导出要转账的 {len(rows)} 笔")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows([safe(cell) for cell in _cells(row)] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cells(row: Refund) -> Sequence[str]:
    return (
        row.number,
        row.order.order_no,
        row.shop.name,
        f"{row.amount:.2f}",
        row.trade.account,
        row.trade.get_gateway_display(),
        row.number,
        row.transfer_no,
    )
