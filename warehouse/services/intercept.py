"""Answer a request to stop a parcel: stopped, or too late (拦截, SOP 1.1.e, 1.2.b).

One parcel, one answer: whoever else asked for the same order gets it, too. Shipping and an
intercept lock the same order first, so of two at once exactly one wins.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from core.acts import Actor, Change, act_on, lock
from core.masking import scrub
from core.models import Act
from core.verdict import Verdict
from orders import stopping
from orders.models import Hold, OldWaybill, Order
from orders.services.stocking import put_back
from orders.words import Delivery, OrderState, Stop
from staff.roles import Role
from staff.services.tell import tell
from warehouse.models import Parcel
from warehouse.services.pick import finish_if_done
from warehouse.services.tracking import stop_following
from warehouse.services.waybills.void import void
from warehouse.words import ParcelState

OWN_SHELVES = "各回原货位"


def confirm_stop(
    hold: Hold, shelf: str, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Act:
    """The parcel is stopped: goods back on `shelf`, slip and waybill void, the order paid again.

    The hold stays open, stopped, until whoever asked has done what was to be done (decision 0025).
    Raises Refused, Repeated.
    """
    with act_on("confirm_stop", [hold.order], by=by, now=now, token=token) as ((order,), log):
        asked = _asked(order)
        _require(order, hold, stopping.may_confirm_stop)
        before, said = order.get_state_display(), _said(shelf)
        parcel = _stop_parcel(order, asked, said, now)
        _void_waybill(order, now)
        stop_following(order, now)
        left = order.state == OrderState.SHIPPED
        order.recall()
        if left:
            put_back(order, now)
        for each in asked:
            each.answered(Stop.STOPPED, now, said)
        _tell_askers(asked, f"{order.order_no} 已拦下（{said}），可以处理了。")
        where = f" {parcel.number}" if parcel else ""
        log.changed([Change("状态", before, "已付款"), Change("拦截", "已请求拦截", "已拦下")])
        log.noted(f"拦下{where}：{said}，底单和运单作废", clause="1.1.e", reason=asked[0].reason)
    return log.act


def too_late(
    hold: Hold, why: str, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Act:
    """It could not be stopped: the bar is lifted and the parcel ships (SOP 1.1.c, 1.2.b).

    The request goes on as for a shipped order. Raises Refused, Repeated.
    """
    with act_on("too_late", [hold.order], by=by, now=now, token=token) as ((order,), log):
        asked = _asked(order)
        _require(order, hold, stopping.may_answer)
        said = scrub(why).strip() or "包裹已经拦不住了"
        for each in asked:
            each.answered(Stop.TOO_LATE, now, said)
            each.lift(now, f"来不及：{said}"[:200])
        _tell_askers(asked, f"{order.order_no} 来不及拦：{said}。{_instead(order)}")
        log.changed([Change("拦截", "已请求拦截", "来不及")])
        log.noted(f"来不及拦：{said}", clause="1.2.b", reason=asked[0].reason)
    return log.act


def _instead(order: Order) -> str:
    """What whoever asked does now."""
    if order.delivery == Delivery.PICKUP:
        return "买家自己来取，请告诉买家。"
    if order.state == OrderState.SHIPPED and order.handed_over_at:
        return "按已发货的办：联系快递。"
    return "包裹交给快递以后再联系快递。"


def _asked(order: Order) -> list[Hold]:
    """The holds that wait for an answer, locked; what changes on them is saved with the act."""
    rows = Hold.objects.filter(order=order, state="open", stop=Stop.ASKED.value).order_by("id")
    return [lock(row) for row in rows]


def _require(order: Order, hold: Hold, rule: stopping.AnswerRule) -> Verdict:
    """Raise Refused unless the hold still waits and the parcel is here; asked under the lock."""
    fresh = Hold.objects.get(pk=hold.pk, order=order)
    verdict = rule(order.facts(), fresh.fact(), is_open=fresh.state == "open")
    verdict.require()
    return verdict


def _said(shelf: str) -> str:
    shelf = scrub(shelf).strip()
    return f"货回 {shelf}" if shelf else OWN_SHELVES


def _stop_parcel(order: Order, asked: Sequence[Hold], said: str, now: datetime) -> Parcel | None:
    """None where there is no parcel of ours, as on an order that was begun elsewhere."""
    active = Parcel.objects.filter(order=order).exclude(state=ParcelState.STOPPED.value).first()
    if active is None:
        return None
    parcel = lock(active)
    parcel.stop(now, f"拦截：{asked[0].reason}；{said}")
    finish_if_done(parcel)
    void([parcel], now=now)
    return parcel


def _void_waybill(order: Order, now: datetime) -> None:
    """The number is void, and is still found."""
    if order.waybill:
        OldWaybill.objects.get_or_create(
            order=order, number=order.waybill, defaults={"carrier": order.carrier, "at": now}
        )
        order.waybill = ""


def _tell_askers(asked: Sequence[Hold], text: str) -> None:
    """Who asked hears the answer; what a timer or a platform asked for, the seniors hear."""
    for hold in asked:
        url, key = hold.order.get_absolute_url(), f"stop:{hold.pk}:{hold.stop}"
        if hold.by_id is None:
            tell(text, role=Role.SENIOR, url=url, key=key)
        else:
            tell(text, to=hold.by_id, url=url, key=key)
