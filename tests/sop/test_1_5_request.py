"""SOP 1.2.c, 1.2.f, 1.3.c, 1.3.e, 1.5: a refund is asked for, by state and window."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.acts import Actor
from core.sentences import from_act, render
from core.verdict import Refused
from core.workdays import CHINA
from orders.factories import OrderFactory
from orders.models import Order
from orders.selectors.order import timeline
from refunds.models import Approval, Refund
from refunds.services.decide import approve_refund
from refunds.services.draft import Wanted
from refunds.words import Fault, RefundKind, ToldReason, TrueReason
from staff.factories import UserFactory
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

pytestmark = pytest.mark.django_db
K, T = RefundKind, TrueReason
DAY = timedelta(days=1)


def told(order: Order) -> str:
    """What the newest act says to the customer."""
    say = next(from_act(act.say) for act in timeline(order) if act.say)
    return render(say) if say else ""


def china(month: int, day: int, hour: int = 18) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=CHINA)


# Not paid, before the window, inside it (1.2.c, 1.5.a, the readings)


def test_what_is_not_paid_is_closed_instead(by: Actor) -> None:
    with pytest.raises(Refused, match="没有付款") as refused:
        ask(paid_order(state="unpaid"), by)
    assert refused.value.verdict.clause == "1.2.e"
    assert "关闭" in refused.value.verdict.instead


def test_before_the_window_it_is_noted_and_waits(by: Actor) -> None:
    order = paid_order(hours=2)
    refund = ask(order, by)
    assert refund.state == "waiting"
    assert refund.opens_at == WED - timedelta(hours=2) + DAY
    assert timeline(order)[0].clause == "1.2.c"
    said = told(order)
    assert "11 月 26 日 13:00 以后" in said
    assert "1–2 个工作日，原路退回，最晚 11月30日 18:00" in said  # opens Thu → Mon


def test_inside_the_window_the_buyer_applies_on_the_platform(by: Actor) -> None:
    refund = ask(paid_order(hours=30), by)
    assert (refund.state, refund.applies, refund.application) == ("to_apply", True, "")
    assert refund.risk_at is None  # nothing runs until the buyer applied
    assert "到订单里点“申请退款”" in told(refund.order)


def test_of_our_own_shop_our_row_is_the_application(by: Actor) -> None:
    refund = ask(by_alipay(paid_order(hours=30, shop=own_shop())), by)
    assert (refund.state, refund.applies) == ("review", False)
    assert refund.promised_by == china(11, 27)
    assert refund.risk_at == china(11, 27, 14)
    assert "1–2 个工作日，原路退回，最晚 11月27日 18:00" in told(refund.order)


def test_a_shop_set_to_within_goes_on_at_once_and_refuses_afterwards(by: Actor) -> None:
    shop = own_shop()
    shop.refund_opens_h, shop.refund_closes_h = 0, 24
    with OrderFactory.act():
        shop.save()
    early = ask(by_alipay(paid_order(hours=3, shop=shop)), by)
    assert early.state == "review"
    assert early.target_by == china(11, 26)  # within 24 h of the payment: one working day (1.5.a)
    with pytest.raises(Refused, match="已经过了") as refused:
        ask(by_alipay(paid_order(hours=25, shop=shop)), by)
    assert refused.value.verdict.clause == "1.5.a"


# What has not left is held at once


def test_a_full_refund_holds_the_order_at_once(by: Actor) -> None:
    refund = ask(paid_order(), by)
    hold = hold_of(refund)
    assert hold is not None
    assert (hold.kind, hold.stop, refund.stop) == ("refund", "none", "none")
    assert refund.number == f"{refund.order.order_no}-R1"


def test_what_is_released_and_not_begun_is_taken_back(by: Actor) -> None:
    refund = ask(paid_order(released=True), by)
    assert refund.stop == "stopped"
    assert again(refund.order).released_at is None


@pytest.mark.parametrize("state", ["picking", "packed"])
def test_what_the_warehouse_began_is_asked_to_be_stopped(by: Actor, state: str) -> None:
    """The warehouse is told in time (SOP 3.a)."""
    refund = ask(paid_order(state=state), by)
    hold = hold_of(refund)
    assert hold is not None
    assert (hold.stop, refund.stop) == ("asked", "asked")
    assert again(refund.order).state == state


def test_a_difference_or_freight_holds_nothing(by: Actor) -> None:
    order = paid_order(freight=Decimal("8.00"))
    refund = ask(order, by, wanted(K.FREIGHT, T.FREIGHT, freight=Decimal("8.00")))
    assert (refund.freight, refund.goods, refund.amount) == (8, 0, 8)
    assert hold_of(refund) is None


# Some goods: split first, and that part alone is held (1.3.c)


def test_some_goods_are_split_off_and_held_alone(by: Actor) -> None:
    order = paid_order(lines=[(goods("60.00"), 1), (goods("40.00"), 2)], released=True)
    short = order.lines.last()
    assert short is not None
    refund = ask(order, by, wanted(K.GOODS, T.STOCK_OUT, pieces={short.pk: 2}))
    order = again(order)
    assert refund.order_id != order.pk
    assert refund.split_from_id == order.pk
    assert (refund.amount, refund.kind) == (80, "goods")
    assert hold_of(refund) is not None
    assert not order.holds.filter(state="open").exists()  # the rest ships
    assert (order.paid, order.refund_reserved) == (60, 0)
    assert refund.order.refund_reserved == 80


def test_all_the_goods_are_the_whole_order(by: Actor) -> None:
    order = paid_order()
    pieces = {line.pk: line.quantity for line in order.lines.all()}
    assert ask(order, by, wanted(K.GOODS, pieces=pieces)).kind == "whole"


def test_of_a_begun_order_some_goods_are_stopped_first(by: Actor) -> None:
    order = paid_order(state="picking")
    line = order.lines.first()
    assert line is not None
    with pytest.raises(Refused, match="要先拦下来") as refused:
        ask(order, by, wanted(K.GOODS, pieces={line.pk: 1}))
    assert "请求拦截" in refused.value.verdict.instead


# Shipped, received: fault first (1.5.c, 1.5.d)


@pytest.mark.parametrize("state", ["shipped", "received", "completed"])
def test_what_has_left_needs_the_fault_first(by: Actor, state: str) -> None:
    order = by_alipay(paid_order(hours=100, state=state, shop=own_shop()))
    partial = wanted(K.PARTIAL, T.DAMAGED, extra=Decimal("20"))
    with pytest.raises(Refused, match="先定是谁的责任") as refused:
        ask(order, by, partial)
    assert refused.value.verdict.clause == "1.5.c"
    refund = ask(order, by, wanted(K.PARTIAL, T.DAMAGED, extra=Decimal("20"), fault=Fault.CARRIER))
    assert (refund.state, refund.fault, refund.compensation) == ("review", "carrier", 20)
    assert hold_of(refund) is None


@pytest.mark.parametrize(
    "want",
    [
        wanted(K.DIFFERENCE, T.CHEAPER, extra=Decimal("20")),
        wanted(K.FREIGHT, T.FREIGHT, freight=Decimal("8")),
    ],
)
def test_what_was_charged_too_much_needs_no_fault(by: Actor, want: Wanted) -> None:
    """A difference or freight holds nothing: the order ships meanwhile as it always does."""
    about: dict[str, Any] = {"shop": own_shop(), "freight": Decimal("8")}
    refund = ask(by_alipay(paid_order(hours=100, state="shipped", **about)), by, want)
    assert (refund.state, refund.fault) == ("review", "")
    lead = UserFactory.create(role="supervisor")
    approve_refund(refund.order, refund, role="supervisor", by=Actor.person(lead), now=WED)
    assert again(refund).state == "approved"


# The reasons (1.5.b)


def test_a_stock_out_is_told_as_other_and_kept_apart(by: Actor) -> None:
    order = paid_order(hours=30)
    with pytest.raises(Refused, match="缺货退款") as refused:
        ask(order, by, wanted(true=T.STOCK_OUT, told=ToldReason.QUALITY))
    assert refused.value.verdict.clause == "1.5.b"
    refund = ask(order, by, wanted(true=T.STOCK_OUT))
    assert (refund.true_reason, refund.told_reason) == ("stock_out", "other")
    assert "原因选“其它原因”" in told(order)


# The money


def test_several_payments_give_one_refund_each(by: Actor) -> None:
    order = by_alipay(paid_order(hours=30, shop=own_shop(), lines=[(goods("60.00"), 1)]))
    second_payment(order, "15.00")
    ask(order, by)
    made = list(Refund.objects.filter(order=order).order_by("id"))
    assert [(row.number[-3:], row.amount) for row in made] == [("-R1", 60), ("-R2", 15)]
    assert len({row.trade_id for row in made}) == 2
    assert again(order).refund_reserved == 75


def test_never_more_than_was_paid(by: Actor) -> None:
    order = paid_order(hours=30, lines=[(goods("60.00"), 1)])
    with pytest.raises(Refused, match="要退 60") as refused:
        ask(order, by, wanted(K.DIFFERENCE, T.CHEAPER, extra=Decimal("60.01")))
    verdict = refused.value.verdict
    assert (verdict.clause, "申请赔付" in verdict.instead) == ("1.5.f", True)
    ask(order, by)
    with pytest.raises(Refused, match="都在退"):
        ask(order, by)


def test_the_database_keeps_the_sum_within_what_was_paid(by: Actor) -> None:
    refund = ask(paid_order(), by)
    for table, key in ((Order, refund.order_id), (type(refund.trade), refund.trade_id)):
        with pytest.raises(IntegrityError), transaction.atomic():
            table.objects.filter(pk=key).update(refund_reserved=Decimal("9999"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "review"},  # of a platform's order, without the buyer's application
        {"amount": Decimal("1")},  # not the sum of its parts
        {"state": "succeeded", "application": "1"},  # with timers that still run
    ],
)
def test_the_database_refuses_what_cannot_be(by: Actor, wrong: dict[str, Any]) -> None:
    refund = ask(paid_order(hours=30), by)
    Refund.objects.filter(pk=refund.pk).update(warn_at=WED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(**wrong)


def test_who_asked_never_approves_says_the_database(by: Actor) -> None:
    refund = ask(by_alipay(paid_order(hours=30, shop=own_shop())), by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(approved_by=by.user_id)
    own = {"by_id": by.user_id, "asked_by_id": by.user_id, "by_name": by.name, "at": WED}
    row = Approval(refund=refund, decision="approved", **own)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.bulk_create([row])
