"""SOP 1.2.d, 1.2.b: paid, not shipped, wants other goods: the stop, the difference, a new order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aftersales.models import Case
from aftersales.selectors.swaps import Swapping
from aftersales.selectors.telling import tell_of
from aftersales.services.hearing import hear_refunds
from aftersales.services.modifications import hear_answers
from aftersales.services.swaps import (
    finish_swap,
    give_up_swap,
    hear_too_late,
    hear_top_ups,
    swap_order,
    swap_stopped,
    tie_new_order,
)
from aftersales.words import SwapWay
from core.acts import Actor, act, lock
from core.models import Act
from core.sentences import render
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Contact, HandTask, Hold, Note, Order
from orders.policy import Contacted
from orders.services.note import note
from orders.services.top_up import tie_top_up
from orders.words import ContactChannel, IdentityKey
from refunds.models import Refund
from refunds.services.finish import succeeded
from refunds.services.stops import hear_stops
from refunds.services.withdraw import withdraw_refund
from stock.models import Sku
from tests.acts.pages import fields
from tests.aftersales.asking import newest, now_of
from tests.refunds.asking import WED, again, by_alipay, goods, own_shop, paid_order
from warehouse.services.intercept import confirm_stop, too_late

pytestmark = pytest.mark.django_db
D = Decimal
KEYS = frozenset({IdentityKey.ORDER_NO, IdentityKey.MOBILE})
TALK = Contacted(ContactChannel.TELEPHONE, KEYS, "换大一码")


@pytest.fixture
def order() -> Order:
    """Own shop, paid by Alipay: two pieces at 60 yuan."""
    return by_alipay(paid_order(30, shop=own_shop(), lines=[(goods("60.00"), 2)]))


def in_state(state: str, **more: Any) -> Order:
    values: dict[str, Any] = {"state": state, "shop": own_shop(), **more}
    values.setdefault("lines", [(goods("60.00"), 2)])
    return by_alipay(paid_order(30, **values))


def swap(order: Order, by: Actor, new: Sku, pieces: int = 2, **more: Any) -> Act:
    line = order.lines.get()
    way = more.pop("way", SwapWay.IN_PLACE)
    wanted = Swapping(way, {line.pk: pieces}, {line.pk: new}, "size")
    return swap_order(order, wanted, by=by, now=WED, **more)


def stop_of(case: Case) -> Hold:
    return Hold.objects.select_related("order").get(cause=case.number)


def fresh(order: Order) -> Order:
    return Order.objects.select_related("shop").get(pk=order.pk)


def top_up_of(order: Order, amount: str) -> Order:
    made: Order = OrderFactory.create(
        state="paid", is_top_up=True, shop=order.shop, lines=[(goods(amount), 1)]
    )
    return made


def pay_out(case: Case, by: Actor) -> None:
    """As if the money of its refund had gone back."""
    refund = case.refunds.select_related("order").get()
    with act("enter_transfer", refund.order, by=by, now=WED) as (row, log):
        succeeded(row, lock(refund), log, now=WED)


def said(case: Case) -> str:
    say = tell_of(case)
    return render(say, "") if say else ""


def goods_of(order: Order) -> list[tuple[int | None, int]]:
    return list(order.lines.order_by("id").values_list("sku", "quantity"))


# -- on the order itself ---------------------------------------------------------------------------


def test_nobody_has_to_be_waited_for_and_it_is_done_at_once(order: Order, by: Actor) -> None:
    """No case; a note with style, colour and size; channel and identity check are kept."""
    new = goods("60.00")
    done = swap(order, by, new, contact=TALK)
    assert not Case.objects.exists()
    assert goods_of(order) == [(new.pk, 2)]
    assert order.notes.get().text.endswith(f"换成 {new.label} × 2")
    assert order.notes.get().for_shop
    assert (done.say or {})["key"] == "modify.products.same"
    assert Contact.objects.get().identity == ["mobile", "order_no"]


def test_dearer_waits_for_the_top_up_whose_order_belongs_to_the_case(
    order: Order, by: Actor, agent_client: Client
) -> None:
    """One piece of two, 20 yuan dearer: the case ends when it is paid, with notes on both."""
    dearer = goods("80.00")
    swap(order, by, dearer, pieces=1)
    case = newest()
    assert (case.state, case.waits_for, case.lines.get().pieces) == ("customer", "top_up", 1)
    assert "还差 20.00 元" in said(case)
    html = agent_client.get(case.get_absolute_url()).content.decode()
    assert f'class="button main" href="{reverse("tie-top-up", args=[order.order_no])}"' in html
    assert "时限暂停（等买家）" in html  # no parcel is on its way
    assert hear_top_ups(WED) == 0
    top_up = top_up_of(order, "20.00")
    tie_top_up(fresh(order), top_up, certain=True, by=by, now=WED)
    assert hear_top_ups(WED) == 1
    case = now_of(case)
    assert (case.state, case.ended_why) == ("resolved", "差价结清了")
    assert case.orders.get().order == top_up
    assert f"此单为换货补差价：原订单 {order.platform_no or order.order_no}" in (
        Note.objects.get(order=top_up).text
    )
    assert hear_top_ups(WED) == 0


def test_the_customer_keeps_what_was_ordered_and_all_is_as_before(order: Order, by: Actor) -> None:
    before, due = goods_of(order), order.due
    swap(order, by, goods("80.00"), pieces=1)
    assert len(goods_of(order)) == 2
    give_up_swap(newest(), "嫌贵", by=by, now=WED)
    order = fresh(order)
    assert (goods_of(order), order.due) == (before, due)
    assert not order.holds.filter(state="open").exists()
    assert newest().state == "withdrawn"


def test_cheaper_gives_the_difference_back_while_the_order_goes_on(order: Order, by: Actor) -> None:
    swap(order, by, goods("45.00"))
    case = newest()
    refund = case.refunds.get()
    assert (case.waits_for, refund.kind, refund.amount) == ("refund", "difference", D("30.00"))
    assert not fresh(order).holds.filter(state="open").exists()
    pay_out(case, by)
    hear_refunds(WED)
    assert (now_of(case).outcome, fresh(order).owed_back) == ("settled", D(0))
    assert Act.objects.filter(verb="hear_refund").latest("at").clause == "1.2.d"


def test_what_the_warehouse_has_begun_is_stopped_first(by: Actor) -> None:
    """SOP 1.1.e, 1.2.d: stopped → one press changes the goods and releases it again."""
    order, new = in_state("picking"), goods("60.00")
    swap(order, by, new)
    case = newest()
    assert (case.waits_for, stop_of(case).stop) == ("stop", "asked")
    with pytest.raises(Refused, match="仓库拦截"):
        swap_stopped(case, by=by, now=WED)
    confirm_stop(stop_of(case), "A-01", by=by, now=WED)
    hear_answers(WED)
    assert goods_of(order)[0][0] != new.pk
    done = swap_stopped(now_of(case), by=by, now=WED)
    assert "重新下发" in done.summary
    assert (goods_of(order), now_of(case).state) == ([(new.pk, 2)], "resolved")
    assert fresh(order).released_at == WED


def test_stopped_and_dearer_waits_held_until_it_is_paid(by: Actor) -> None:
    order = in_state("packed")
    swap(order, by, goods("70.00"))
    case = newest()
    confirm_stop(stop_of(case), "A-01", by=by, now=WED)
    hear_answers(WED)
    swap_stopped(now_of(case), by=by, now=WED)
    assert now_of(case).waits_for == "top_up"
    assert (fresh(order).released_at, order.holds.get(kind="top_up").amount) == (None, D("20.00"))


def test_too_late_is_told_and_ends_with_the_reason(by: Actor) -> None:
    """Marked shipped, not handed over: pulled, else 1.4 (SOP 1.2.b)."""
    order = in_state("shipped", released_at=WED, carrier="YTO", waybill="YT8962646785389")
    swap(order, by, goods("60.00"))
    case = newest()
    too_late(stop_of(case), "车开走了", by=by, now=WED)
    hear_answers(WED)
    case = now_of(case)
    assert case.waits_for == "decision"
    assert "来不及换了" in said(case)
    finish_swap(case, "收到后办换货", by=by, now=WED)
    assert (now_of(case).state, goods_of(order)[0][1]) == ("withdrawn", 2)


@pytest.mark.parametrize("begun", [True, False])
def test_given_up_before_the_warehouse_answers(by: Actor, begun: bool) -> None:
    order = in_state("picking")
    swap(order, by, goods("60.00"))
    if not begun:
        confirm_stop(stop_of(newest()), "", by=by, now=WED)
        hear_answers(WED)
    give_up_swap(newest(), "又不换了", by=by, now=WED)
    assert not order.holds.filter(state="open").exists()
    assert newest().state == "withdrawn"


# -- a new order -----------------------------------------------------------------------------------


def new_one(order: Order) -> Order:
    goods_of_it = [(goods("80.00"), 2)]
    return paid_order(1, shop=order.shop, mobile=order.mobile, lines=goods_of_it)


def test_refunded_and_placed_anew_with_linked_notes_on_both(order: Order, by: Actor) -> None:
    """SOP 1.2.d: the old order is held at once; tied, paid back: done."""
    new_goods = goods("80.00")
    done = swap(order, by, new_goods, way=SwapWay.NEW_ORDER)
    case, refund = newest(), Refund.objects.get()
    assert (case.waits_for, refund.kind, refund.amount) == ("new_order", "whole", D("120.00"))
    assert order.holds.get(state="open").kind == "refund"
    assert "原订单的退款我已经登记" in said(case)
    assert (done.say or {})["key"] == "swap.new_order"
    wrong, new = new_one(order), new_one(order)
    tie_new_order(case, wrong, by=by, now=WED)
    tie_new_order(now_of(case), new, by=by, now=WED)
    case = now_of(case)
    assert (case.waits_for, [row.order for row in case.orders.all()]) == ("refund", [new])
    assert list(order.links_out.values_list("other", "kind")) == [(new.pk, "exchange")]
    assert new.platform_no in Note.objects.filter(order=order).latest("id").text
    told = Note.objects.get(order=new).text
    assert told == f"此单为换货：原订单 {order.platform_no}，{new_goods.label} × 2"
    pay_out(case, by)
    hear_refunds(WED)
    assert (now_of(case).outcome, fresh(order).state) == ("settled", "closed")


def test_on_a_platform_the_customer_applies_and_both_memos_go_there(by: Actor) -> None:
    order = paid_order(2, lines=[(goods("60.00"), 1)])
    swap(order, by, goods("80.00"), pieces=1, way=SwapWay.NEW_ORDER)
    case = newest()
    assert "11 月 26 日 13:00 以后在平台上申请原订单的退款" in said(case)
    new = paid_order(1, shop=order.shop, mobile=order.mobile)
    tie_new_order(case, new, by=by, now=WED)
    assert "11 月 26 日 13:00 以后在平台上申请原订单的退款" in said(now_of(case))
    memos = HandTask.objects.filter(kind="memo").values_list("order", flat=True)
    assert set(memos) == {order.pk, new.pk}


def test_it_left_before_it_was_stopped_and_a_person_decides(by: Actor) -> None:
    order = in_state("picking")
    swap(order, by, goods("80.00"), way=SwapWay.NEW_ORDER)
    case, refund = newest(), Refund.objects.get()
    too_late(stop_of_refund(refund), "发出了", by=by, now=WED)
    hear_stops(WED)
    assert (hear_too_late(WED), hear_too_late(WED)) == (1, 0)
    assert now_of(case).waits_for == "decision"
    with pytest.raises(Refused, match="退款还没有结果"):
        finish_swap(now_of(case), "等收货", by=by, now=WED)
    withdraw_refund(fresh(order), again(refund), "等收到再换", by=by, now=WED)
    finish_swap(now_of(case), "收到后换货", by=by, now=WED)
    assert now_of(case).state == "withdrawn"


def stop_of_refund(refund: Refund) -> Hold:
    return Hold.objects.select_related("order").get(cause=refund.number)


def test_money_that_is_asked_for_is_taken_back_before_the_wish(order: Order, by: Actor) -> None:
    swap(order, by, goods("80.00"), way=SwapWay.NEW_ORDER)
    with pytest.raises(Refused, match="退款已经申请"):
        give_up_swap(newest(), "不换了", by=by, now=WED)
    withdraw_refund(fresh(order), Refund.objects.get(), "不换了", by=by, now=WED)
    give_up_swap(newest(), "不换了", by=by, now=WED)
    assert newest().state == "withdrawn"


def test_a_strangers_order_is_tied_on_purpose_only(order: Order, by: Actor) -> None:
    """Neither account nor telephone agree (SOP 1.1.b): the agent says that it is the customer's."""
    swap(order, by, goods("80.00"), way=SwapWay.NEW_ORDER)
    other = paid_order(1, shop=order.shop)
    with pytest.raises(Refused, match="可能是别人的订单"):
        tie_new_order(newest(), other, by=by, now=WED)
    assert not Note.objects.filter(order=other).exists()
    tie_new_order(newest(), other, certain=True, by=by, now=WED)
    assert newest().waits_for == "refund"


