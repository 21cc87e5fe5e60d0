"""SOP 1.5, reading of who applies: the buyer's own application is matched, or comes by itself."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.acts import Actor
from core.evidence.keeping import Kept
from core.verdict import Refused
from orders.models import Order
from orders.selectors.order import timeline
from refunds.models import Refund
from refunds.services.applying import (
    NoSuchOrder,
    Seen,
    Standing,
    match_application,
    take_application,
)
from refunds.services.ask import Applied
from refunds.services.evidence import add_evidence
from refunds.services.withdraw import withdraw_refund
from refunds.words import RefundKind, TrueReason
from staff.factories import UserFactory
from staff.models import User
from staff.selectors import unread_of
from tests.refunds.asking import WED, again, ask, goods, hold_of, paid_order, wanted

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = WED + HOUR


def seen(order: Order, amount: str | Decimal, **more: Any) -> Seen:
    """As the platform tells of an application for this order."""
    values: dict[str, Any] = {"standing": Standing.OPEN, "at": WED, "number": "9876543210"} | more
    return Seen(trade=order.platform_no, amount=Decimal(amount), **values)


def take(order: Order, found: Seen) -> None:
    take_application(order.shop, found, now=LATER)


def only(**about: Any) -> Refund:
    return Refund.objects.select_related("order__shop").get(**about)


# By hand


def test_matched_by_hand_it_goes_to_review_and_its_promise_runs(by: Actor) -> None:
    refund = ask(paid_order(hours=30), by)
    applied = Applied("9876543210", LATER, deadline=LATER + timedelta(hours=20))
    match_application(refund.order, refund, applied, by=by, now=LATER + HOUR)
    refund = again(refund)
    assert (refund.state, refund.application) == ("review", "9876543210")
    assert refund.break_at == refund.deadline  # earlier than the promise
    assert timeline(refund.order)[0].clause == "1.5"
    with pytest.raises(Refused, match="已经对上"):
        match_application(refund.order, refund, applied, by=by, now=LATER + HOUR)


def test_before_the_window_too(by: Actor) -> None:
    refund = ask(paid_order(hours=2), by)
    assert refund.state == "waiting"
    match_application(refund.order, refund, Applied("98765", LATER), by=by, now=LATER)
    assert again(refund).state == "review"
    assert again(refund).promised_by == refund.promised_by  # it starts when the window opens


def test_a_buyers_application_is_withdrawn_by_the_buyer_alone(by: Actor) -> None:
    refund = ask(paid_order(hours=30), by)
    match_application(refund.order, refund, Applied("98765", LATER), by=by, now=LATER)
    with pytest.raises(Refused, match="还开着") as refused:
        withdraw_refund(refund.order, again(refund), "不退了", by=by, now=LATER)
    assert refused.value.verdict.say is not None


def test_one_application_is_about_one_platform_order(by: Actor) -> None:
    """Another buyer's order of the same shop is not paid back by it."""
    first = ask(paid_order(hours=30), by)
    other = ask(paid_order(hours=30, shop=first.shop), by)
    match_application(first.order, first, Applied("9876543210", LATER), by=by, now=LATER)
    with pytest.raises(Refused, match=f"已经对到 {first.number}"):
        match_application(other.order, other, Applied("9876543210", LATER), by=by, now=LATER)
    assert (again(other).state, again(other).application) == ("to_apply", "")


def test_the_parts_of_one_platform_order_share_its_application(by: Actor) -> None:
    order = paid_order(hours=30, lines=[(goods("60.00"), 1), (goods("40.00"), 1)])
    part = ask(order, by, wanted(RefundKind.GOODS, pieces={order.lines.all()[0].pk: 1}))
    rest = ask(again(order), by)
    for refund in (part, rest):
        match_application(refund.order, refund, Applied("9876543210", LATER), by=by, now=LATER)
        assert again(refund).state == "review"


# As the platform tells of it


def test_the_platforms_news_finds_the_note_of_intent(by: Actor) -> None:
    refund = ask(paid_order(hours=30), by)
    take(refund.order, seen(refund.order, refund.amount))
    take(refund.order, seen(refund.order, refund.amount))  # told again: nothing
    assert only(order=refund.order).state == "review"
    assert only(order=refund.order).application == "9876543210"


def test_one_that_comes_by_itself_goes_to_review_whatever_the_window() -> None:
    order = paid_order(hours=2)
    take(order, seen(order, order.paid, reason="不想要了", deadline=WED + timedelta(days=2)))
    refund = only(order=order)
    assert (refund.state, refund.source, refund.kind) == ("review", "platform", "whole")
    assert (refund.told_reason, refund.asked_by_id) == ("unwanted", None)
    assert refund.deadline == WED + timedelta(days=2)
    assert hold_of(refund) is not None


def test_for_one_line_that_line_is_split_off_and_held_alone() -> None:
    order = paid_order(lines=[(goods("60.00"), 1), (goods("40.00"), 2)])
    order.lines.filter(quantity=2).update(platform_line_no="L2")
    take(order, seen(order, "80.00", line="L2"))
    refund = only()
    assert (refund.kind, refund.amount, refund.split_from_id) == ("goods", 80, order.pk)
    assert not again(order).holds.filter(state="open").exists()


