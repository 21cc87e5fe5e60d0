"""The list of transfers that finance makes at the bank (SOP 1.5, 1.3.e)."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Sequence
from datetime import datetime

from core.acts import Actor, Change, Log, act_on, lock
from core.models import Act
from core.tables.rejected import safe
from orders.models import Order
from orders.services.acting import order_act
from refunds.models import Refund
from refunds.payees import Payee, may_enter_payee, needs_payee
from refunds.services.withdraw import facts_of

HEADER = (
    *("退款单号", "订单号", "店铺", "金额", "收款人", "收款账号", "开户行"),
    *("付款账号", "付款方式", "附言", "流水号"),
)


def enter_payee(
    order: Order,
    refund: Refund,
    payee: Payee,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """The buyer said where the money shall go. Raises Refused, Conflict, Repeated."""
    with order_act("enter_payee", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row = lock(refund)
        may_enter_payee(facts_of(row, order)).require()
        pay_to(row, payee, log)
        log.noted(f"登记退款 {row.number} 的收款账户", clause="1.5")
    return log.act


def pay_to(row: Refund, payee: Payee | None, log: Log) -> None:
    """Inside an act: where the transfer goes from now on. Raises Refused where nobody knows."""
    if missing := needs_payee(bool(row.payee_account), payee):
        missing.require()
    if payee is not None:
        before = row.payee_masked
        row.pay_to(payee)
        log.changed([Change(f"退款 {row.number} 的收款账户", before, row.payee_masked)])


def export_transfers(rows: Sequence[Refund], *, by: Actor, now: datetime) -> bytes:
    """CSV with payees and paying accounts, which are personal: who took it out is kept.

    No cell is a formula, no long number is rounded.
    """
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
        row.payee,
        row.payee_account,
        row.payee_bank,
        row.trade.account,
        row.trade.get_gateway_display(),
        row.number,
        row.transfer_no,
    )
