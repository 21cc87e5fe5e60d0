"""SOP 1.4′: what the carrier cannot deliver, from its news to refund, resend or delivery."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aftersales.kinds.undeliverable import act_by, may_open
from aftersales.models import Case, PolicyVersion
from aftersales.policy import Found
from aftersales.rules import DELIVERED, written
from aftersales.selectors.left import pieces_left
from aftersales.selectors.telling import tell_of
from aftersales.services.arrivals import count_goods, finish_arrival, refuse_cod
from aftersales.services.hearing import hear_orders, hear_refunds
from aftersales.services.inspection import agree_difference
from aftersales.services.parcel_news import hear_answers, hear_delivered, hear_troubles
from aftersales.services.parcels import record_sent, send_back
from aftersales.services.resends import hear_closed, resend_goods
from aftersales.services.returns import MoneyBack, refund_case
from aftersales.services.timers import close_silent
from aftersales.services.undeliverable import (
    Attempt,
    contact_buyer,
    end_returned,
    let_return,
    open_undeliverable,
    redeliver,
    redirect_parcel,
)
from core.acts import TIMER, Actor, act
from core.models import Act
from core.sentences import render
from core.verdict import Refused, Say
from core.workdays import CHINA
from orders.models import Contact, Hold, Order, OrderLink
from orders.policy import Contacted, OrderFacts, Receiving
from orders.services.acting import order_act
from orders.services.close import close_order
from orders.services.finish import signed
from orders.words import ContactChannel, OrderState
from refunds.models import Refund
from stock.models import StockLevel
from tests.aftersales.asking import DAY, arrived, inspected, newest, now_of
from tests.refunds.asking import WED, by_alipay, goods, own_shop, paid_order
from tests.stock.orders import IDENTIFIED
from warehouse.models import Enquiry, Tracking, Trouble
from warehouse.services.enquiries import answer_carrier
from warehouse.services.news import Line, take_news
from warehouse.words import EnquiryState, TrackSource, TrackState

T = TrackState
SAID = Contacted(ContactChannel.TELEPHONE, said="没人接")
ELSEWHERE = Receiving("林小满", "17712345678", "", "广东省", "深圳市", "福田区", "农园路66号")
WAY: list[tuple[TrackState, str]] = []


def on_the_way(**values: Any) -> Order:
    """Shipped, and followed."""
    values.setdefault("shop", own_shop())
    values.setdefault("lines", [(goods("60.00"), 2), (goods("40.00"), 1)])
    about = {"state": "shipped", "carrier": "YTO", "waybill": "YT8962646785389"} | values
    order = by_alipay(paid_order(72, **about))
    Tracking.objects.create(
        order=order, carrier="YTO", waybill=order.waybill, made_at=WED - 2 * DAY, subscribed=""
    )
    return order


def tells(order: Order, state: TrackState, text: str, now: datetime = WED) -> None:
    """The tracker says so."""
    lines = [Line(now, text, "", state.value)]
    take_news("YTO", order.waybill, state, lines, TrackSource.KUAIDI100, now=now)


@pytest.fixture
def order(db: None) -> Order:
    return on_the_way()


@pytest.fixture
def case(order: Order) -> Case:
    """The parcel was refused, and the sweep heard of it."""
    tells(order, T.REFUSED, "收件人拒收")
    assert hear_troubles(WED) == 1
    return newest()


def test_a_refused_parcel_becomes_a_case_with_the_carriers_last_day(case: Case) -> None:
    """1.4′.a, 1.4′.b; once, however often the sweep looks."""
    order = case.order
    assert order is not None
    assert (case.kind, case.reason_label, case.fault) == ("lost_way", "买家拒收", "buyer")
    assert (case.waits_for, case.waybill, case.owner_id) == ("work", order.waybill, None)
    assert case.details["keeps_until"] == "2026-11-28"
    say = tell_of(case)
    assert say is not None
    assert "保管到11 月 28 日" in render(say)
    assert sum(line.pieces for line in case.lines.all()) == 3
    assert hear_troubles(WED + DAY) == 0


def test_the_last_day_comes_before_the_usual_patience() -> None:
    usual = datetime(2026, 11, 30, 18, 0, tzinfo=CHINA)
    assert act_by(usual, date(2026, 11, 28), WED) == datetime(2026, 11, 27, 9, 0, tzinfo=CHINA)
    assert act_by(usual, date(2026, 11, 26), WED) == usual  # too late to be early
    assert act_by(usual, None, WED) == usual


def test_only_what_is_on_its_way_is_undeliverable(order: Order, by: Actor) -> None:
    assert not may_open(OrderFacts(order_no="G1", state=OrderState.PAID)).allowed
    here = OrderFacts(order_no="G1", state=OrderState.SHIPPED, released=True)
    assert "还在仓库" in may_open(here).reason
    assert may_open(here, heard=True).allowed, "the carrier has it, whatever our list says"
    open_undeliverable(order, "unreached", date(2026, 11, 29), by=by, now=WED)
    assert newest().owner_id == by.user_id
    with pytest.raises(Refused, match="已经登记了"):
        open_undeliverable(order, "unreached", None, by=by, now=WED)


def test_attempts_are_kept_and_a_message_says_where_the_parcel_is(case: Case, by: Actor) -> None:
    """1.4′.b: not reached; a message is left that says where it is and that it goes back."""
    again = WED + timedelta(hours=2)
    contact_buyer(case, Attempt(SAID, reached=False, again=again), by=by, now=WED)
    case = now_of(case)
    assert (case.waits_for, case.due_at, case.details["tries"]) == ("work", again, 1)
    contact_buyer(case, Attempt(SAID, reached=False, left=True), by=by, now=again)
    case = now_of(case)
    assert (case.state, case.waits_for, case.close_at) == ("customer", "answer", None)
    say = Act.objects.filter(verb="contact_buyer").latest("at").say
    assert say is not None
    assert say["key"] == "case.message_left"
    told = render(Say(say["key"], say["values"]))
    assert "保管到11 月 28 日" in told
    assert "退回给我们" in told
    assert list(Contact.objects.order_by("id").values_list("reached", "call_again_at")) == [
        (False, again),
        (False, None),
    ]
    assert Trouble.objects.get().outcome == "message_left"
    assert close_silent(WED + 30 * DAY) == 0  # the goods are still out: silence closes nothing


def test_the_carrier_tries_again_and_the_customer_has_it(case: Case, by: Actor) -> None:
    redeliver(case, "买家下午在家", WED + DAY, by=by, now=WED)
    case, asked = now_of(case), Enquiry.objects.get()
    assert (case.state, case.waits_for, asked.kind) == ("warehouse", "carrier", "urge")
    assert hear_answers(WED) == 0
    answer_carrier(asked.order, asked, EnquiryState.DONE, "今天派", by=by, now=WED)
    assert hear_answers(WED) == 1
    assert now_of(case).waits_for == "delivery"
    signed(asked.order, WED + DAY, now=WED + DAY)
    assert hear_delivered(WED + DAY) == 1
    case = now_of(case)
    assert (case.state, case.outcome, case.ended_why) == ("resolved", "settled", "快递送到了")
    assert hear_troubles(WED + DAY) == 0


def test_a_carrier_that_cannot_redirect_brings_it_back_to_a_person(case: Case, by: Actor) -> None:
    """A new address (3.b)."""
    redirect_parcel(case, ELSEWHERE, "放门卫", WED + DAY, by=by, now=WED)
    asked = Enquiry.objects.get()
    assert (asked.kind, asked.question) == ("address", "请改派到新地址：放门卫")
    assert asked.to_plain == "林小满 17712345678 广东省 深圳市 福田区 农园路66号"
    assert told(case).startswith("亲，新地址记下了，已经请圆通速递改派")
    assert "正在等快递答复" in told(case)
    answer_carrier(asked.order, asked, EnquiryState.REFUSED, "改不了", by=by, now=WED)
    hear_answers(WED)
    assert now_of(case).waits_for == "work"


def told(case: Case) -> str:
    say = tell_of(now_of(case))
    return render(say) if say else ""


def test_the_customer_hears_of_a_delivery_once_the_carrier_said_so(case: Case, by: Actor) -> None:
    redeliver(case, "", WED + DAY, by=by, now=WED)
    assert ("正在等快递答复" in told(case), "答应" in told(case)) == (True, False)
    asked = Enquiry.objects.get()
    answer_carrier(asked.order, asked, EnquiryState.DONE, "今天派", by=by, now=WED)
    hear_answers(WED)
    assert "答应重新给您派送" in told(case)


def test_news_of_the_way_back_makes_the_dock_wait(case: Case, by: Actor) -> None:
    order = case.order
    assert order is not None
    tells(order, T.RETURNING, "快件退回中", WED + DAY)
    assert hear_troubles(WED + DAY) == 1
    case = now_of(case)
    assert (case.state, case.waits_for) == ("goods", "arrival")
    assert not Trouble.objects.filter(done_at=None).exists()
    assert hear_troubles(WED + DAY) == 0
    with pytest.raises(Refused, match="快递退回来的"):
        refuse_cod(case, by=by, now=WED)


def test_a_policy_that_names_no_such_reason_does_not_stop_sweep_or_refund(
    order: Order, by: Actor
) -> None:
    text = written(replace(DELIVERED, reasons=()))
    PolicyVersion.objects.create(number=1, from_at=WED - 900 * DAY, text=text, by_name="", at=WED)
    tells(order, T.REFUSED, "收件人拒收")
    assert hear_troubles(WED) == 1
    assert newest().reason_label == "买家拒收"
    case = back_again(newest(), by)
    refund_case(case, MoneyBack(), by=by, now=WED)
    assert Refund.objects.get().true_reason == "other"


def back_again(case: Case, by: Actor) -> Case:
    """Let back, counted, inspected."""
    let_return(case, "买家不要了", by=by, now=WED)
    return inspected(arrived(now_of(case), by), by)


def test_back_and_counted_the_money_goes_back(case: Case, by: Actor) -> None:
    with pytest.raises(Refused, match="用不上"):
        refund_case(case, MoneyBack(), by=by, now=WED)
    case = back_again(case, by)
    refund_case(case, MoneyBack(given=Decimal("148.00")), by=by, now=WED)
    assert (now_of(case).state, Refund.objects.get().amount) == ("money", Decimal("148.00"))
    first = case.lines.order_by("id").first()
    assert first is not None
    assert not first.stocked
    with act("finish_there", Refund.objects.get(), by=by, now=WED) as (row, _):
        row.succeed(WED)
    hear_refunds(WED)
    assert StockLevel.objects.get(sku=first.sku_id).on_hand == 52


def test_sent_again_at_the_customers_cost_once_the_freight_is_paid(case: Case, by: Actor) -> None:
    """1.4.e: they pay first; the two orders name each other; then the case hears of it."""
    case = back_again(case, by)
    resend_goods(case, by=by, now=WED)
    case, further = now_of(case), Order.objects.latest("id")
    assert (case.state, case.waits_for, case.close_at) == ("customer", "top_up", None)
    assert (further.state, further.due, further.goods_count) == ("paid", Decimal("12.00"), 3)
    assert OrderLink.objects.get(kind="resend").other == further
    hold = Hold.objects.get(order=further, kind="top_up")
    assert hear_orders(WED) == 0
    with act("lift_hold", hold, by=by, now=WED) as (row, _):
        row.lift(WED, by.name)
    assert hear_orders(WED) == 1
    assert now_of(case).waits_for == "shipping"
    leaves(further)
    assert hear_orders(WED + DAY) == 1
    case = now_of(case)
    assert (case.state, case.outcome) == ("resolved", "resent")
    assert case.order is not None
    assert not any(pieces_left(case.order).values())  # what was sent again comes back once


def leaves(order: Order, waybill: str = "YT77") -> None:
    """As the station does it."""
    with order_act("recall", order, by=TIMER, now=WED) as (row, _):
        row.begin()
        row.pack()
        row.carrier, row.waybill = "YTO", waybill
        row.ship(WED + DAY)


def test_nobody_paid_so_it_ends_in_stock(db: None, by: Actor) -> None:
    """5.g: cash on delivery."""
    order = on_the_way(terms="cod", paid=Decimal("0.00"))
    open_undeliverable(order, "refused", None, by=by, now=WED)
    case = back_again(newest(), by)
    end_returned(case, by=by, now=WED)
    assert now_of(case).outcome == "settled"


def test_the_carriers_fault_costs_the_customer_nothing(db: None, by: Actor) -> None:
    order = on_the_way()
    open_undeliverable(order, "turned_back", None, by=by, now=WED)
    resend_goods(back_again(newest(), by), by=by, now=WED)
    further = Order.objects.latest("id")
    assert (further.due, newest().waits_for) == (0, "shipping")
    close_order(further, "买家又不要了", by=by, now=WED, contact=IDENTIFIED)
    assert (hear_orders(WED), hear_closed(WED)) == (0, 1)
    assert newest().waits_for == "decision"  # a person looks


@pytest.mark.parametrize("way", ["refund", "again"])
def test_what_is_not_accepted_of_it_goes_back_to_the_buyer(case: Case, by: Actor, way: str) -> None:
    """1.4.f: one of three pieces is not ours: the rest is refunded or sent again, then it goes."""
    let_return(case, "买家不要了", by=by, now=WED)
    case = inspected(arrived(now_of(case), by), by, Found(good=1))
    agree_difference(case, "一件不是我们的", by=by, now=WED)
    if way == "refund":
        refund_case(now_of(case), MoneyBack(), by=by, now=WED)
        with act("finish_there", Refund.objects.get(), by=by, now=WED) as (row, _):
            row.succeed(WED)
        assert (hear_refunds(WED), hear_refunds(WED)) == (1, 0)
    else:
        resend_goods(now_of(case), by=by, now=WED)
        leaves(Order.objects.latest("id"))
        assert (hear_orders(WED), hear_orders(WED)) == (1, 0)
    case = now_of(case)
    assert (case.state, case.waits_for) == ("warehouse", "shipping")
    assert (say := tell_of(case)) is not None
    assert "寄回给您" in render(say)
    record_sent(case, "YTO", "YT7700000001", by=by, now=WED)
    assert now_of(case).outcome == {"refund": "refunded", "again": "resent"}[way]


def test_another_parcel_came_back_in_its_place(case: Case, by: Actor) -> None:
    """1.4.f: nothing of it is of this order: no money, nothing to send again; it goes away."""
    let_return(case, "买家不要了", by=by, now=WED)
    count_goods(now_of(case), goods().code, 1, by=by, now=WED)
    finish_arrival(now_of(case), by=by, now=WED)
    agree_difference(inspected(now_of(case), by), "快递送错了", by=by, now=WED)
    for other in (resend_goods, lambda c, **x: refund_case(c, MoneyBack(), **x)):
        with pytest.raises(Refused, match="没有一件是这一单的"):
            other(now_of(case), by=by, now=WED)
    send_back(now_of(case), "不是我们的商品", by=by, now=WED)
    record_sent(now_of(case), "YTO", "YT7700000001", by=by, now=WED)
    assert now_of(case).outcome == "sent_back"
