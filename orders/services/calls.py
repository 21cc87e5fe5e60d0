"""The call list: buyers to be asked, attempts and their outcome (待联系, SOP 1.3.a, 2.b)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from core.acts import Actor, Change
from core.masking import scrub
from core.models import Act
from core.verdict import no
from orders import policy
from orders.models import Contact, Hold, Order
from orders.review import may_call
from orders.services.acting import order_act
from orders.services.claims import let_go
from orders.services.hold import open_hold
from orders.services.review import pass_with
from orders.words import HoldKind, HoldState


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt: by which way, whether somebody answered, what was said, what comes next.

    `again`: call again then; None: it is settled, the hold ends.
    """

    channel: str
    reached: bool
    said: str = ""
    again: datetime | None = None


def ask_buyer(
    order: Order,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    at: datetime | None = None,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Put a doubtful order into the call list (转待联系); it is held until somebody settled it.

    Raises Refused, Conflict, Repeated.
    """
    with order_act("ask_buyer", order, by=by, seen=seen, token=token, now=now) as (order, log):
        may_call(order.facts()).require()
        hold = open_hold(order, HoldKind.REVIEW, scrub(reason), by=by, now=now, cause=policy.CALL)
        hold.call_at = at or now
        hold.save()
        let_go(order, "review")
        log.changed([Change("待联系", "", "要问买家")])
        log.noted("转待联系", clause="2.b", reason=reason)
    return log.act


def record_call(
    order: Order,
    hold: Hold,
    call: Call,
    *,
    by: Actor,
    role: str,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Keep an attempt: reached or not, call again at, or settled, which lifts the hold (1.3.a).

    Raises Refused, Conflict, Repeated.
    """
    with order_act("contact", order, by=by, seen=seen, token=token, now=now) as (order, log):
        hold = Hold.objects.get(pk=hold.pk, order=order)
        if hold.state != HoldState.OPEN or hold.call_at is None:
            no("1.3.a", "这一条已经处理过了。", instead="回到待联系看下一位。").require()
        _keep(order, call, by, now)
        hold.call_at = call.again
        if call.again is None:
            _settle(order, hold, call, by, role, now)
            log.changed([Change("挂起", hold.get_kind_display(), "已解除")])
        hold.save()
        let_go(order, "call")
        log.noted(_said(call), clause="1.3.a", reason=call.said)
    return log.act


def call_no_more(order: Order) -> None:
    """The customer has decided: what is short is not called about again, inside an act (1.3.d)."""
    for hold in Hold.objects.filter(order=order, kind=HoldKind.STOCK_OUT.value, state="open"):
        hold.call_at = None
        hold.save()


def _keep(order: Order, call: Call, by: Actor, now: datetime) -> None:
    Contact.objects.create(
        order=order,
        channel=call.channel,
        reached=call.reached,
        call_again_at=call.again,
        said=scrub(call.said)[:500],
        about="contact",
        by_id=by.user_id,
        at=now,
    )


def _settle(order: Order, hold: Hold, call: Call, by: Actor, role: str, now: datetime) -> None:
    if not call.reached:
        no("1.3.a", "没有联系上，不能算处理好了。", instead="填再联系的时间。").require()
    policy.may_lift(hold.fact(), role).require()
    why = scrub(call.said)[:200] or "已联系买家"
    hold.lift(now, why)  # saved by its caller
    if hold.kind == HoldKind.REVIEW:
        pass_with(order, hold.cause, why, by, now)


def _said(call: Call) -> str:
    if call.again is None:
        return "联系上买家，已处理好"
    return "联系上买家，还要再联系" if call.reached else "没有联系上，再联系"