def test_for_one_line_of_what_is_being_packed_the_parcel_is_stopped() -> None:
    order = paid_order(state="packed", lines=[(goods("60.00"), 1), (goods("40.00"), 2)])
    order.lines.filter(quantity=2).update(platform_line_no="L2")
    take(order, seen(order, "80.00", line="L2"))
    assert (only().order_id, only().stop) == (order.pk, "asked")


def test_another_amount_takes_the_place_of_the_note(by: Actor) -> None:
    """What we know of it and its evidence stay; whoever noted it hears that the amount differs."""
    refund = ask(paid_order(hours=30), by, wanted(true=TrueReason.MISTAKE, why="拍错颜色"))
    photo = [Kept("颜色.jpg", "image/jpeg", 3, "refunds/photo")]
    add_evidence(refund.order, refund, photo, by=by, now=WED)
    take(refund.order, seen(refund.order, "100.00", reason="不想要了"))
    assert again(refund).state == "withdrawn"
    new = only(order=refund.order, state="review")
    assert (new.amount, again(refund.order).refund_reserved) == (100, 100)
    assert [one.place for one in new.evidence.all()] == ["refunds/photo"]
    assert (new.true_reason, new.told_reason) == ("mistake", "unwanted")
    assert new.why == (
        "买家在平台上申请：不想要了；金额和客服记的不同，记的是 140.00 元（拍错颜色）"
    )
    told = unread_of(User.objects.get(pk=by.user_id or 0)).get().text
    assert "申请的是 100.00 元，您记的是 140.00 元" in told


def test_another_amount_of_a_difference_still_holds_nothing(by: Actor) -> None:
    order = paid_order(hours=30)
    more = {"extra": Decimal("20.00")}
    ask(order, by, wanted(RefundKind.DIFFERENCE, TrueReason.CHEAPER, **more))
    take(order, seen(order, "18.00"))
    new = only(order=order, state="review")
    assert (new.kind, new.amount, new.true_reason) == ("difference", 18, "cheaper")
    assert not again(order).holds.filter(state="open").exists()


def test_a_stock_out_that_the_buyer_calls_otherwise_is_taken_in_all_the_same(by: Actor) -> None:
    refund = ask(paid_order(hours=30), by, wanted(true=TrueReason.STOCK_OUT))
    take(refund.order, seen(refund.order, "100.00", reason="不想要了"))
    assert only(order=refund.order, state="review").true_reason == "stock_out"


def test_of_what_has_left_the_fault_is_settled_in_review() -> None:
    order = paid_order(state="received", hours=200)
    take(order, seen(order, "30.00", goods_back=True))
    assert (only().kind, only().state, only().fault) == ("return", "review", "")
    assert hold_of(only()) is None


def test_the_buyer_withdraws_it_there_and_the_order_goes_on() -> None:
    order = paid_order()
    take(order, seen(order, order.paid))
    take(order, seen(order, order.paid, standing=Standing.CLOSED))
    assert only().state == "withdrawn"
    assert (again(order).refund_reserved, hold_of(only())) == (0, None)
    for standing in (Standing.CLOSED, Standing.OPEN):  # told again, and by an older list
        take(order, seen(order, order.paid, standing=standing))
    assert only().state == "withdrawn"


def test_the_platform_paid_it_back_itself_and_the_order_is_closed() -> None:
    order = paid_order()
    take(order, seen(order, order.paid, standing=Standing.PAID))
    assert (only().state, again(order).state) == ("succeeded", "closed")
    take(order, seen(order, order.paid, standing=Standing.PAID))
    assert again(order).refund_reserved == order.paid


def test_a_stock_out_as_its_reason_is_reported() -> None:
    """1.5.b: the platform would take the product off its shelf."""
    senior, order = UserFactory.create(role="senior"), paid_order()
    take(order, seen(order, order.paid, reason="缺货"))
    assert "请买家改成“其它原因”" in unread_of(senior).get().text


def test_a_stock_out_names_the_part_that_it_is_about() -> None:
    senior, order = (
        UserFactory.create(role="senior"),
        paid_order(lines=[(goods(), 1), (goods(), 1)]),
    )
    order.lines.filter(pk=order.lines.all()[1].pk).update(platform_line_no="L2")
    take(order, seen(order, "60.00", line="L2", reason="缺货"))
    part = only().order
    assert part.pk != order.pk
    assert unread_of(senior).get().text.startswith(f"{part.order_no} 买家")


def test_an_order_that_is_not_here_and_more_than_was_paid() -> None:
    order = paid_order()
    with pytest.raises(NoSuchOrder):
        take_application(order.shop, Seen("1", "nowhere", Decimal(1), Standing.OPEN, WED), now=WED)
    with pytest.raises(Refused, match="可以退"):
        take(order, seen(order, order.paid + 1))


def test_each_part_of_a_split_order_is_found_by_its_line(by: Actor) -> None:
    order = paid_order(lines=[(goods("60.00"), 1), (goods("40.00"), 2)], hours=30)
    order.lines.filter(quantity=2).update(platform_line_no="L2")
    line = order.lines.get(platform_line_no="L2")
    noted = ask(order, by, wanted(RefundKind.GOODS, TrueReason.STOCK_OUT, pieces={line.pk: 2}))
    take(order, seen(order, "80.00", line="L2"))
    assert (again(noted).state, again(noted).application) == ("review", "9876543210")
