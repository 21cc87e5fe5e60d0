"""Modify receiving information and delivery (SOP 1.1)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, Change
from core.masking import mask_address, mask_name, mask_phone
from core.models import Act
from core.verdict import Say
from orders import policy
from orders.addresses import problems
from orders.models import OldWaybill, Order
from orders.policy import Contacted, Group, Receiving
from orders.selectors.parts import merged_into
from orders.services.acting import order_act, orders_act
from orders.services.hold import end_holds, open_hold
from orders.services.importing.reasons import ADDRESS
from orders.services.platform import tell_platform
from orders.words import CARRIERS, Delivery, HandTaskKind, HoldKind


def modify_receiving(
    order: Order,
    new: Receiving,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """Change consignee, telephone or address before release (SOP 1.1.d, 1.1.e).

    Raises Refused, Conflict, Repeated.
    """
    rows = [order, *(merged_into(order) if order.parted else [])]
    with orders_act(
        "modify_receiving", rows, by=by, seen=seen, token=token, contact=contact, now=now
    ) as ((order, *merged), log):
        verdict = policy.may_modify(order.facts(), Group.RECEIVING)
        verdict.require()
        changes = order.receive_at(new, now)
        if changes:
            check_again(order, by, now)
            for each in (order, *merged):  # one parcel: what was merged into it goes there, too
                each.receive_at(new, now)
                if not each.part:  # the platform knows one address for all parts of a split
                    tell_platform(each, HandTaskKind.ADDRESS, now=now)
            log.changed(changes)
        log.noted("修改收货信息" if changes else "收货信息没有变化", clause=verdict.clause)
        log.tell(Say("modify.receiving.done", {"where": where(order)}))
    return log.act


def check_again(order: Order, by: Actor, now: datetime) -> None:
    """The address check of the import runs again on what stands there now (SOP 1.1.d, 2.b)."""
    if order.masked or order.delivery == Delivery.PICKUP:
        return
    phones = (order.mobile, order.telephone)
    region = (order.province, order.city, order.district)
    wrong = problems(order.consignee, phones, region, order.street)
    if wrong:
        open_hold(order, HoldKind.REVIEW, " ".join(wrong), by=by, now=now, cause=ADDRESS)
    else:
        end_holds(order, HoldKind.REVIEW, "收货信息已改好", now, ADDRESS)


def where(order: Order) -> str:
    """The address as it may be kept with an act: masked."""
    parts = (
        mask_name(order.consignee),
        mask_phone(order.mobile or order.telephone),
        order.region,
        mask_address(order.street),
    )
    return " ".join(part for part in parts if part)


def modify_delivery(
    order: Order,
    delivery: Delivery,
    carrier: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """Change express/freight/pick-up and the carrier before release (SOP 1.1.a, 5.e).

    Raises Refused, Conflict, Repeated. An old waybill stays searchable.
    """
    with order_act(
        "modify_delivery", order, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (order, log):
        verdict = policy.may_modify(order.facts(), Group.DELIVERY)
        verdict.require()
        values = {
            "delivery": delivery.value,
            "carrier": "" if delivery is Delivery.PICKUP else carrier,
        }
        carried_by = order.carrier
        changes = order.change_by_hand(values, {"delivery": "配送方式", "carrier": "快递公司"}, now)
        if changes:
            _drop_waybill(order, carried_by, now)
            log.changed([_in_words(change) for change in changes])
        log.noted("修改配送" if changes else "配送方式没有变化", clause=verdict.clause)
        log.tell(Say("modify.delivery.done", {"delivery": _said(order)}))
    return log.act


def _in_words(change: Change) -> Change:
    """SF → 顺丰速运, pickup → 自提; nobody named: the warehouse chooses."""
    words = {**CARRIERS, **dict(Delivery.choices()), "": "由仓库安排"}
    before, after = (words.get(v, v) for v in (change.before, change.after))
    return Change(change.label, before, after)


def _drop_waybill(order: Order, carrier: str, now: datetime) -> None:
    """Another carrier's waybill is no good; the old number is still found."""
    if order.waybill:
        OldWaybill.objects.create(order=order, carrier=carrier, number=order.waybill, at=now)
        order.waybill = ""


def _said(order: Order) -> str:
    kind = Delivery(order.delivery)
    name = CARRIERS.get(order.carrier, order.carrier)
    return f"{kind.label}（{name}）" if name and kind is not Delivery.PICKUP else kind.label
