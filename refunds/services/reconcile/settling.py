"""Differences: found once, closed with a reason or explained by what came later (SOP 6.d)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.acts import TIMER, Actor, Change, act, act_on
from core.bulk import insert, next_ids
from core.masking import scrub
from core.models import Act
from refunds import reconciling
from refunds.models import Bill, Difference
from refunds.words import BillWhat, DifferenceKind, DifferenceState, There

WAITED = "账单还没有取到。"
AGAIN = timedelta(hours=1)  # so long until it is looked at once more
OPEN, CLOSED = DifferenceState.OPEN, DifferenceState.CLOSED


@dataclass(frozen=True, slots=True)
class Found:
    """A difference as it is seen now; yuan. `about`: order, refund, line and the like."""

    kind: DifferenceKind
    what: BillWhat
    key: str
    trade: str = ""
    label: str = ""
    here: Decimal | None = None
    there: Decimal | None = None
    stands: There = There.DONE
    shop: int | None = None
    order: int | None = None
    refund: int | None = None
    line: int | None = None


def find_all(bill: Bill, found: Sequence[Found], *, now: datetime) -> int:
    """Write down those that are new; one that was closed and looks otherwise now is reopened."""
    if not found:
        return 0
    keys = [one.key for one in found]
    rows = Difference.objects.filter(gateway=bill.gateway, account=bill.account, key__in=keys)
    known = {(row.what, row.key, row.kind): row for row in rows}
    new = {_id(one): one for one in found if _id(one) not in known}
    for one in found:
        row = known.get(_id(one))
        if row is not None and row.state == CLOSED and _looks_otherwise(row, one):
            _reopen_found(row, one, now)
    _write(bill, list(new.values()), now)
    return len(new)


def _id(one: Found) -> tuple[str, str, str]:
    return one.what.value, one.key, one.kind.value


def _looks_otherwise(row: Difference, one: Found) -> bool:
    """What a person closed stays closed while nothing changed; what went by itself is back."""
    return row.by_itself or (row.here, row.there) != (one.here, one.there)


def _reopen_found(row: Difference, one: Found, now: datetime) -> None:
    with act("find_difference", row, by=TIMER, now=now, clause="6.d") as (row, log):
        if row.state != CLOSED:
            return
        before = f"{row.here} / {row.there}"
        row.reopen()
        row.here, row.there, row.look_at = one.here, one.there, now + AGAIN
        log.changed([Change("我们 / 渠道", before, f"{row.here} / {row.there}")])
        log.noted("再次对账又出现，重新打开", reason=one.label)


def _write(bill: Bill, found: Sequence[Found], now: datetime) -> None:
    if not found:
        return
    none: list[Difference] = []
    with act_on("find_difference", none, by=TIMER, now=now, clause="6.d") as (_, log):
        rows = [
            Difference(
                id=key,
                gateway=bill.gateway,
                account=bill.account,
                shop_id=one.shop or bill.shop_id,
                day=bill.day,
                kind=one.kind.value,
                what=one.what.value,
                key=one.key,
                trade=one.trade,
                label=one.label[:200],
                stands=one.stands.value,
                here=one.here,
                there=one.there,
                order_id=one.order,
                refund_id=one.refund,
                bill_id=bill.pk,
                line=one.line,
                found_at=now,
                look_at=now + AGAIN,
            )
            for key, one in zip(next_ids(Difference, len(found)), found, strict=True)
        ]
        insert(Difference, rows)
        log.noted(f"{bill} 有 {len(rows)} 条差异")


def bill_came(bill: Bill, *, now: datetime) -> None:
    """The day's bill is here after all."""
    waiting = Difference.objects.filter(
        gateway=bill.gateway,
        account=bill.account,
        what=BillWhat.BILL.value,
        key=str(bill.day),
        state=OPEN,
    )
    for row in waiting:
        explain(row, f"账单来了：{bill.title}", now=now)


def no_bill(about: Mapping[str, Any], why: str, *, now: datetime) -> None:
    """A configured account whose bill of a day has not come: a line of the worklist.

    `about`: gateway, account, shop, day.
    """
    key = {"gateway": about["gateway"], "account": about["account"], "key": str(about["day"])}
    row = Difference.objects.filter(**key, what=BillWhat.BILL.value).first()
    if row is None:
        one = Found(DifferenceKind.NO_BILL, BillWhat.BILL, str(about["day"]), label=why)
        find_all(Bill(**about), [one], now=now)
    elif row.state == OPEN and why not in ("", WAITED, row.label):
        with act("find_difference", row, by=TIMER, now=now, clause="6.d") as (row, log):
            log.changed([Change("说明", row.label, why)])
            row.label = why[:200]
            log.noted("账单还是没有来")


def explain(row: Difference, why: str, *, now: datetime) -> None:
    """Close it by itself, and say why."""
    with act("explain_difference", row, by=TIMER, now=now, clause="6.d") as (row, log):
        if row.state != OPEN:
            return
        row.close(now, None, TIMER.name, why, by_itself=True)
        log.changed([Change("状态", OPEN.label, CLOSED.label)])
        log.noted("自己消掉了", reason=why)


def close_difference(
    row: Difference,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Say what it was and what was done about it. Raises Refused, Conflict, Repeated."""
    with act("close_difference", row, by=by, seen=seen, token=token, now=now, clause="6.d") as (
        row,
        log,
    ):
        reconciling.may_close(DifferenceState(row.state)).require()
        why = scrub(why)[:300]
        row.close(now, by.user_id, by.name, why, by_itself=False)
        log.changed([Change("状态", OPEN.label, CLOSED.label)])
        log.noted("关闭了这条差异", reason=why)
    return log.act


def reopen_difference(
    row: Difference,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """It is not settled after all. Raises Refused, Conflict, Repeated."""
    with act("reopen_difference", row, by=by, seen=seen, token=token, now=now, clause="6.d") as (
        row,
        log,
    ):
        reconciling.may_reopen(DifferenceState(row.state)).require()
        row.reopen()
        row.look_at = now + AGAIN
        log.changed([Change("状态", CLOSED.label, OPEN.label)])
        log.noted("重新打开了这条差异", reason=scrub(why)[:300])
    return log.act
