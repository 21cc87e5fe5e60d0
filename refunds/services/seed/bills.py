"""The demo's reconciliation: yesterday's bill of Alipay, and where it differs (SOP 6.d)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from core.models import Job
from core.workdays import CHINA
from orders.models import Order
from orders.services.pay import Paid, mark_paid
from orders.services.seed.demo.stage import PLATFORM, Stage, enter
from orders.words import Gateway, OrderState
from refunds.models import Bill, BillRow, Difference
from refunds.reconciling import midnight
from refunds.selectors.accounts import account_of
from refunds.services.reconcile.comparing import COMPARE, STEPS
from refunds.services.reconcile.reading import told_of
from refunds.services.reconcile.settling import close_difference
from refunds.words import BillWhat, There

W = BillWhat
NOON = timedelta(hours=12)


def play(stage: Stage) -> None:
    """Six orders were paid by Alipay; the bill knows five of them, and some more."""
    today = midnight(stage.now.astimezone(CHINA).date())
    at = today - timedelta(days=1) + NOON
    orders = [_paid(stage, at + timedelta(minutes=7 * n), n) for n in range(6)]
    shop = orders[0].shop
    bill = Bill.objects.create(
        gateway="alipay",
        account=account_of(shop, "alipay"),
        shop=shop,
        day=at.date(),
        layout="alipay_trade",
        digest="demo",
        title=f"20880211096256330156_{at:%Y%m%d}_业务明细.csv",
        by=stage.people["finance"],
        made_at=min(today + timedelta(hours=10, minutes=20), stage.now),
    )
    _fill(bill, orders, at)
    _compare(bill, stage.now)
    _close_one(stage)


def _paid(stage: Stage, at: datetime, number: int) -> Order:
    order = enter(stage, "tel", at - timedelta(minutes=20), OrderState.UNPAID)
    paid = Paid(_trade(at, number), order.due, Gateway.ALIPAY)
    mark_paid(order, paid, by=PLATFORM, now=at)
    return order


def _trade(at: datetime, number: int) -> str:
    return f"{at:%Y%m%d}2200144670{number:010d}"


def _fill(bill: Bill, orders: list[Order], at: datetime) -> None:
    due = [order.due for order in orders]
    rows = [
        _row(bill, n + 6, W.PAYMENT, _trade(at + timedelta(minutes=7 * n), n), due[n], at)
        for n in range(5)
    ]
    rows[4].amount -= Decimal("5.00")
    rows.append(_row(bill, 11, W.PAYMENT, _trade(at, 71), Decimal("36.00"), at))
    rows.append(_row(bill, 12, W.PAYMENT, _trade(at, 72), Decimal("128.00"), at))
    back = _row(bill, 13, W.REFUND, _trade(at, 0), Decimal("20.00"), at)
    back.key, back.label = "HJZFRMB01", "退款"
    odd = _row(bill, 14, W.UNKNOWN, _trade(at, 73), Decimal("9.90"), at)
    odd.label = "当面付预授权"
    BillRow.objects.bulk_create([*rows, back, odd])
    bill.rows, bill.told, bill.read_at = len(rows) + 2, told_of(bill), bill.made_at
    bill.save()


def _row(bill: Bill, line: int, what: BillWhat, trade: str, yuan: Decimal, at: datetime) -> BillRow:
    about = {"gateway": bill.gateway, "account": bill.account, "there": There.DONE.value}
    return BillRow(
        **about,
        bill=bill,
        line=line,
        what=what.value,
        key=trade,
        trade=trade,
        amount=yuan,
        at=at,
        label="交易",
    )


def _compare(bill: Bill, now: datetime) -> None:
    """The steps of the job, one batch each: the bill is a short one."""
    job = Job(kind=COMPARE, result={"matched": 0, "found": 0})
    for step in STEPS:
        step(bill, job, 0, now)
    bill.matched, bill.compared_at = job.result["matched"], now
    bill.save()


def _close_one(stage: Stage) -> None:
    row = Difference.objects.filter(trade__endswith="71").first()
    if row:
        why = "门店扫码收的样品款，不走系统，已核对收据"
        close_difference(row, why, by=stage.by("finance"), now=stage.now)
