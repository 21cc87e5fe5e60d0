"""A bill is compared with our books: its rows first, then what it does not list (SOP 6.d).

In batches, each one transaction with its place, so that a worker may die anywhere. Done again it
finds the same.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor, act_on
from core.models import Act, Job, JobState
from core.work import checkpoint, hint, works
from refunds import reconciling
from refunds.models import Bill, BillRow, Difference, Refund
from refunds.selectors.accounts import shops_of
from refunds.selectors.books import (
    COMPARED,
    Books,
    books_of,
    days_read,
    foreign,
    known_of,
    listed_in,
    not_listed,
    number_of,
    of_the_day,
    unnamed,
)
from refunds.services.reconcile.settling import AGAIN, Found, explain, find_all
from refunds.words import BillWhat, DifferenceKind, DifferenceState, There
from staff.roles import Role
from staff.services.tell import tell

COMPARE = "compare_bill"
BATCH = 1000
K, W = DifferenceKind, BillWhat


def compare_later(bill: Bill, *, by: Any, now: datetime) -> Job:
    """Enqueue the comparison, inside a transaction."""
    job = Job(kind=COMPARE, by=by, title=str(bill), params={"bill": bill.pk}, not_before=now)
    job.save(force_insert=True)
    bill.job = job
    bill.save(update_fields=["job"])
    transaction.on_commit(hint)
    return job


def compare_bill(
    bill: Bill, *, by: Actor, user: Any, now: datetime, token: uuid.UUID | None = None
) -> Act:
    """A person has looked at what was read, and has it compared. Raises Repeated."""
    none: list[Bill] = []
    with act_on("compare_bill", none, by=by, token=token, now=now, clause="6.d") as (_, log):
        log.about(bill)
        row = Bill.objects.select_for_update().get(pk=bill.pk)
        if row.read_at and not (row.job and row.job.open):
            compare_later(row, by=user, now=now)
        log.noted(f"开始对账 {bill}")
    return log.act


def ended(job: Job) -> None:
    """Finance hears of what differs; whoever asked, that it is done."""
    bill = Bill.objects.get(pk=job.params["bill"])
    if job.state != JobState.DONE:
        return
    url, left = reverse("bill", args=[bill.pk]), int(job.result.get("found", 0))
    text = f"{bill} 对完：{bill.matched} 笔对上，新的差异 {left} 条。"
    if job.by_id is not None:
        tell(text, to=job.by_id, url=url, key=f"bill:{job.pk}")
    elif left:
        tell(text, role=Role.FINANCE, url=url, key=f"bill:{job.pk}")


@works(COMPARE, ended)
def work(job: Job, late: Callable[[], bool]) -> bool:
    """Rows, what is not listed, what is explained: each to its end, a batch at a time."""
    bill = Bill.objects.get(pk=job.params["bill"])
    job.total = bill.rows
    at = job.cursor or {"step": 0, "last": 0}
    job.result = job.result or {"matched": 0, "found": 0}
    while at["step"] < len(STEPS):
        now = timezone.now()
        with transaction.atomic():
            last = STEPS[at["step"]](bill, job, at["last"], now)
            at = {"step": at["step"], "last": last} if last else {"step": at["step"] + 1, "last": 0}
            job.cursor = at
            checkpoint(job, now)
        if late():
            return False
    bill.matched, bill.compared_at = job.result["matched"], timezone.now()
    bill.save(update_fields=["matched", "compared_at"])
    return True


# -- each step: does a batch, says where it ended, or 0 at its end -------------------------------


def _rows(bill: Bill, job: Job, last: int, now: datetime) -> int:
    """Each row against what we know under its number."""
    rows = list(bill.entries.filter(pk__gt=last).order_by("pk")[:BATCH])
    if not rows:
        return 0
    _name(bill, [row for row in rows if row.what == W.REFUND and not row.key])
    books = books_of(bill.gateway, [row for row in rows if row.what in COMPARED])
    twice = _twice(bill, rows)
    found = [one for row in rows if (one := _judged(row, books, twice))]
    differing = {one.line for one in found}
    job.result["matched"] += sum(row.what in COMPARED and row.line not in differing for row in rows)
    job.result["found"] += find_all(bill, found, now=now)
    job.done += len(rows)
    return rows[-1].pk


def _name(bill: Bill, rows: Sequence[BillRow]) -> None:
    """Where the bill does not name our refund, it is the next of this trade and amount."""
    if not rows:
        return
    numbers = unnamed(bill.gateway, rows)
    every = [number for some in numbers.values() for number in some]
    used = {one.key for one in listed_in(bill, every) if one.what == W.REFUND}
    for row in rows:
        free = [one for one in numbers.get((row.trade, row.amount), []) if one not in used]
        row.key = free[0] if free else f"?{row.at:%m%d%H%M%S}:{row.amount}:{row.trade}"[:64]
        used.add(row.key)
    BillRow.objects.bulk_update(rows, ["key"])


def _twice(bill: Bill, rows: Iterable[BillRow]) -> Counter[tuple[str, ...]]:
    """What stands in the bill more than once."""
    keys = {row.key for row in rows if row.what in COMPARED}
    counted = Counter((one.what, one.key, one.trade) for one in listed_in(bill, keys))
    return Counter({one: n for one, n in counted.items() if n > 1})


def _judged(row: BillRow, books: Books, twice: Counter[tuple[str, ...]]) -> Found | None:
    """The row's difference; None: it matches, or is not to be compared."""
    what = BillWhat(row.what)
    base: dict[str, Any] = {
        "what": what,
        "key": row.key,
        "trade": row.trade,
        "there": row.amount,
        "stands": There(row.there),
        "line": row.line,
    }
    if what in (W.UNKNOWN, W.UNREAD):
        word = f"类型“{row.label}”" if what is W.UNKNOWN else row.label
        return Found(K.UNREAD, label=f"第 {row.line} 行：{word}", **base)
    if what is W.ASIDE:
        return None
    known = known_of(books, row)
    base["key"] = row.key if known else foreign(row)
    kind = reconciling.judge(row.amount, There(row.there), known.ours if known else None)
    label = _told(row)
    if n := twice.get((row.what, row.key, row.trade)):
        kind, label = K.TWICE, f"账单里列了 {n} 次"
    if kind is None:
        return None
    order, shop = books.orders.get(row.trade, (None, None))
    if known:
        base |= {"here": known.ours.amount, "refund": known.refund}
        order, shop = known.order or order, known.shop or shop
        if kind is K.AMOUNT:
            more = row.amount - known.ours.amount
            label = f"{label}，比我们{'多' if more > 0 else '少'} {abs(more):.2f} 元"
        elif known.ours.state:
            label = f"{label}，我们是{known.ours.state.label}"
    return Found(kind, label=label, order=order, shop=shop, **base)


