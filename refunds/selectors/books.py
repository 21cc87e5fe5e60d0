"""What our books know under the numbers of a bill's rows; a fixed number of queries (SOP 6.d)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from core.bulk import find
from orders.models import Payment, Trade
from orders.words import Gateway
from refunds.models import Bill, BillRow, Difference, Refund
from refunds.paying import Way
from refunds.reconciling import Ours
from refunds.words import BillWhat, RefundState

PAID_BY = {Way.ALIPAY.value: Gateway.ALIPAY.value, Way.WECHATPAY.value: Gateway.WECHAT.value}


@dataclass(frozen=True, slots=True)
class Known:
    """One of ours, with the rows that it belongs to."""

    ours: Ours
    order: int | None = None
    shop: int | None = None
    refund: int | None = None
    trade: str = ""


@dataclass(frozen=True, slots=True)
class Books:
    """By what a row is and its key; `orders`: of a trade, the order and shop that it paid."""

    known: dict[tuple[str, str], Known]
    orders: dict[str, tuple[int, int]]


# Of a refund; all of it costs more than the rest of the comparison.
_READ = (
    *("number", "amount", "state", "transfer_no", "order", "shop"),
    *("trade__number", "trade__gateway"),
)


def books_of(gateway: str, rows: Iterable[BillRow | Difference]) -> Books:
    """Three queries, however many rows."""
    rows = list(rows)
    trades = {row.trade for row in rows if row.trade}
    paid = Trade.objects.filter(gateway=PAID_BY[gateway], number__in=trades)
    orders = _orders(gateway, trades)
    known = {
        (BillWhat.PAYMENT.value, number): Known(Ours(yuan), *orders.get(number, (None, None)))
        for number, yuan in paid.values_list("number", "paid")
    }
    numbers = {number_of(row) for row in rows if row.what == BillWhat.REFUND}
    for refund in Refund.objects.filter(number__in=numbers).select_related("trade").only(*_READ):
        if refund.trade.gateway == PAID_BY[gateway]:
            known[BillWhat.REFUND.value, refund.number] = _known(refund)
    return Books(known, orders)


def number_of(row: BillRow | Difference) -> str:
    """What a row or difference is looked up by here; see `foreign`."""
    return row.key.removesuffix(f"@{row.trade}")


def foreign(row: BillRow) -> str:
    """The key of a refund that is not ours: its number is known to be its own in its trade only."""
    return f"{row.key}@{row.trade}" if row.what == BillWhat.REFUND else row.key


def known_of(books: Books, row: BillRow | Difference) -> Known | None:
    """What we have under a row's number; a refund of another trade is not it."""
    found = books.known.get((row.what, number_of(row)))
    return found if found and found.trade in ("", row.trade) else None


def _known(refund: Refund) -> Known:
    transfer = bool(refund.transfer_no)
    ours = Ours(refund.amount, RefundState(refund.state), transfer)
    return Known(ours, refund.order_id, refund.shop_id, refund.pk, refund.trade.number)


def _orders(gateway: str, trades: Collection[str]) -> dict[str, tuple[int, int]]:
    shares = Payment.objects.filter(
        trade__gateway=PAID_BY[gateway], trade__number__in=trades, reversed=False
    )
    found = shares.order_by("-id").values_list("trade__number", "order_id", "order__shop_id")
    return {number: (order, shop) for number, order, shop in found}


def unnamed(gateway: str, rows: Sequence[BillRow]) -> dict[tuple[str, Decimal], list[str]]:
    """Refunds by trade and amount, for a bill that does not name ours (支付宝账务明细)."""
    trades = {row.trade for row in rows}
    refunds = Refund.objects.filter(
        trade__gateway=PAID_BY[gateway], trade__number__in=trades, applies=False
    ).exclude(state__in=[RefundState.REJECTED.value, RefundState.WITHDRAWN.value])
    found: dict[tuple[str, Decimal], list[str]] = {}
    for trade, yuan, number in refunds.order_by("id").values_list(
        "trade__number", "amount", "number"
    ):
        found.setdefault((trade, yuan), []).append(number)
    return found


class Listed(NamedTuple):
    """A row of a bill, as far as a comparison asks for it."""

    what: str
    key: str
    trade: str
    line: int
    amount: Decimal


COMPARED = (BillWhat.PAYMENT.value, BillWhat.REFUND.value)


def listed_in(bill: Bill, keys: Iterable[str]) -> list[Listed]:
    """The compared rows of a bill under these numbers.

    They are asked for by number alone: of what has just been brought the database has counted
    nothing, and would read the whole bill for each batch if it could.
    """
    asked = ("bill_id", "what", "key", "trade", "line", "amount")
    rows = find(BillRow, "key", sorted(set(keys)), *asked)
    return [Listed(what, *more) for of, what, *more in rows if of == bill.pk and what in COMPARED]


def not_listed(bill: Bill, what: BillWhat, rows: Sequence[Trade | Refund]) -> list[Any]:
    """Of these those that no bill of the account lists; by number alone, too."""
    wanted = (what.value, bill.gateway, bill.account)
    found = find(BillRow, "key", [r.number for r in rows], "key", "what", "gateway", "account")
    there = {key for key, *of in found if tuple(of) == wanted}
    return [row for row in rows if row.number not in there]


def of_the_day(
    bill: Bill, what: BillWhat, shops: Sequence[int], since: datetime, until: datetime
) -> QuerySet[Any]:
    """What the bill's day should have."""
    if what is BillWhat.REFUND:
        refunds = Refund.objects.filter(
            state=RefundState.SUCCEEDED.value,
            ended_at__gte=since,
            ended_at__lt=until,
            trade__gateway=PAID_BY[bill.gateway],
            shop__in=shops,
            applies=False,
            transfer_no="",
        )
        return refunds.select_related("trade").only(*_READ, "ended_at")
    share = Payment.objects.filter(
        trade=OuterRef("pk"), order__shop__in=shops, reversed=False, amount__gt=0
    )
    return Trade.objects.filter(
        Exists(share), gateway=PAID_BY[bill.gateway], paid_at__gte=since, paid_at__lt=until
    )


def days_read(bill: Bill, what: BillWhat) -> set[date]:
    """Of its day and the neighbours those whose bills list all of this."""
    near = [bill.day + timedelta(days=n) for n in (-1, 0, 1)]
    rows = Bill.objects.filter(
        gateway=bill.gateway, account=bill.account, day__in=near, read_at__isnull=False
    )
    return {row.day for row in rows if what in row.covers}
