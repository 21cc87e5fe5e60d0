"""SOP 1.5: a refund is withdrawn or shipped instead; it ends, and the order with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.acts import Actor
from core.verdict import Refused
from orders.models import Hold, Order
from orders.policy import may_release
from orders.services.acting import order_act
from orders.services.finish import complete_due
from orders.services.hold import lift_hold
from refunds import policy
from refunds.models import Refund
from refunds.selectors.refunds import open_matters
from refunds.services.finish import succeeded
from refunds.services.resubmit import resubmit_refund
from refunds.services.stops import hear_stops
from refunds.services.withdraw import ship_instead, withdraw_refund
from refunds.words import Fault, RefundKind, TrueReason
from staff.models import User
from staff.selectors import unread_of
from stock.models import StockLevel
from tests.refunds.asking import (
    WED,
    again,
    ask,
    by_alipay,
    goods,
    hold_of,
    own_shop,
    paid_order,
    second_payment,
    wanted,
)
from tests.warehouse.parcels import P, in_the_warehouse
from warehouse.services.intercept import confirm_stop, too_late

pytestmark = pytest.mark.django_db
LATER = WED + timedelta(hours=1)
K, T = RefundKind, TrueReason


def go_back(refund: Refund, by: Actor) -> None:
    """The money is back."""
    with order_act("hear_platform", refund.order, by=by, now=LATER) as (order, log):
        row = Refund.objects.select_for_update().get(pk=refund.pk)
        succeeded(order, row, log, now=LATER)
        row.save()


def test_withdrawn_everything_is_as_before(by: Actor) -> None:
    refund = ask(paid_order(released=True), by)
    withdraw_refund(refund.order, refund, "买家不退了", by=by, now=LATER)
    refund, order = again(refund), again(refund.order)
    assert (refund.state, refund.ended_why) == ("withdrawn", "买家不退了")
    assert (order.refund_reserved, again(refund.trade).refund_reserved) == (0, 0)
    assert hold_of(refund) is None
    assert order.review_at is not None  # it goes on through review
    with pytest.raises(Refused, match="已撤回"):
        withdraw_refund(order, refund, "再撤", by=by, now=LATER)


def test_what_was_split_off_comes_back_into_its_order(by: Actor) -> None:
    order = paid_order(lines=[(goods("60.00"), 1), (goods("40.00"), 2)])
    line = order.lines.last()
    assert line is not None
    refund = ask(order, by, wanted(K.GOODS, T.STOCK_OUT, pieces={line.pk: 1}))
    withdraw_refund(refund.order, refund, "到货了", by=by, now=LATER)
    part, order = again(refund.order), again(order)
    assert (part.state, part.merged_into_id) == ("closed", order.pk)
    assert (order.paid, order.goods_count, order.refund_reserved) == (140, 3, 0)
    assert again(refund).state == "withdrawn"


def test_shipping_instead_hands_it_to_the_warehouse(by: Actor) -> None:
    refund = ask(paid_order(released=True), by)
    ship_instead(refund.order, refund, "买家又要了", by=by, now=LATER)
    order = again(refund.order)
    assert order.released_at == LATER
    assert (again(refund).state, order.refund_reserved) == ("withdrawn", 0)


def test_the_hold_of_a_refund_is_not_lifted_alone(by: Actor) -> None:
    refund = ask(paid_order(), by)
    hold = hold_of(refund)
    assert hold is not None
    with pytest.raises(Refused, match="不能只解除"):
        lift_hold(refund.order, hold, "放行", by=by, role="owner", now=LATER)


# The warehouse's answer


def stopping(by: Actor, state: P = P.PACKED) -> tuple[Refund, Hold]:
    order, _ = in_the_warehouse(state)
    refund = ask(order, by)
    hold = hold_of(refund)
    assert hold is not None
    return refund, hold


def test_stopped_it_may_be_approved(by: Actor) -> None:
    refund, hold = stopping(by)
    assert hear_stops(LATER) == 0  # not answered yet
    confirm_stop(hold, "A-01", by=by, now=LATER)
    assert hear_stops(LATER) == 1
    assert (again(refund).stop, again(refund.order).state) == ("stopped", "paid")
    assert hold_of(refund) is not None  # it stays held until the money is back
    assert hear_stops(LATER) == 0


def test_withdrawn_before_the_answer_nothing_is_asked_any_more(by: Actor) -> None:
    refund, hold = stopping(by)
    withdraw_refund(refund.order, refund, "买家又要了", by=by, now=LATER)
    assert (again(refund).stop, again(hold).stop, again(hold).state) == ("none", "none", "lifted")
    assert hear_stops(LATER) == 0
    assert again(refund.order).state == "packed"  # the parcel goes on


def test_too_late_it_goes_on_as_a_shipped_order(by: Actor, agent: User) -> None:
    refund, hold = stopping(by)
    too_late(hold, "装车了", by=by, now=LATER)
    hear_stops(LATER)
    refund = again(refund)
    assert (refund.state, refund.stop) == ("returned", "too_late")
    assert "先定是谁的责任" in unread_of(agent).order_by("-id")[0].text
    order = again(refund.order)
    with order_act("ship", order, by=by, now=LATER) as (row, _):
        row.ship(LATER)
        row.handed_over_at = LATER
    about: dict[str, Any] = {"freight_payer": None, "why": "买家拒收", "by": by, "now": LATER}
    with pytest.raises(Refused, match="先定是谁的责任"):
        resubmit_refund(order, refund, fault=None, **about)
    resubmit_refund(order, refund, fault=Fault.BUYER, **about)
    refund = again(refund)
    assert (refund.state, refund.fault, refund.turn) == ("to_apply", "buyer", 2)


@pytest.mark.parametrize("state", [P.PICKING, P.PACKED])
def test_too_late_nobody_agrees_before_the_fault_is_settled(by: Actor, state: P) -> None:
    """The goods leave, marked or not yet: no money goes without 1.5.c, no order is closed."""
    refund, hold = stopping(by, state)
    Refund.objects.filter(pk=refund.pk).update(applies=False)
    too_late(hold, "装车了", by=by, now=LATER)
    hear_stops(LATER)
    about: dict[str, Any] = {"freight_payer": None, "why": "买家要退", "by": by, "now": LATER}
    with pytest.raises(Refused, match="先定是谁的责任"):
        resubmit_refund(refund.order, again(refund), fault=None, **about)
    resubmit_refund(refund.order, again(refund), fault=Fault.BUYER, **about)
    facts = again(refund).facts(gone=False)
    assert policy.may_approve(facts).allowed
    assert not policy.may_approve(replace(facts, fault=None)).allowed
    assert not policy.may_ship_instead(facts).allowed
    go_back(again(refund), by)
    order = again(refund.order)
    assert order.state == ("packed" if state is P.PACKED else "picking")


# The end


def test_all_back_the_order_is_closed_and_its_stock_freed(by: Actor) -> None:
    sku = goods("60.00", on_hand=5)
    order = by_alipay(paid_order(hours=30, shop=own_shop(), lines=[(sku, 2)]))
    assert StockLevel.objects.get(pk=sku.pk).reserved == 2
    refund = ask(order, by)
    assert open_matters([order.pk]) == {order.pk: ["退款"]}
    go_back(refund, by)
    order = again(order)
    assert (order.state, order.closed_why) == ("closed", "已全额退款")
    assert StockLevel.objects.get(pk=sku.pk).reserved == 0
    assert not order.holds.filter(state="open").exists()
    assert open_matters([order.pk]) == {}
    assert order.refund_reserved == order.paid  # what went back stays counted


def test_a_part_back_the_rest_ships(by: Actor) -> None:
    order = by_alipay(paid_order(hours=30, shop=own_shop()))
    line = order.lines.last()
    assert line is not None
    refund = ask(order, by, wanted(K.GOODS, T.STOCK_OUT, pieces={line.pk: 2}))
    go_back(refund, by)
    assert again(refund.order).state == "closed"
    assert again(order).state == "paid"


def test_after_a_difference_the_order_stays(by: Actor) -> None:
    order: Order = by_alipay(paid_order(hours=30, shop=own_shop()))
    refund = ask(order, by, wanted(K.DIFFERENCE, T.CHEAPER, extra=Decimal("5")))
    go_back(refund, by)
    assert (again(order).state, again(refund).state) == ("paid", "succeeded")


def test_an_open_refund_keeps_its_order_from_the_end(by: Actor) -> None:
    """SOP 6.d."""
    shop = own_shop()
    order = by_alipay(paid_order(200, state="received", shop=shop, complete_at=WED))
    want = wanted(K.PARTIAL, T.DAMAGED, extra=Decimal("9"), fault=Fault.SELLER)
    refund = ask(order, by, want)
    complete_due(LATER)
    assert again(order).state == "received"
    go_back(refund, by)
    complete_due(LATER + timedelta(days=2))
    assert again(order).state == "completed"


# Part of it went back, the rest does not


def over_two_trades(by: Actor) -> tuple[Refund, Refund]:
    """A whole refund of 75 yuan: 60 of one trade, 15 of another."""
    order = by_alipay(paid_order(hours=30, shop=own_shop(), lines=[(goods("60.00"), 1)]))
    second_payment(order, "15.00")
    ask(order, by)
    first, second = Refund.objects.filter(order=order).order_by("id")
    return first, second


@pytest.mark.parametrize("withdrawn_first", [True, False])
def test_half_given_back_it_is_not_sent_by_itself(
    by: Actor, agent_client: Client, withdrawn_first: bool
) -> None:
    """One of two refunds went back: a person says what is sent, whichever ended last."""
    first, second = over_two_trades(by)
    if not withdrawn_first:
        go_back(first, by)
    withdraw_refund(second.order, again(second), "买家还要货", by=by, now=LATER)
    if withdrawn_first:
        assert not again(first.order).holds.filter(state="open", kind="review").exists()
        go_back(first, by)
    order = again(first.order)
    hold = order.holds.get(state="open")
    assert (order.state, order.released_at, hold.kind) == ("paid", None, "review")
    assert "60.00 元已经退给买家" in hold.reason
    assert "挂起（审单）" in may_release(order.facts()).reason
    html = agent_client.get(order.get_absolute_url()).content.decode()
    assert "<dt>已退款<dd" in html
    lift_hold(order, hold, "买家补了货款", by=by, role="senior", now=LATER)
    assert not again(order).holds.filter(state="open").exists()


def test_a_difference_that_went_back_holds_nothing(by: Actor) -> None:
    order = by_alipay(paid_order(hours=30, shop=own_shop()))
    go_back(ask(order, by, wanted(K.DIFFERENCE, T.CHEAPER, extra=Decimal("20"))), by)
    assert not again(order).holds.filter(state="open").exists()
