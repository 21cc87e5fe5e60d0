"""Ask the warehouse to stop a parcel, and take that back (请求拦截, SOP 1.1.e, 1.2.b).

The request is a hold that asks (architecture §4): it bars every forward step, stands on the
warehouse's intercept board, and ends with the warehouse's answer. Nobody has begun yet: the order
is taken back at once, and the hold says so.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, Change
from core.masking import scrub
from core.models import Act
from orders import stopping
from orders.models import Hold, Order
from orders.policy import Contacted
from orders.services.acting import order_act
from orders.services.hold import open_hold
from orders.words import HoldKind, OrderState, Stop
from staff.roles import Role
from staff.services.tell import tell

BOARD = "/warehouse/intercepts"
AT_ONCE = "仓库还没有开始，已经收回"


def ask_stop(
    order: Order,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    kind: HoldKind = HoldKind.INTERCEPT,
    cause: str = "",
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """Ask for the parcel to be stopped; a refund or a case asks with its own kind and cause.

    Begun: the hold waits for the warehouse (stop = asked). Released, not begun: taken back and
    stopped at once. Raises Refused, Conflict, Repeated.
    """
    with order_act("ask_stop", order, by=by, seen=seen, token=token, contact=contact, now=now) as (
        order,
        log,
    ):
        facts = order.facts()
        verdict = stopping.may_ask_stop(facts)
        verdict.require()
        at_once = order.state == OrderState.PAID
        stop = Stop.STOPPED if at_once else Stop.ASKED
        hold = open_hold(order, kind, scrub(reason), by=by, now=now, cause=cause, stop=stop)
        changes = [Change("拦截", "", stop.label)]
        if at_once:
            hold.answered(stop, now, AT_ONCE)
            hold.save()
            changes.append(Change("下发", "已下发仓库", "未下发"))
        else:
            _tell_warehouse(order, hold)
        log.changed(changes)
        log.noted(f"请求拦截：{stop.label}", clause=verdict.clause, reason=reason)
        log.tell(verdict.say)
    return log.act


def _tell_warehouse(order: Order, hold: Hold) -> None:
    text = f"请拦下 {order.order_no}：{hold.reason}"
    tell(text, role=Role.WAREHOUSE, url=BOARD, key=f"stop:{hold.pk}")


def withdraw_stop(
    order: Order,
    hold: Hold,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Take the request back before the warehouse answered. Raises Refused, Conflict, Repeated."""
    with order_act("withdraw_stop", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row = Hold.objects.get(pk=hold.pk, order=order)
        stopping.may_withdraw_stop(row.fact(), is_open=row.state == "open").require()
        row.stop = Stop.NONE.value
        row.lift(now, f"撤回拦截：{scrub(why)}"[:200])
        row.save()
        log.changed([Change("拦截", Stop.ASKED.label, "已撤回")])
        log.noted("撤回拦截", clause="1.1.e", reason=why)
    return log.act
