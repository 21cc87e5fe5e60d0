"""Parcels in trouble: found, claimed, settled (SOP 1.4′, 6.a)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.urls import reverse

from core.acts import Actor, lock
from core.masking import scrub
from core.models import Act
from core.verdict import Say
from orders.models import Order
from orders.services.acting import order_act
from staff.roles import Role
from staff.services.tell import tell
from warehouse import following as policy
from warehouse.models import Tracking, Trouble
from warehouse.words import TroubleKind, TroubleOutcome

# Of these the buyer has to hear before the carrier sends the parcel back (SOP 1.4′.a, 1.4′.b).
HURRY = frozenset(
    {TroubleKind.REFUSED, TroubleKind.UNREACHED, TroubleKind.ADDRESS, TroubleKind.LOCKER}
)


def found_trouble(row: Tracking, kind: TroubleKind | None, now: datetime) -> None:
    """What is wrong with a parcel that is locked; the worklist follows it. Inside a transaction.

    One row for each parcel: another trouble changes it, none ends it. What a person settled comes
    again only with another trouble.
    """
    known = str(row.trouble)
    row.trouble = kind.value if kind else ""
    if row.trouble == known:
        return
    if kind is None:
        settle_by_itself(row, "快递又有新轨迹", now)
        return
    open_ = Trouble.objects.filter(tracking=row, done_at__isnull=True).first()
    one = open_ or Trouble(tracking=row, order_id=row.order_id, opened_at=now)
    keeps = _end_of(row)
    one.kind, one.keeps_until = kind.value, row.keeps_until
    one.due_at = policy.due(kind, now, keeps)
    one.save()
    if kind in HURRY:
        _tell(row, kind, now)


def _end_of(row: Tracking) -> datetime | None:
    """The carrier's last day ends with its start: the evening is too late to call."""
    if row.keeps_until is None or row.last_at is None:
        return None
    days = (row.keeps_until - row.last_at.date()).days
    return row.last_at + timedelta(days=max(days - 1, 0))


def _tell(row: Tracking, kind: TroubleKind, now: datetime) -> None:
    """Service hears of it: once an hour for each kind, however many parcels there are."""
    keeps = f"，快递保管到 {row.keeps_until:%m-%d}" if row.keeps_until else ""
    for role in (Role.AGENT, Role.AFTERSALES):
        tell(
            f"有包裹{kind.label}{keeps}：请尽快联系买家（{row.order.order_no}，还有的看异常件）。",
            role=role,
            url=f"{reverse('troubles')}?kind={kind.value}",
            key=f"trouble:{kind.value}:{now:%Y%m%d%H}:{role.value}",
        )


def settle_by_itself(row: Tracking, why: str, now: datetime) -> None:
    """It went on: nobody need do anything."""
    for one in Trouble.objects.filter(tracking=row, done_at__isnull=True):
        one.settle("", why, now, "系统")
        one.save()


def claim_trouble(
    order: Order,
    trouble: Trouble,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Say that one looks after it. Raises Refused, Repeated."""
    with order_act("claim_trouble", order, by=by, token=token, now=now) as (_, log):
        row = lock(trouble)
        policy.may_claim(row.claimed_name, row.done_name, by.name).require()
        row.claimed_by_id, row.claimed_name = by.user_id, by.name
        log.noted(f"认领异常件：{row.get_kind_display()}", clause="1.4′.a")
    return log.act


def settle_trouble(
    order: Order,
    trouble: Trouble,
    outcome: TroubleOutcome,
    said: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Say how it was settled (SOP 1.4′.a). Raises Refused, Repeated."""
    with order_act("settle_trouble", order, by=by, token=token, now=now) as (_, log):
        row = lock(trouble)
        policy.may_settle(row.done_name).require()
        row.settle(outcome.value, scrub(said), now, by.name)
        text = f"异常件处理完：{row.get_kind_display()}，{outcome.label}"
        log.noted(text, clause="1.4′.a", reason=said)
        log.tell(Say(f"trouble.{outcome.value}") if outcome in _TOLD else None)
    return log.act


_TOLD = frozenset(
    {
        TroubleOutcome.WILL_TAKE,
        TroubleOutcome.REDIRECT,
        TroubleOutcome.MESSAGE_LEFT,
        TroubleOutcome.COMES_BACK,
        TroubleOutcome.LOST,
    }
)
