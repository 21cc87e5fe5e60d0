"""Weigh: against the expected weight; freight by the carrier's prices (SOP 2.g)."""

from __future__ import annotations

from datetime import datetime

from core.acts import Actor
from core.verdict import Refused, Verdict, no
from orders.models import Order
from warehouse import policy
from warehouse.models import FreightPrice, Parcel, ShopPacking
from warehouse.models.packing import all_boxes
from warehouse.services.steps import parcel_act, require
from warehouse.words import Step


def weigh(parcel: Parcel, grams: int, *, by: Actor, now: datetime) -> Verdict:
    """Weigh a packed parcel, grams; says what the weight is like (SOP 2.g).

    Outside the tolerance (answer ASK) it is kept as doubtful until another person looked:
    `accept_weight`. Raises Refused, Barred.
    """
    with parcel_act("weigh", parcel, by=by, now=now) as (order, row, log):
        require(row, Step.WEIGH)
        verdict = policy.weighs(_expected(row), grams, tolerance(order))
        if verdict.refused:
            raise Refused(verdict)
        if verdict.allowed:
            _take(order, row, grams, now)
            log.noted(f"称重 {row.number}：{grams} 克", clause="2.g")
        else:
            row.doubt_g, row.doubt_by_id = grams, by.user_id
            log.noted(f"重量不符 {row.number}：{verdict.reason}", clause="2.g")
    return verdict


def accept_weight(parcel: Parcel, *, by: Actor, now: datetime) -> Parcel:
    """A second person looked and the weight is right (SOP 2.g). Raises Refused, Barred."""
    with parcel_act("accept_weight", parcel, by=by, now=now) as (order, row, log):
        require(row, Step.WEIGH)
        if row.doubt_g is None:
            no("2.g", "没有等复核的重量。", instead="先称重。").require()
            raise AssertionError
        policy.may_look_again(row.doubt_by_id, by.user_id).require()
        grams = row.doubt_g
        _take(order, row, grams, now)
        log.noted(f"复核重量 {row.number}：{grams} 克", clause="2.g")
    return row


def tolerance(order: Order) -> policy.Tolerance:
    """The shop's, else the usual one."""
    own = ShopPacking.objects.filter(shop=order.shop_id).first()
    return own.fact() if own else policy.Tolerance()


def expected(parcel: Parcel, boxes: dict[str, int]) -> int:
    """Goods and box, grams; 0: some goods have no weight."""
    return parcel.expected_g + boxes.get(parcel.box, 0) if parcel.expected_g else 0


def _expected(parcel: Parcel) -> int:
    return expected(parcel, {box.code: box.weight_g for box in all_boxes()})


def _take(order: Order, parcel: Parcel, grams: int, now: datetime) -> None:
    parcel.weigh(now, grams)
    carrier = parcel.carrier or order.carrier
    prices = [price.fact() for price in FreightPrice.objects.filter(carrier=carrier)]
    price = policy.price_for(prices, order.province)
    parcel.freight = policy.freight(grams, price) if price else None