def _told(row: BillRow) -> str:
    """What the gateway says of it."""
    at = f"{timezone.localtime(row.at):%m-%d %H:%M} " if row.at else ""
    number = row.key if row.what == W.REFUND and not row.key.startswith("?") else ""
    return f"渠道 {at}{row.label}{f'，退款号 {number}' if number else ''}"


def _not_listed(what: BillWhat) -> Callable[[Bill, Job, int, datetime], int]:
    """What we have of the day, and no bill of the account lists."""

    def step(bill: Bill, job: Job, last: int, now: datetime) -> int:
        if what not in bill.covers:
            return 0
        span = reconciling.span(bill.day, days_read(bill, what))
        day = of_the_day(bill, what, shops_of(bill.gateway, bill.account, bill.shop), *span)
        rows = list(day.filter(pk__gt=last).order_by("pk")[:BATCH])
        missing = not_listed(bill, what, rows)
        if what is W.PAYMENT:
            _name_orders(bill, missing)
        job.result["found"] += find_all(bill, [_found(bill, row) for row in missing], now=now)
        return int(rows[-1].pk) if rows else 0

    return step


def _name_orders(bill: Bill, trades: Iterable[Any]) -> None:
    books = books_of(bill.gateway, [BillRow(trade=trade.number) for trade in trades])
    for trade in trades:
        trade.of = books.orders.get(trade.number, (None, None))


