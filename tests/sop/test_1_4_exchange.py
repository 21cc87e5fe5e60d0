"""SOP 1.4, 1.2.d: an exchange: other goods, the difference, who pays which way, sent early."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from aftersales.forms.goods_back import AgreeForm, InspectForm
from aftersales.kinds.exchanges import KIND
from aftersales.kinds.kind import verdict_on
from aftersales.models import Case
from aftersales.policy import Found
from aftersales.selectors.arrivals import find_arrival
from aftersales.selectors.facts import facts_of
from aftersales.selectors.left import pieces_left
from aftersales.selectors.offers import case_offers
from aftersales.selectors.telling import tell_of
from aftersales.services.arrivals import count_goods, undo_count
from aftersales.services.asking import ask_customer, record_answer
from aftersales.services.ending import withdraw_case
from aftersales.services.exchanges import (
    Swap,
    end_unreturned,
    finish_exchange,
    open_exchange,
    resend_early,
    resend_exchange,
)
from aftersales.services.hearing import hear_orders
from aftersales.services.inspection import agree_difference
from aftersales.services.parcels import record_sent, send_back
from aftersales.services.resends import hear_closed
from aftersales.services.timers import close_silent, nudge
from core.acts import Actor, act
from core.sentences import render
from core.verdict import Refused
from orders.factories import ShopFactory
from orders.models import HandTask, Hold, Order
from orders.services.close import close_order, reopen_order
from orders.services.top_up import tie_top_up
from refunds.models import Refund
from refunds.services.withdraw import withdraw_refund
from staff.factories import UserFactory
from staff.models import Notice
from stock.models import Movement, Sku
from tests.aftersales.asking import DAY, all_of, arrived, back, inspected, newest, now_of, received
from tests.refunds.asking import WED, goods, paid_order
from tests.stock.orders import IDENTIFIED
from warehouse.services.dispatch import tell_numbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return received(lines=[(goods("60.00"), 2)])


def exchanged(order: Order, by: Actor, new: Sku, reason: str = "size", **more: Any) -> Case:
    line = order.lines.get()
    open_exchange(order, Swap(back(order, reason), {line.pk: new}), by=by, now=WED, **more)
    return newest()


def new_order(case: Case) -> Order:
    return case.orders.get(role="new").order


def ship(order: Order, by: Actor) -> None:
    """As if it had left."""
    with act("ship", order, by=by, now=WED) as (row, _):
        row.ship(WED)


@pytest.mark.parametrize(
    ("price", "reason", "said"),
    [
        ("60.00", "size", "寄回的运费由您承担；重新寄出的运费 12.00 元请先补拍；"),
        ("75.00", "size", "寄回的运费由您承担；差价和重新寄出的运费 27.00 元请先补拍；"),
        ("55.00", "size", "扣掉差价，重新寄出的运费 7.00 元请先补拍；"),
        ("45.00", "size", "寄回的运费由您承担；重新寄出的运费从要退给您的差价里扣；"),
        ("75.00", "quality", "凭运费单退给您；差价 15.00 元请先补拍；"),
        ("60.00", "quality", "凭运费单退给您；请不要用到付"),
    ],
)
def test_what_is_to_be_paid_first_is_said_with_the_instructions(
    order: Order, by: Actor, price: str, reason: str, said: str
) -> None:
    """SOP 1.4.c, 1.4.e: before anything is sent."""
    say = tell_of(exchanged(order, by, goods(price), reason))
    assert say is not None
    assert said in render(say)


def test_at_the_customers_cost_the_difference_and_freight_come_first(
    order: Order, by: Actor
) -> None:
    """SOP 1.4.e, 1.1.f: 60 paid, 75 wanted, 12 freight: a top-up of 27 frees it."""
    case = inspected(arrived(exchanged(order, by, goods("75.00")), by), by)
    resend_exchange(case, by=by, now=WED)
    case, sent = now_of(case), new_order(case)
    assert (case.state, case.waits_for) == ("customer", "top_up")
    assert (sent.due, sent.freight, sent.state) == (Decimal("27.00"), Decimal("12.00"), "paid")
    hold = Hold.objects.get(order=sent, kind="top_up")
    assert (hold.state, hold.amount) == ("open", Decimal("27.00"))
    assert hear_orders(WED) == 0
    top_up = paid_order(lines=[(goods("27.00"), 1)], is_top_up=True)
    tie_top_up(sent, top_up, certain=True, by=by, now=WED)
    assert hear_orders(WED) == 1
    assert now_of(case).waits_for == "shipping"
    ship(sent, by)
    assert hear_orders(WED) == 1
    assert (now_of(case).state, now_of(case).outcome) == ("resolved", "resent")
    assert case.lines.get().stocked


def test_linked_notes_stand_on_the_old_and_the_new_order(order: Order, by: Actor) -> None:
    """SOP 1.2.d: with style, colour and size."""
    new = goods("60.00")
    case = inspected(arrived(exchanged(order, by, new, "quality"), by), by)
    resend_exchange(case, by=by, now=WED)
    sent = new_order(case)
    link = order.links_out.get(kind="exchange")
    assert link.other == sent
    assert new.label in link.text
    assert sent.order_no in order.notes.get().text
    assert order.order_no in sent.notes.get().text
    assert (sent.due, sent.consignee, sent.holds.count()) == (0, order.consignee, 0)


def test_our_fault_and_cheaper_gives_the_difference_back(order: Order, by: Actor) -> None:
    """SOP 1.4.c: no freight; 60 paid, 45 wanted."""
    case = inspected(arrived(exchanged(order, by, goods("45.00"), "wrong"), by), by)
    resend_exchange(case, by=by, now=WED)
    refund = Refund.objects.get()
    assert (refund.kind, refund.amount) == ("difference", Decimal("15.00"))
    assert now_of(case).waits_for == "shipping"


def test_our_fault_is_sent_before_the_goods_arrive(order: Order, by: Actor) -> None:
    case = exchanged(order, by, goods("60.00"), "quality")
    resend_early(case, by=by, now=WED)
    case = now_of(case)
    assert (case.waits_for, new_order(case).due) == ("sending", 0)
    with pytest.raises(Refused):
        resend_early(case, by=by, now=WED)
    with pytest.raises(Refused, match="新订单已经开了"):
        withdraw_case(case, "不换了", by=by, now=WED)
    case = inspected(arrived(case, by), by)
    ship(new_order(case), by)
    finish_exchange(case, by=by, now=WED)
    assert now_of(case).outcome == "resent"
    assert case.lines.get().stocked


def told(case: Case) -> str:
    say = tell_of(now_of(case))
    return render(say) if say else ""


def test_the_customer_hears_that_the_other_goods_are_sent_early(order: Order, by: Actor) -> None:
    """SOP 1.4.c: that they will be, and once they have left by which waybill."""
    case = exchanged(order, by, goods("60.00"), "quality")
    done = resend_early(case, by=by, now=WED)
    assert done.say["key"] == "case.instructions.early"
    assert "不等您寄回就给您发出" in told(case)
    Order.objects.filter(pk=new_order(case).pk).update(waybill="YT8812345678")
    ship(new_order(case), by)
    assert "已经给您寄出了，运单号 YT8812345678" in told(case)
    other = exchanged(order, by, goods("60.00"), "quality")
    resend_early(other, by=by, now=WED)
    close_order(new_order(other), "又不换了", by=by, now=WED, contact=IDENTIFIED)
    assert told(other).startswith("亲，请把商品")


def test_what_was_to_be_sent_early_and_has_not_left_ends_nothing(order: Order, by: Actor) -> None:
    """SOP 1.4.f: theirs came first; it is done by itself once ours has left."""
    case = exchanged(order, by, goods("60.00"), "quality")
    resend_early(case, by=by, now=WED)
    case = inspected(arrived(now_of(case), by), by)
    verdict = verdict_on(KIND, "finish_exchange", facts_of(case))
    assert (verdict.allowed, "已经寄了" in verdict.reason) == (True, False)
    finish_exchange(case, by=by, now=WED)
    assert (now_of(case).waits_for, hear_orders(WED)) == ("shipping", 0)
    ship(new_order(case), by)
    assert hear_orders(WED) == 1
    assert (now_of(case).outcome, case.lines.get().stocked) == ("resent", True)


def test_agents_see_that_seniors_may_send_early(order: Order, by: Actor) -> None:
    case = exchanged(order, by, goods("60.00"), "quality")
    for role, allowed in (("agent", False), ("senior", True)):
        user = UserFactory.create(role=role)
        found = {one.verb: one.verdict for one in case_offers(case, facts_of(case), user)}
        assert found["resend_early"].allowed is allowed
    warehouse = UserFactory.create(role="warehouse")
    verbs = {one.verb for one in case_offers(case, facts_of(case), warehouse)}
    assert "resend_early" not in verbs


@pytest.mark.parametrize("early", [False, True])
def test_a_piece_that_is_not_accepted_goes_back_once_the_other_goods_left(
    order: Order, by: Actor, early: bool
) -> None:
    """SOP 1.4.f: two came, one is accepted; the other is sent back to its owner, then done."""
    line, new = order.lines.get(), goods("60.00")
    open_exchange(order, Swap(back(order, "quality", pieces=2), {line.pk: new}), by=by, now=WED)
    case = newest()
    if early:
        resend_early(case, by=by, now=WED)
    case = inspected(arrived(now_of(case), by), by, Found(good=1))
    agree_difference(case, "一件洗过了", by=by, now=WED)
    if early:
        ship(new_order(case), by)
        finish_exchange(now_of(case), by=by, now=WED)
    else:
        resend_exchange(now_of(case), by=by, now=WED)
        assert new_order(case).lines.get().quantity == 1
        ship(new_order(case), by)
        assert (hear_orders(WED), hear_orders(WED)) == (1, 0)
    case = now_of(case)
    assert (case.state, case.waits_for) == ("warehouse", "shipping")
    assert (say := tell_of(case)) is not None
    assert say.key == "case.sent_back"
    record_sent(case, "YTO", "YT7700000001", by=by, now=WED)
    assert (now_of(case).state, now_of(case).outcome) == ("resolved", "resent")


def test_what_never_comes_back_after_ours_were_sent_is_given_up_by_a_person(
    order: Order, by: Actor
) -> None:
    """SOP 1.4.c: silence does not end it; owner and supervisor hear, and it ends in writing."""
    case = exchanged(order, by, goods("60.00"), "quality")
    resend_early(case, by=by, now=WED)
    with pytest.raises(Refused, match="还没有等过"):
        end_unreturned(now_of(case), "不等了", by=by, now=WED)
    due = now_of(case).due_at
    assert (nudge(due), nudge(due + DAY)) == (1, 0)
    assert Notice.objects.filter(role="supervisor", text__contains="一直没有寄回").count() == 1
    assert Notice.objects.filter(to_id=by.user_id, text__contains="请看看下一步").exists()
    assert close_silent(WED + 90 * DAY) == 0
    ask_customer(now_of(case), "寄了吗？", by=by, now=due)
    assert close_silent(WED + 90 * DAY) == 0
    record_answer(now_of(case), "忘了", by=by, now=due)
    assert (now_of(case).waits_for, now_of(case).close_at) == ("sending", None)
    nudge(WED + 90 * DAY)
    end_unreturned(now_of(case), "催了三次，不接电话", by=by, now=WED + 90 * DAY)
    case = now_of(case)
    assert (case.outcome, case.ended_why) == ("resent", "货没有寄回：催了三次，不接电话")
    assert list(pieces_left(order).values()) == [1]  # it was replaced, and is claimed no more


def given_up(order: Order, by: Actor) -> Case:
    """Ours were sent early, theirs never came."""
    case = exchanged(order, by, goods("60.00"), "quality")
    resend_early(case, by=by, now=WED)
    ship(new_order(case), by)
    nudge(WED + 90 * DAY)
    end_unreturned(now_of(case), "不接电话", by=by, now=WED + 90 * DAY)
    return now_of(case)


def test_what_was_given_up_and_comes_after_all_is_taken_in(order: Order, by: Actor) -> None:
    """SOP 1.4.f: the dock finds its case; it is looked at and put away, and nothing else is due."""
    case = given_up(order, by)
    late = WED + 100 * DAY
    assert find_arrival(order.order_no) == [case]
    arrived(now_of(case), by, now=late)
    case = now_of(case)
    assert (case.waits_for, case.outcome, case.ended_at) == ("inspection", "", None)
    inspected(case, by, now=late)
    finish_exchange(now_of(case), by=by, now=late)
    case = now_of(case)
    assert (case.outcome, case.ended_why) == ("resent", "")
    assert case.lines.get().stocked
    assert not Refund.objects.exists()
    assert find_arrival(order.order_no) == []


def test_a_slip_of_the_scanner_leaves_what_was_given_up_as_it_was(order: Order, by: Actor) -> None:
    """SOP 1.4.f: the dock takes back what it scanned by mistake."""
    case = given_up(order, by)
    sku = case.lines.select_related("sku").get().sku
    assert sku
    code = sku.code
    count_goods(now_of(case), code, 1, by=by, now=WED + 95 * DAY)
    assert now_of(case).waits_for == "counting"
    undo_count(now_of(case), code, 1, by=by, now=WED + 95 * DAY)
    case = now_of(case)
    assert (case.outcome, case.ended_why) == ("resent", "货没有寄回：不接电话")
    assert find_arrival(order.order_no) == [case]


def test_what_was_to_be_sent_early_and_is_closed_gives_nothing_away(
    order: Order, by: Actor
) -> None:
    """Nothing of ours is out: nobody is alarmed, and silence may end it again."""
    case = exchanged(order, by, goods("60.00"), "quality")
    resend_early(case, by=by, now=WED)
    close_order(new_order(case), "又不换了", by=by, now=WED, contact=IDENTIFIED)
    nudge(now_of(case).due_at)
    assert not Notice.objects.filter(role="supervisor").exists()
    ask_customer(now_of(case), "还要退吗？", by=by, now=WED)
    assert now_of(case).close_at is not None


def test_an_early_order_that_was_closed_is_no_part_of_the_next_one(order: Order, by: Actor) -> None:
    """SOP 1.4.c: the next one leaves, and only it is spoken of and heard."""
    case = exchanged(order, by, goods("60.00"), "wrong")
    resend_early(case, by=by, now=WED)
    closed = new_order(case)
    close_order(closed, "又不换了", by=by, now=WED, contact=IDENTIFIED)
    resend_early(now_of(case), by=by, now=WED)  # before any sweep
    assert [one.order for one in case.orders.all()] == [new_order(case)] != [closed]
    case = inspected(arrived(now_of(case), by), by)
    finish_exchange(case, by=by, now=WED)
    assert (hear_closed(WED), now_of(case).waits_for) == (0, "shipping")
    ship(new_order(case), by)
    assert (hear_orders(WED), now_of(case).outcome) == (1, "resent")


def test_the_difference_goes_back_once_however_often_it_is_ordered(order: Order, by: Actor) -> None:
    """SOP 1.1.f: never twice; what was refused is asked for again."""
    case = exchanged(order, by, goods("45.00"), "quality")
    for _ in range(2):
        resend_early(now_of(case), by=by, now=WED)
        close_order(new_order(case), "又不换了", by=by, now=WED, contact=IDENTIFIED)
        hear_closed(WED)
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("15.00")]
    withdraw_refund(order, Refund.objects.get(), "重新算", by=by, now=WED)
    resend_early(now_of(case), by=by, now=WED)
    assert Refund.objects.count() == 2


def test_an_early_order_that_is_closed_leaves_a_usual_exchange(order: Order, by: Actor) -> None:
    """SOP 1.4.c: theirs is still waited for, ours is sent when it is here."""
    case = exchanged(order, by, goods("60.00"), "quality")
    resend_early(case, by=by, now=WED)
    close_order(new_order(case), "又不换了", by=by, now=WED, contact=IDENTIFIED)
    assert (hear_closed(WED), hear_closed(WED)) == (1, 0)
    assert (now_of(case).waits_for, case.orders.count()) == ("sending", 0)
    assert "不等您寄回" not in told(case)
    assert Notice.objects.filter(text__contains="的新单").count() == 1


def test_what_is_not_sent_after_all_is_closed_and_decided_anew(order: Order, by: Actor) -> None:
    """SOP 1.2.d, 1.4.f: nothing was paid for it; what came is not ours, and may go back."""
    case = inspected(arrived(exchanged(order, by, goods("75.00"), "wrong"), by), by)
    resend_exchange(case, by=by, now=WED)
    close_order(new_order(case), "又不换了", by=by, now=WED, contact=IDENTIFIED)
    with pytest.raises(Refused, match="为售后开的"):
        reopen_order(new_order(case), by=by, now=WED)
    assert (hear_closed(WED), hear_closed(WED)) == (1, 0)
    case = now_of(case)
    assert (case.waits_for, case.orders.count()) == ("decision", 0)
    send_back(inspected(case, by, Found(defect=1)), "不要了", by=by, now=WED)
    record_sent(now_of(case), "YTO", "YT7700000001", by=by, now=WED)
    assert now_of(case).outcome == "sent_back"
    assert not Movement.objects.filter(ref=case.number).exists()


def test_what_is_paid_for_is_refunded_first(order: Order, by: Actor) -> None:
    """SOP 1.2.c: what was topped up goes back before the new order is closed."""
    case = inspected(arrived(exchanged(order, by, goods("75.00")), by), by)
    resend_exchange(case, by=by, now=WED)
    sent = new_order(case)
    top_up = paid_order(lines=[(goods("27.00"), 1)], is_top_up=True, buyer=sent.buyer)
    tie_top_up(sent, top_up, by=by, now=WED)
    sent.refresh_from_db()
    assert not sent.holds.filter(state="open").exists()
    with pytest.raises(Refused, match="已付款"):
        close_order(sent, "又不换了", by=by, now=WED, contact=IDENTIFIED)


def test_more_than_was_bought_is_not_exchanged(order: Order, by: Actor) -> None:
    """Three came of the two that the order has: two are sent."""
    new, line = goods("60.00"), order.lines.get()
    swap = Swap(back(order, "quality", pieces=2), {line.pk: new})
    open_exchange(order, swap, by=by, now=WED)
    case = inspected(arrived(newest(), by, got=3), by)
    agree_difference(case, "多的一件送给我们", all_of(case), by=by, now=WED)
    resend_exchange(now_of(case), by=by, now=WED)
    assert new_order(case).lines.get().quantity == 2


def test_a_piece_more_than_was_agreed_goes_back_to_its_owner(order: Order, by: Actor) -> None:
    """SOP 1.4.f: two came of the one to be exchanged: one is sent, the other goes back."""
    case = arrived(exchanged(order, by, goods("60.00"), "quality"), by, got=2)
    line = case.lines.get()
    look = InspectForm(case=case)
    first = [look.fields[f"{name}-{line.pk}"].initial for name in ("good", "bad", "note")]
    assert first == [1, 1, "比说好的多寄了"]
    case = inspected(case, by, Found(good=2))
    takes = AgreeForm(case=case).fields[f"takes-{line.pk}"]
    assert (takes.initial, takes.help_text) == (
        1,
        "说好 1 件，到了 2 件，验货认可 2 件。没有认可的退回买家。",
    )
    agree_difference(case, "多的一件寄回给买家", {line.pk: 1}, by=by, now=WED)
    resend_exchange(now_of(case), by=by, now=WED)
    assert new_order(case).lines.get().quantity == 1
    ship(new_order(case), by)
    hear_orders(WED)
    assert now_of(case).waits_for == "shipping"
    record_sent(now_of(case), "YTO", "YT7700000001", by=by, now=WED)
    line.refresh_from_db()
    assert (line.good, line.stocked, now_of(case).outcome) == (1, True, "resent")


def test_what_is_closed_waits_for_no_money(order: Order, by: Actor) -> None:
    case = inspected(arrived(exchanged(order, by, goods("75.00")), by), by)
    resend_exchange(case, by=by, now=WED)
    sent = new_order(case)
    assert sent.holds.filter(kind="top_up", state="open").exists()
    close_order(sent, "又不换了", by=by, now=WED, contact=IDENTIFIED)
    assert not sent.holds.filter(state="open").exists()
    assert (hear_closed(WED), now_of(case).waits_for) == (1, "decision")


def test_a_whim_is_not_sent_early(order: Order, by: Actor) -> None:
    case = exchanged(order, by, goods("60.00"))
    with pytest.raises(Refused, match="要等货到"):
        resend_early(case, by=by, now=WED)


def test_what_was_exchanged_does_not_come_back_again(order: Order, by: Actor) -> None:
    case = inspected(arrived(exchanged(order, by, goods("60.00"), "quality"), by), by)
    resend_exchange(case, by=by, now=WED)
    ship(new_order(case), by)
    hear_orders(WED)
    exchanged(order, by, goods("60.00"), "quality")
    with pytest.raises(Refused, match="没有这么多件"):
        exchanged(order, by, goods("60.00"), "quality")


def test_no_platform_is_told_of_an_order_that_was_made_here(order: Order, by: Actor) -> None:
    """SOP 1.2.d, 2.h: its number means nothing there; the old order's does."""
    of_taobao = received(shop=ShopFactory.create(), lines=[(goods("60.00"), 1)])
    case = inspected(arrived(exchanged(of_taobao, by, goods("60.00"), "wrong"), by), by)
    resend_exchange(case, by=by, now=WED)
    sent = new_order(case)
    with act("ship", sent, by=by, now=WED) as (row, _):
        row.carrier, row.waybill = "YTO", "YT8812345678"
        row.ship(WED)
        tell_numbers(row, WED)
    assert not HandTask.objects.filter(order=sent).exists()
    assert HandTask.objects.filter(order=of_taobao, kind="memo").exists()
