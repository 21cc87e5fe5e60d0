"""The other last steps: by freight, and with the customer (物流, 自提, SOP 5.e)."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from core.acts import Actor, Change, lock
from core.models import Act
from core.verdict import Say
from orders.models import Order
from orders.policy import Contacted
from orders.services.acting import order_act
from orders.words import Delivery
from warehouse import policy
from warehouse.models import Parcel
from warehouse.selectors.leaving import pickup_of
from warehouse.services.ship import ship
from warehouse.words import ParcelState


def send_freight(
    parcel: Parcel,
    company: str,
    note_no: str,
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> Act:
    """The freight company has it: its name and the number of its consignment note (托运单).

    Shipped and handed over in one, as it is brought there. Raises Refused, Barred, Repeated.
    """
    with order_act("send_freight", parcel.order, by=by, token=token, now=now) as (order, log):
        row = lock(parcel)
        row.carrier = company.strip()[:64]
        ship(row, note_no.strip(), by=by, now=now, how=Delivery.FREIGHT)
        _handed_over(order, row, now)
        log.changed([Change("包裹", "已称重", "已交物流")], order)
        log.noted(f"交物流：{row.carrier}，托运单号 {row.waybill}", clause="5.e")
    return log.act


def tell_pickup_code(
    order: Order,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """Make a new code by which the customer gets the parcel; the one before is no good any more.

    Raises Refused, Repeated.
    """
    with order_act("tell_pickup_code", order, by=by, token=token, contact=contact, now=now) as (
        order,
        log,
    ):
        found = pickup_of(order.pk)
        state = ParcelState(found.state) if found else ParcelState.QUEUED
        policy.may_tell_code(Delivery(order.delivery), state).require()
        assert found is not None  # noqa: S101 — the policy refuses an order without a parcel
        row = lock(found)
        row.pickup_code = f"{secrets.randbelow(1_000_000):06d}"
        log.noted("告诉买家取货码", clause="5.e")
        log.tell(Say("pickup.code", {"code": row.pickup_code, "order_no": order.order_no}))
    return log.act


def hand_out(
    parcel: Parcel,
    code: str,
    contact: Contacted,
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> Act:
    """The customer said the code and is who ordered it: shipped and received in one (自提).

    Raises Refused, Barred, Repeated; a refusal is kept with its contact.
    """
    with order_act("hand_out", parcel.order, by=by, token=token, contact=contact, now=now) as (
        order,
        log,
    ):
        row = lock(parcel)
        policy.may_hand_out(row.pickup_code, code, contact.identity).require()
        ship(row, "", by=by, now=now, how=Delivery.PICKUP)
        _handed_over(order, row, now)
        order.receive(now)
        log.changed([Change("状态", "已发货", "已签收")], order)
        log.noted(f"自提交货 {row.number}：取货码和身份都对", clause="5.e")
    return log.act


def _handed_over(order: Order, parcel: Parcel, now: datetime) -> None:
    parcel.hand_over(now)
    order.handed_over_at = now