def _found(bill: Bill, row: Any) -> Found:
    if isinstance(row, Refund):
        return Found(
            K.MISSING_THERE,
            W.REFUND,
            row.number,
            row.trade.number,
            f"我们 {timezone.localtime(row.ended_at):%m-%d %H:%M} 记为已退款",
            here=row.amount,
            shop=row.shop_id,
            order=row.order_id,
            refund=row.pk,
        )
    at = timezone.localtime(row.paid_at)
    order, shop = row.of
    label = f"我们 {at:%m-%d %H:%M} 记为已收款"
    return Found(
        K.MISSING_THERE,
        W.PAYMENT,
        row.number,
        row.number,
        label,
        here=row.paid,
        shop=shop,
        order=order,
    )


def _explained(bill: Bill, job: Job, last: int, now: datetime) -> int:
    """Open differences of the account that this bill lists after all."""
    rows = Difference.objects.filter(
        gateway=bill.gateway,
        account=bill.account,
        kind=K.MISSING_THERE.value,
        state=DifferenceState.OPEN.value,
        pk__gt=last,
    )
    part = list(rows.order_by("pk")[:BATCH])
    lines = {(one.what, one.key): one for one in listed_in(bill, [row.key for row in part])}
    for row in part:
        if found := lines.get((row.what, row.key)):
            explain(row, f"{bill} 第 {found.line} 行列出了它，{found.amount} 元", now=now)
    return part[-1].pk if part else 0


STEPS: tuple[Callable[[Bill, Job, int, datetime], int], ...] = (
    _rows,
    _not_listed(W.REFUND),
    _not_listed(W.PAYMENT),
    _explained,
)


# -- what we learnt since ------------------------------------------------------------------------


def look_again(now: datetime) -> int:
    """Open differences that were not looked at for an hour: does what we know now explain them?

    One batch, oldest look first.
    """
    due = Difference.objects.filter(state=DifferenceState.OPEN.value, look_at__lte=now).order_by(
        "look_at", "pk"
    )
    with transaction.atomic():
        rows = list(due.select_related("bill")[:200])
        for gateway in {row.gateway for row in rows}:
            some = [row for row in rows if row.gateway == gateway]
            books = books_of(gateway, [row for row in some if row.what in COMPARED])
            for row in some:
                _look(row, books, now)
        Difference.objects.filter(pk__in=[row.pk for row in rows]).update(look_at=now + AGAIN)
    return len(rows)


def _look(row: Difference, books: Books, now: datetime) -> None:
    known = known_of(books, row)
    if row.kind == K.MISSING_THERE:
        gone = row.what == W.REFUND and known and known.ours.by_transfer
        if known is None or gone:
            explain(row, "我们这边已经改了，渠道不该有这一笔", now=now)
        return
    if row.kind not in (K.MISSING_HERE, K.AMOUNT, K.STATE) or row.there is None:
        return
    kind = reconciling.judge(row.there, There(row.stands), known.ours if known else None)
    if kind is None:
        explain(row, "我们这边补上了，两边一致", now=now)
    elif kind != row.kind and row.bill:
        _other_kind(row, row.bill, kind, known, now)


def _other_kind(
    row: Difference, bill: Bill, kind: DifferenceKind, known: Any, now: datetime
) -> None:
    found = Found(
        kind,
        BillWhat(row.what),
        number_of(row) if known else row.key,
        row.trade,
        row.label,
        here=known.ours.amount if known else None,
        there=row.there,
        stands=There(row.stands),
        shop=(known.shop if known else None) or row.shop_id,
        order=(known.order if known else None) or row.order_id,
        refund=known.refund if known else None,
        line=row.line,
    )
    find_all(bill, [found], now=now)
    explain(row, f"现在是另一种差异：{kind.label}", now=now)


# -- after some weeks ----------------------------------------------------------------------------

KEPT = timedelta(days=60)


def forget_rows(now: datetime) -> int:
    """Rows of bills that came long ago; the bills and their differences stay."""
    old = BillRow.objects.filter(bill__made_at__lt=now - KEPT).values_list("pk", flat=True)
    return BillRow.objects.filter(pk__in=list(old[:5000])).delete()[0]
