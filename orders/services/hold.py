"""Hold an order and lift a hold (architecture §4)."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from core.acts import TIMER, Actor, Change, act_on
from core.masking import scrub
from core.models import Act
from core.verdict import no
from orders import policy
from orders.models import Hold, Order
from orders.services.acting import order_act
from orders.services.review import pass_with
from orders.words import HoldKind, OrderState, Stop

# How it stands with the goods that a customer considers (SOP 1.3.d).
MISSING, CAME = "缺货", "货到了"


def hold_order(
    order: Order,
    kind: HoldKind,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    until: datetime | None = None,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Put a hold on an order by hand; one already released is taken back (SOP 1.3.d, 2.b).

    Raises Refused, Conflict, Repeated.
    """
    with order_act("hold", order, by=by, seen=seen, token=token, now=now) as (order, log):
        facts = order.facts()
        policy.may_hold(facts).require()
        if any(hold.kind is kind and hold.cause == "" for hold in facts.holds):
            no("2.b", f"已经有“{kind.label}”挂起了，不用再挂一次。").require()
        back = [Change("下发", "已下发仓库", "未下发")] if facts.released else []
        open_hold(order, kind, scrub(reason), by=by, now=now, until=until)
        log.changed([Change("挂起", "", kind.label), *back])
        log.noted(f"挂起：{kind.label}", clause="2.b", reason=reason)
    return log.act


def open_hold(
    order: Order,
    kind: HoldKind,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    cause: str = "",
    amount: Decimal | None = None,
    until: datetime | None = None,
    stop: Stop = Stop.NONE,
) -> Hold:
    """Open a hold inside a running act; a released order nobody has begun is taken back at once.

    The same (order, kind, cause) is held once: then the newer reason and amount count.
    `stop`: what the warehouse is asked; see `orders.services.intercept`.
    """
    if order.state == OrderState.PAID:
        order.released_at = None
        order.review_soon(now)
    known = Hold.objects.filter(order=order, kind=kind, cause=cause, state="open").first()
    hold = known or Hold(order=order, kind=kind, cause=cause, opened_at=now)
    hold.reason, hold.amount, hold.until = reason[:500], amount, until
    if kind in policy.CALLED and known is None:
        hold.call_at = until or now + policy.CALLED[kind]
    hold.by_id, hold.by_name, hold.worth = by.user_id, by.name, order.due
    if stop is not Stop.NONE:
        hold.stop = stop.value
    hold.save()
    return hold


def lift_hold(
    order: Order,
    hold: Hold,
    why: str,
    *,
    by: Actor,
    role: str,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Lift a hold by hand; who may depends on its kind. Raises Refused, Conflict, Repeated."""
    with order_act("lift_hold", order, by=by, seen=seen, token=token, now=now) as (order, log):
        hold = Hold.objects.get(pk=hold.pk, order=order)
        policy.may_lift(hold.fact(), role, is_open=hold.state == "open").require()
        _lift(hold, scrub(why), now)
        if hold.kind == HoldKind.REVIEW:
            pass_with(order, hold.cause, scrub(why), by, now)
        log.changed([Change("挂起", hold.get_kind_display(), "已解除")])
        log.noted(f"解除挂起：{hold.get_kind_display()}", clause="2.b", reason=why)
    return log.act


def _lift(hold: Hold, why: str, now: datetime) -> int:
    """What the warehouse has not answered by then, nobody waits for any more."""
    if hold.stop == Stop.ASKED:
        hold.stop = Stop.NONE.value
    hold.lift(now, why[:200])
    hold.save()
    return 1


def end_holds(order: Order, kind: HoldKind, why: str, now: datetime, cause: str | None = "") -> int:
    """End the open holds of a kind inside a running act; says how many there were.

    `cause` None: whatever the cause.
    """
    holds = Hold.objects.filter(order=order, kind=kind, state="open")
    if cause is not None:
        holds = holds.filter(cause=cause)
    ended = sum(_lift(hold, why, now) for hold in holds)
    if ended:
        order.review_soon(now)
    return ended


def raise_calls(order: Order, now: datetime) -> None:
    """The goods came for a customer who considers: called now, not sent by itself (1.3.d)."""
    for hold in _considered(order):
        hold.call_at = hold.came_at = now
        hold.reason = _stands(CAME, hold.reason)
        hold.save()


def goods_went(order: Order) -> None:
    """What had come for a customer who considers is lost again (1.3.d)."""
    for hold in _considered(order).exclude(came_at=None):
        hold.came_at, hold.reason = None, _stands(MISSING, hold.reason)
        hold.save()


def _considered(order: Order) -> QuerySet[Hold]:
    return Hold.objects.filter(order=order, kind=HoldKind.CUSTOMER.value, state="open")


def _stands(how: str, reason: str) -> str:
    """Why it is held, with how it stands with the goods in front, said once."""
    bare = reason.removeprefix(f"{MISSING}，").removeprefix(f"{CAME}，")
    return f"{how}，{bare}"[:500]


def lift_due_holds(now: datetime, limit: int = 500) -> int:
    """The timer lifts holds whose time has come; each moves once, whoever sweeps."""
    due = Hold.objects.filter(state="open", until__lte=now).order_by("until")
    lifted = 0
    for hold in due.select_related("order")[:limit]:
        with act_on("lift_hold", [hold.order], by=TIMER, now=now) as ((order,), log):
            fresh = Hold.objects.get(pk=hold.pk)
            if fresh.state == "open":
                _lift(fresh, "到了自动解除的时间", now)
                order.review_soon(now)
                lifted += 1
                log.changed([Change("挂起", fresh.get_kind_display(), "已解除")])
            log.noted("到时自动解除挂起", clause="2.b")
    return lifted
