"""Ship: the waybill on the parcel is its own, the slip is pulled (SOP 2.g)."""

from __future__ import annotations

from datetime import datetime

from core.acts import Actor, Change, act_on, lock
from orders.models import OldWaybill, Order
from orders.services.stocking import consume_goods
from orders.words import Delivery, OrderState, carrier_code
from stock.selectors.goods import sku_of
from warehouse import policy
from warehouse.models import Parcel
from warehouse.services.dispatch import dispatch
from warehouse.services.steps import require
from warehouse.services.waybills.assign import scanned
from warehouse.words import Step


def ship(
    parcel: Parcel,
    waybill: str,
    *,
    by: Actor,
    now: datetime,
    how: Delivery = Delivery.EXPRESS,
) -> Parcel:
    """Ship a weighed parcel by the waybill that was scanned on it; the slip is pulled (SOP 2.g).

    The waybill is the parcel's, or becomes it now; each is used once. Top-up orders of the order
    are complete with it. `how`: the last step that is being done (SOP 5.e); what is picked up has
    no waybill. Raises Refused, Barred.
    """
    top_ups = Order.objects.filter(top_up_for=parcel.order_id, state=OrderState.PAID.value)
    rows = [parcel.order, *(Order(pk=key) for key in top_ups.values_list("pk", flat=True))]
    with act_on("ship", rows, by=by, now=now) as ((order, *tied), log):
        row = lock(parcel)
        require(row, Step.SHIP)
        policy.may_leave_by(Delivery(order.delivery), how).require()
        if how is not Delivery.PICKUP:
            _label(order, row, waybill.upper(), now, how)
        row.ship(now)
        order.ship(now)
        consume_goods(order, now)
        for top_up in tied:
            top_up.complete_top_up(now)
        log.changed([Change("状态", "已打包", "已发货")], order, *tied)
        log.noted(f"发货 {row.number}：{order.carrier_name} {row.waybill}", clause="2.g")
        if how is not Delivery.PICKUP:
            dispatch(order, now)
    return row


def _label(order: Order, parcel: Parcel, waybill: str, now: datetime, how: Delivery) -> None:
    carrier = parcel.carrier or carrier_code(order.carrier)
    policy.may_take_waybill(
        parcel.waybill,
        waybill,
        carrier=carrier,
        used_by=_user_of(waybill, parcel),
        shortest=policy.SHORTEST[how],
        goods="" if waybill == parcel.waybill else _goods(waybill),
    ).require()
    scanned(parcel, carrier, waybill, now)
    if order.waybill and order.waybill != waybill:
        OldWaybill.objects.create(order=order, carrier=order.carrier, number=order.waybill, at=now)
    parcel.carrier, parcel.waybill = carrier, waybill
    order.carrier, order.waybill = carrier, waybill


def _goods(code: str) -> str:
    """The product whose barcode was scanned in place of a waybill; '' for none."""
    sku = sku_of(code) if code else None
    return sku.label if sku else ""


def _user_of(waybill: str, parcel: Parcel) -> str:
    """Which other parcel or order has or had this waybill; '' for none."""
    parcels = Parcel.objects.filter(waybill=waybill).exclude(pk=parcel.pk)
    orders = Order.objects.filter(waybill=waybill).exclude(pk=parcel.order_id)
    found = [*parcels.values_list("number", flat=True)[:1]]
    found = found or [*orders.values_list("order_no", flat=True)[:1]]
    return found[0] if found else ""