def test_what_cannot_be_the_new_order(order: Order, by: Actor) -> None:
    swap(order, by, goods("80.00"), way=SwapWay.NEW_ORDER)
    case = newest()
    for other, why in (
        (fresh(order), "这就是原订单"),
        (OrderFactory.create(state="closed"), "已经关闭"),
        (top_up_of(order, "5.00"), "补差价订单"),
    ):
        with pytest.raises(Refused, match=why):
            tie_new_order(case, other, by=by, now=WED)


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "clause", "why"),
    [
        ({"state": "shipped"}, "1.2.b", "货追不回来"),
        ({"state": "received"}, "1.2.b", "货追不回来"),
        ({"state": "unpaid", "paid": 0}, "1.2.d", "还没有付款"),
        ({"state": "closed"}, "1.2.d", "已经关闭"),
        ({"is_top_up": True}, "1.2.d", "补差价没有货"),
        ({"lines_unclear": "多件"}, "5.a", "还没有确认"),
    ],
)
def test_where_it_cannot_be_exchanged_it_says_what_to_do(
    by: Actor, values: dict[str, Any], clause: str, why: str
) -> None:
    order = OrderFactory.create(**({"state": "paid", "handed_over_at": WED} | values))
    with pytest.raises(Refused, match=why) as refused:
        swap(order, by, goods(), pieces=1, contact=TALK)
    assert refused.value.verdict.clause == clause
    assert why in Contact.objects.get().said


