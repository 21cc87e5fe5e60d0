"""Which days of which accounts still want their bill; a timer asks for them (SOP 6.d)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction

from core.messages import Outgoing, send_all
from core.models import WAITING, OutboxMessage
from orders.models import Shop
from refunds import reconciling
from refunds.models import Bill
from refunds.selectors.accounts import GatewayAccount, account_of, configured
from refunds.services.reconcile.bring import folder_of, nothing_happened, remove_files, take_file
from refunds.services.reconcile.comparing import compare_later
from refunds.services.reconcile.settling import WAITED, bill_came, no_bill
from refunds.words import BillWhat

FETCH = "refunds.bill"


def ask_for_bills(now: datetime) -> int:
    """A message for each day whose bill should be here and is not; says for how many.

    From two in the afternoon on such a day is also a line of the worklist.
    """
    wanted = list(_wanted(now))
    lines = [_line(one, day) for one, day in wanted]
    waiting = OutboxMessage.objects.filter(line__in=lines, state__in=WAITING)
    busy = set(waiting.values_list("line", flat=True))
    outgoing = [
        Outgoing(
            FETCH,
            f"{_line(one, day)}:{now:%m%d%H}",
            {"gateway": one.gateway, "shop": one.shops[0].pk, "day": str(day)},
            line=_line(one, day),
        )
        for one, day in wanted
        if _line(one, day) not in busy
    ]
    with transaction.atomic():
        send_all(outgoing, now=now)
    for one, day in wanted:
        if reconciling.is_late(day, now):
            _note(one.shops[0], one.gateway, day, WAITED, now)
    return len(outgoing)


def _wanted(now: datetime) -> Iterator[tuple[GatewayAccount, date]]:
    for one in configured():
        days = reconciling.due_days(now, one.since)
        bills = Bill.objects.filter(gateway=one.gateway, account=one.number, day__in=days)
        read = [bill for bill in bills.select_related("job") if not bill.failed]
        here = {bill.day for bill in read if len(bill.covers) == len(BOTH)}
        yield from ((one, day) for day in days if day not in here)


BOTH = (BillWhat.PAYMENT, BillWhat.REFUND)


def _line(one: GatewayAccount, day: date) -> str:
    return f"{FETCH}:{one.gateway}:{one.number}:{day:%m%d}"[:64]


def take_fetched(shop: Shop, data: bytes, name: str, day: date, *, now: datetime) -> Bill:
    """A bill that was fetched: read and compared without anybody looking. Raises Unreadable."""
    key = uuid.uuid4()
    try:
        folder_of(key).mkdir(parents=True)
        (folder_of(key) / "bill").write_bytes(data)
        return take_file(shop, key, name, by=None, now=now, day=day, at_once=True)[0]
    except BaseException:
        remove_files(key)
        raise


def take_empty(shop: Shop, gateway: str, day: date, *, now: datetime) -> None:
    """The gateway says that nothing happened: our books are compared with that."""
    with transaction.atomic():
        bill = nothing_happened(shop, gateway, day, now=now)
        bill_came(bill, now=now)
        if bill.compared_at is None and not (bill.job and bill.job.open):
            compare_later(bill, by=None, now=now)


def say_why(shop: Shop, gateway: str, day: date, why: str, *, now: datetime, sure: bool) -> None:
    """There is no bill, and this is why. `sure`: it will not come by waiting."""
    if sure or reconciling.is_late(day, now):
        _note(shop, gateway, day, why, now)


def _note(shop: Shop, gateway: str, day: date, why: str, now: datetime) -> None:
    account = account_of(shop, gateway)
    about: dict[str, Any] = {"gateway": gateway, "account": account, "shop": shop, "day": day}
    no_bill(about, why, now=now)
