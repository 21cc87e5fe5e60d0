"""A waybill that was wrong is corrected after shipping (SOP 6.a)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, Change, lock
from core.models import Act
from core.verdict import Say, no
from orders import finishing
from orders.models import OldWaybill, Order
from orders.services.acting import order_act
from orders.words import CARRIERS
from warehouse import following as policy
from warehouse.models import Parcel
from warehouse.services.dispatch import forget_earlier, tell_numbers
from warehouse.services.tracking import stop_following
from warehouse.words import ParcelState


def correct_waybill(
    order: Order,
    carrier: str,
    waybill: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Put the right carrier and waybill in place; the old number is still found (SOP 6.a).

    The platform is told again, the new number is followed. Raises Refused, Conflict, Repeated.
    """
    with order_act("correct_waybill", order, by=by, seen=seen, token=token, now=now) as (
        order,
        log,
    ):
        policy.may_correct_waybill(order.facts()).require()
        if (carrier, waybill) == (order.carrier, order.waybill):
            no("6.a", "运单号和快递都没有变，不用更正。").require()
        _put_on_parcel(order, carrier, waybill)
        changes = _put(order, carrier, waybill, now)
        stop_following(order, now)
        order.track_at = finishing.follow_from(order.state, order.shipped_at, now)
        forget_earlier(order, now)
        tell_numbers(order, now, corrects=True)
        log.changed(changes)
        log.noted("更正运单号", clause="6.a")
        log.tell(
            Say("waybill.corrected", {"carrier": order.carrier_name, "waybill": order.waybill})
        )
    return log.act


def _put_on_parcel(order: Order, carrier: str, waybill: str) -> None:
    """Our own parcel bears it, too; no two parcels bear the same. Raises Refused."""
    used = Parcel.objects.filter(waybill=waybill).exclude(state=ParcelState.STOPPED.value)
    other = used.exclude(order=order).select_related("order").first()
    if other is not None:
        no(
            "6.a",
            f"运单号 {waybill} 已经用在 {other.order.order_no} 上了。",
            instead="核对面单上的运单号。",
        ).require()
    own = Parcel.objects.filter(order=order).exclude(state=ParcelState.STOPPED.value).first()
    if own is not None:
        row = lock(own)
        row.carrier, row.waybill = carrier, waybill


def _put(order: Order, carrier: str, waybill: str, now: datetime) -> list[Change]:
    changes = []
    if carrier != order.carrier:
        changes.append(Change("快递公司", order.carrier_name, CARRIERS.get(carrier, carrier)))
    if waybill != order.waybill:
        changes.append(Change("运单号", order.waybill, waybill))
        if order.waybill:
            OldWaybill.objects.get_or_create(
                order=order, number=order.waybill, defaults={"carrier": order.carrier, "at": now}
            )
    kept = dict(order.before_hand)
    for name, value in (("carrier", carrier), ("waybill", waybill)):
        if getattr(order, name) != value:
            kept.setdefault(name, getattr(order, name))
            setattr(order, name, value)
    order.before_hand = kept
    return changes