def test_a_memo_is_no_edit() -> None:
    """Two colleagues may write memos while a third edits: the version stays."""
    order = OrderFactory.create(state="paid")
    before = order.version
    note(order, "买家下午在", by=Actor("person", "李雷"), now=WED)
    order.refresh_from_db()
    assert order.version == before


# -- the pages -------------------------------------------------------------------------------------


def test_from_the_order_to_the_new_one_on_pages(agent_client: Client, order: Order) -> None:
    """The preview says the difference; the tie page lists the same buyer's newer orders."""
    line, dearer = order.lines.get(), goods("80.00")
    url = reverse("open-swap", args=[order.order_no])
    assert url in agent_client.get(reverse("open-case", args=[order.order_no])).content.decode()
    typed = fields(agent_client.get(url).content.decode()) | {"reason": "size"}
    nothing = agent_client.post(url, typed)
    assert (nothing.status_code, "还没有选换成什么" in nothing.content.decode()) == (422, True)
    typed |= {f"line{line.pk}-find": dearer.code, f"line{line.pk}-quantity": "2"}
    shown = agent_client.post(url, typed | {"preview": "1"}).content.decode()
    assert "买家补" in shown
    assert "40.00" in shown
    assert not order.notes.exists()
    agent_client.post(url, typed | {"way": "new_order"})
    case = newest()
    new = paid_order(0, shop=order.shop, buyer_account=order.buyer_account)
    page = reverse("tie-new-order", args=[case.number])
    html = agent_client.get(page).content.decode()
    assert new.order_no in html
    missing = agent_client.post(page, fields(html) | {"number": "12345678"})
    assert (missing.status_code, "没有找到" in missing.content.decode()) == (409, True)
    agent_client.post(page, fields(html) | {"pick": new.order_no})
    assert now_of(case).orders.get().order == new
    html = agent_client.get(case.get_absolute_url()).content.decode()
    assert "原路退回您的付款账户" in html
