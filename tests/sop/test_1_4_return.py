"""SOP 1.4: a return, from the contact to the money: may it, who pays, parcel, count, inspection."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from aftersales import policy
from aftersales.forms.freight import FreightForm
from aftersales.forms.goods_back import GoodsBackForm
from aftersales.models import Case
from aftersales.policy import Asked, CaseFacts, Found
from aftersales.rules import DELIVERED, read, written
from aftersales.selectors.facts import facts_of
from aftersales.selectors.offers import case_offers
from aftersales.selectors.telling import tell_of
from aftersales.services.arrivals import count_goods, finish_arrival, refuse_cod, undo_count
from aftersales.services.ending import withdraw_case
from aftersales.services.exchanges import Swap, open_exchange, resend_exchange
from aftersales.services.freight import Owed, owe_freight
from aftersales.services.hearing import hear_refunds
from aftersales.services.inspection import agree_difference
from aftersales.services.parcels import note_waybill, record_sent, send_back
from aftersales.services.reasons import change_reason
from aftersales.services.returns import MoneyBack, refund_case
from aftersales.words import CaseKind, ClaimState, WaitsFor
from core.acts import Actor, Conflict, act
from core.evidence.keeping import Kept
from core.models import Act
from core.sentences import from_act, render
from core.verdict import Refused, Say
from orders.models import Contact, Order
from orders.policy import Contacted
from orders.words import ContactChannel
from refunds.models import Payout, Refund
from refunds.words import Fault, FreightPayer
from staff.factories import UserFactory
from staff.models import Notice
from stock.models import Movement, StockLevel
from tests.acts.pages import fields
from tests.aftersales.asking import (
    DAY,
    all_of,
    arrived,
    back,
    inspected,
    now_of,
    on_its_way,
    only_line,
    opened,
    received,
)
from tests.refunds.asking import WED, goods, paid_order

K = CaseKind
RECEIVED = date(2026, 11, 20)


def asked(reason: Fault = Fault.BUYER, **more: Any) -> Asked:
    return Asked(more.pop("kind", K.RETURN), reason, more.pop("on", RECEIVED), **more)


# May it be asked for (1.4.b)


def test_the_period_counts_from_the_day_after_receipt() -> None:
    assert policy.eligible(DELIVERED, asked(), RECEIVED + timedelta(days=7)).allowed
    late = policy.eligible(DELIVERED, asked(), RECEIVED + timedelta(days=8))
    assert (late.allowed, late.clause) == (False, "1.4.b")
    assert late.say == Say("case.too_late", {"days": "7", "until": "11 月 27 日"})


def test_missing_tags_refuse_a_whim_and_not_a_defect() -> None:
    whim = policy.eligible(DELIVERED, asked(tags=False), RECEIVED)
    assert "吊牌不完整" in whim.reason
    assert policy.eligible(DELIVERED, asked(Fault.SELLER, tags=False), RECEIVED).allowed


def test_some_products_come_back_only_for_their_quality() -> None:
    socks = ("棉袜 黑",)
    assert "袜" in policy.eligible(DELIVERED, asked(titles=socks), RECEIVED).reason
    assert policy.eligible(DELIVERED, asked(Fault.SELLER, titles=socks), RECEIVED).allowed


def test_a_senior_lets_it_pass_with_a_reason_and_nobody_else_does() -> None:
    late = RECEIVED + timedelta(days=30)
    passed = asked(overruled="老客户", senior=True)
    assert "破例：老客户" in policy.eligible(DELIVERED, passed, late).reason
    assert not policy.eligible(DELIVERED, asked(overruled="老客户"), late).allowed
    assert not policy.eligible(DELIVERED, asked(senior=True), late).allowed


def test_who_pays_which_way_follows_from_the_fault() -> None:
    """SOP 1.4.c, 1.4.e."""
    theirs, ours = DELIVERED.cost(Fault.BUYER), DELIVERED.cost(Fault.SELLER)
    assert (theirs.back, theirs.out) == (FreightPayer.BUYER, FreightPayer.BUYER)
    assert (ours.back, ours.out) == (FreightPayer.SELLER, FreightPayer.SELLER)
    assert policy.cost_said(DELIVERED, K.RETURN, Fault.BUYER).key == "case.cost.theirs"


def test_a_policy_is_read_as_it_was_written() -> None:
    assert read(written(DELIVERED)) == DELIVERED


# From asking to the end


@pytest.fixture
def other() -> Actor:
    """Whoever inspects."""
    return Actor.person(UserFactory.create(role="aftersales"))


@pytest.fixture
def order(db: None) -> Order:
    return received(lines=[(goods("60.00"), 2), (goods("40.00"), 1)])


def test_asked_for_it_waits_for_the_parcel_and_tells_how_to_send_it(
    order: Order, by: Actor
) -> None:
    """SOP 1.4.a, 1.4.d."""
    said = Contacted(ContactChannel.WANGWANG, said="大了一码")
    case = opened(order, by, contact=said)
    assert (case.number, case.state, case.waits_for) == (
        f"{order.order_no}-C1",
        "customer",
        "sending",
    )
    assert (case.reason_label, case.fault, case.pays_back) == ("尺码不合适", "buyer", "buyer")
    assert only_line(case).pieces == 1
    say = tell_of(case)
    assert say is not None
    text = render(say)
    for part in (order.order_no, case.number, "寄回的运费由您承担", "不要用到付", "旺旺"):
        assert part in text
    assert Contact.objects.get(about="open_case").said == "大了一码"
    assert case.due_at == WED + 7 * DAY


def test_what_is_not_eligible_is_refused_and_the_request_is_kept(db: None, by: Actor) -> None:
    """SOP 1.4.b: with clause, reason and sentence."""
    order = received(days=20)
    said = Contacted(ContactChannel.WANGWANG, said="不喜欢")
    with pytest.raises(Refused, match="过了期限"):
        opened(order, by, back(order, "colour"), contact=said)
    kept = Act.objects.get(order_no=order.order_no, verb="open_case")
    assert (kept.outcome, kept.clause, kept.say and kept.say["key"]) == (
        "refused",
        "1.4.b",
        "case.too_late",
    )
    assert "过了期限" in Contact.objects.get(order=order).said
    assert not Case.objects.exists()


def test_the_day_of_receipt_is_the_orders_own(by: Actor, db: None) -> None:
    """What is typed neither opens the period again nor leaves it away (1.4.b)."""
    order = received(12)
    today = WED.date()
    for named in (None, today, today - DAY):
        with pytest.raises(Refused, match="过了期限"):
            opened(order, by, back(order, received_on=named))
    late = back(order, received_on=today, overruled="老客户")
    assert opened(order, by, late, senior=True).overruled == "老客户"


@pytest.mark.parametrize(
    ("days", "why"),
    [(None, "还没有填哪天签收的"), (-1, "不会在以后"), (5, "才发货，签收不会比这早")],
)
def test_where_the_order_knows_no_day_it_has_to_be_named(
    by: Actor, db: None, days: int | None, why: str
) -> None:
    order = received(received_at=None, shipped_at=WED - 4 * DAY)
    named = None if days is None else (WED - days * DAY).date()
    with pytest.raises(Refused, match=why):
        opened(order, by, back(order, received_on=named))
    assert opened(order, by, back(order, received_on=(WED - 4 * DAY).date())).waits_for == "sending"


def test_the_form_shows_the_orders_day_and_asks_for_one_that_it_does_not_know(
    agent_client: Client, db: None
) -> None:
    order, unknown = received(12), received(received_at=None)
    with time_machine.travel(WED, tick=False):
        for typed in ("", "2026-11-24"):
            data = {"received_on": typed, "reason": "size", f"back-{order.lines.all()[0].pk}": "1"}
            form = GoodsBackForm(data, order=order)
            assert "过了期限" in form.preview["verdict"].reason
            assert "received_on" not in form.errors
        assert "received_on" in GoodsBackForm({}, order=unknown).errors
    url = f"/orders/{order.order_no}/after-sales/return"
    assert "订单上记的签收日期" in agent_client.get(url).content.decode()


def test_not_shipped_is_no_return(db: None, by: Actor) -> None:
    order = paid_order()
    with pytest.raises(Refused, match="还没有发货"):
        opened(order, by, back(order))


def test_the_same_piece_comes_back_once(order: Order, by: Actor) -> None:
    opened(order, by, back(order, pieces=1))
    with pytest.raises(Refused, match="没有这么多件"):
        opened(order, by, back(order, pieces=2))
    assert opened(order, by, back(order, pieces=1)).number.endswith("-C2")


def test_counted_inspected_and_paid_back(order: Order, by: Actor) -> None:
    """SOP 1.4.f, 1.5: part of a line's pieces; the goods go back to stock."""
    case = on_its_way(opened(order, by, back(order, "quality")), by)
    assert (case.state, case.waits_for) == ("goods", "arrival")
    case = arrived(case, by)
    assert (case.state, case.waits_for) == ("open", "inspection")
    case = inspected(case, by, Found(defect=1))
    assert case.waits_for == "decision"
    line = only_line(case)
    assert (line.reception, line.acceptance) == ("arrived", "accepted")
    refund_case(case, MoneyBack(), by=by, now=WED)
    case, refund = now_of(case), Refund.objects.get()
    assert (case.state, refund.amount, refund.fault) == ("money", line.line.amount / 2, "seller")  # type: ignore[union-attr]
    assert list(refund.lines.values_list("line", "pieces")) == [(line.line_id, 1)]
    assert StockLevel.objects.get(sku=line.sku_id).defect == 0  # not ours before it is paid for
    finish(refund, by)
    assert hear_refunds(WED) == 1
    assert StockLevel.objects.get(sku=line.sku_id).defect == 1
    assert only_line(case).stocked


def test_the_money_went_back_and_the_case_is_done(order: Order, by: Actor) -> None:
    """Another case, whose refund is under way, does not move."""
    other = inspected(arrived(opened(order, by), by), by)
    withdraw_case(opened(order, by), "不退了", by=by, now=WED)
    case = inspected(arrived(opened(order, by), by), by)
    refund_case(case, MoneyBack(), by=by, now=WED)
    assert hear_refunds(WED) == 0
    finish(Refund.objects.get(), by)
    refund_case(other, MoneyBack(), by=by, now=WED)
    assert hear_refunds(WED + DAY) == 1
    assert now_of(other).state == "money"
    case = now_of(case)
    assert (case.state, case.outcome, case.ended_at) == ("resolved", "refunded", WED + DAY)


def test_freight_that_the_buyer_paid_is_asked_for_once(order: Order, by: Actor) -> None:
    """SOP 1.4.c, 1.5.f: as they told, with the case's files; above the policy's with a reason."""
    slip = Kept("运费单.jpg", "image/jpeg", 9, "aftersales/slip.jpg")
    case = opened(order, by, back(order, "quality"), evidence=[slip])
    note_waybill(case, "YTO", "YT8800000001", Decimal("15.00"), by=by, now=WED)
    assert FreightForm(case=now_of(case)).initial["amount"] == "15.00"
    case = inspected(arrived(now_of(case), by), by)
    refund_case(case, MoneyBack(), by=by, now=WED)
    assert Refund.objects.get().evidence.get().place == slip.place, "who decides sees it, too"
    with pytest.raises(Refused, match="超过政策里的运费"):
        owe_freight(now_of(case), Owed(Decimal("15.00"), "li@example.com"), by=by, now=WED)
    owed = Owed(Decimal("15.00"), "li@example.com", "新疆")
    owe_freight(now_of(case), owed, by=by, now=WED)
    payout = Payout.objects.get()
    assert (payout.kind, payout.amount) == ("freight", Decimal("15.00"))
    assert payout.evidence.get().place == slip.place
    with pytest.raises(Refused, match="已经申请赔付了"):
        owe_freight(now_of(case), owed, by=by, now=WED)


def test_freight_is_owed_also_when_the_money_was_paid(order: Order, by: Actor) -> None:
    """SOP 1.4.c: the case ends by itself; what was not asked for until then is not lost."""
    case = inspected(arrived(opened(order, by, back(order, "quality")), by), by)
    refund_case(case, MoneyBack(), by=by, now=WED)
    finish(Refund.objects.get(), by)
    hear_refunds(WED)
    case = now_of(case)
    assert case.state == "resolved"
    agent = UserFactory.create(role="agent")
    offers = case_offers(case, facts_of(case), agent)
    assert [offer.verb for offer in offers if offer.verdict.allowed] == ["owe_freight"]
    slip = [Kept("运费单.jpg", "image/jpeg", 9, "aftersales/slip.jpg")]
    owe_freight(case, Owed(Decimal("12.00"), "li@example.com"), slip, by=by, now=WED + DAY)
    with pytest.raises(Refused, match="已经申请赔付了"):
        owe_freight(now_of(case), Owed(Decimal("12.00")), slip, by=by, now=WED + DAY)
    theirs = opened(order, by)
    withdraw_case(theirs, "不退了", by=by, now=WED)
    assert case_offers(now_of(theirs), facts_of(now_of(theirs)), agent) == []


def finish(refund: Refund, by: Actor) -> None:
    """As if it had been paid back on the platform."""
    with act("finish_there", refund, by=by, now=WED) as (row, _):
        row.succeed(WED)


def test_a_refund_that_was_rejected_comes_back_to_a_person(order: Order, by: Actor) -> None:
    case = inspected(arrived(opened(order, by), by), by)
    refund_case(case, MoneyBack(), by=by, now=WED)
    with act("reject_refund", Refund.objects.get(), by=by, now=WED) as (row, _):
        row.reject(WED, "凭证不够")
    assert hear_refunds(WED) == 1
    case = now_of(case)
    assert case.waits_for == "decision"
    assert (say := tell_of(case)) is not None
    assert "验好了" in render(say)
    inspected(case, by, Found(defect=1))
    send_back(now_of(case), "不退款，寄还给买家", by=by, now=WED)
    record_sent(now_of(case), "YTO", "YT7700000001", by=by, now=WED)
    assert now_of(case).outcome == "sent_back"
    assert not Movement.objects.filter(ref=case.number).exists()  # it never was ours


def test_what_differs_goes_back_to_the_agent(order: Order, by: Actor, other: Actor) -> None:
    """One of two came: the agent who promised talks to the customer (SOP 1.4.f)."""
    case = opened(order, by, back(order, pieces=2))
    case = inspected(arrived(case, other, got=1), other)
    assert (case.waits_for, case.owner_id) == ("agreement", by.user_id)
    assert "少了 1 件" in case.details["why"]
    assert Notice.objects.filter(to_id=by.user_id, text__contains="不一样").exists()
    with pytest.raises(Refused, match="还没有谈妥"):
        refund_case(case, MoneyBack(), by=by, now=WED)
    agree_difference(case, "买家忘记放了，只退一件", by=by, now=WED)
    refund_case(now_of(case), MoneyBack(), by=by, now=WED)
    assert Refund.objects.get().lines.get(line__isnull=False).pieces == 1


def test_more_than_was_bought_is_no_claim(order: Order, by: Actor) -> None:
    """Three came of the two that the order has: money for two, and the third is noted."""
    case = inspected(arrived(opened(order, by, back(order, pieces=2)), by, got=3), by)
    agree_difference(case, "多的一件不要了", all_of(case), by=by, now=WED)
    refund_case(now_of(case), MoneyBack(), by=by, now=WED)
    refund = Refund.objects.get()
    assert (refund.amount, refund.lines.get(line__isnull=False).pieces) == (Decimal("120.00"), 2)


@pytest.mark.parametrize(
    ("found", "pieces", "taken"),
    [
        (Found(good=2), 1, Found(good=1)),
        (Found(good=1, scrap=1), 2, Found(good=1, scrap=1)),
        (Found(defect=1, scrap=1), 1, Found(defect=1)),
        (Found(good=1, scrap=1), 3, Found(good=1, defect=1, scrap=1)),
        (Found(good=1), 0, Found()),
    ],
)
def test_the_better_pieces_are_taken_first(found: Found, pieces: int, taken: Found) -> None:
    """SOP 1.4.f: as many as was agreed; what was refused before is taken as defect."""
    assert policy.accepting(found, pieces) == taken


def test_how_many_count_is_agreed_on_the_page(
    order: Order, by: Actor, agent_client: Client
) -> None:
    case = inspected(arrived(opened(order, by), by, got=2), by)
    url = f"{case.get_absolute_url()}/agree-difference"
    typed = fields(agent_client.get(url).content.decode()) | {"channel": "telephone"}
    typed[f"takes-{only_line(case).pk}"] = "3"
    assert agent_client.post(url, typed | {"what": "多的退回"}).status_code == 422
    typed[f"takes-{only_line(case).pk}"] = "1"
    assert agent_client.post(url, typed | {"what": "多的退回"}).status_code == 302
    assert (only_line(case).accepted, now_of(case).waits_for) == (1, "decision")


def test_what_is_not_accepted_goes_back_to_the_customer(order: Order, by: Actor) -> None:
    case = inspected(arrived(opened(order, by), by), by, Found())
    assert only_line(case).acceptance == "refused"
    agree_difference(case, "买家同意退回", by=by, now=WED)
    send_back(now_of(case), "洗过了", by=by, now=WED)
    case = now_of(case)
    assert (case.state, case.waits_for) == ("warehouse", "shipping")
    packer = UserFactory.create(role="warehouse")
    assert "请打包寄出" in Notice.objects.get(role="warehouse").text
    done = record_sent(case, "YTO", "YT77", by=Actor.person(packer), now=WED)
    assert (done.say or {})["key"] == "case.went_back"
    assert Notice.objects.filter(to=by.user_id, text__contains="YT77").exists()
    assert (now_of(case).outcome, Refund.objects.exists()) == ("sent_back", False)
    with pytest.raises(Refused, match="不能再办"):
        record_sent(now_of(case), "YTO", "YT78", by=by, now=WED)


def test_goods_that_nobody_expected_are_counted_too(order: Order, by: Actor) -> None:
    case, strange = opened(order, by), goods()
    count_goods(case, strange.code, 1, by=by, now=WED)
    case = arrived(now_of(case), by)
    assert set(case.lines.values_list("pieces", "got", "reception")) == {
        (1, 1, "arrived"),
        (0, 1, "extra"),
    }


def test_only_goods_of_another_order_are_no_claim(order: Order, by: Actor) -> None:
    """SOP 1.4.f: what the button would offer the act refuses; they go back to the customer."""
    case, strange = opened(order, by), goods()
    count_goods(case, strange.code, 1, by=by, now=WED)
    finish_arrival(now_of(case), by=by, now=WED)
    case = inspected(now_of(case), by)
    agree_difference(case, "拿错了，请寄回", by=by, now=WED)
    with pytest.raises(Refused, match="没有一件是这一单的"):
        refund_case(now_of(case), MoneyBack(), by=by, now=WED)
    send_back(now_of(case), "不是我们的商品", by=by, now=WED)
    assert now_of(case).waits_for == "shipping"


def test_what_was_counted_too_often_is_taken_out_again(order: Order, by: Actor) -> None:
    case = opened(order, by)
    code = only_line(case).sku.code  # type: ignore[union-attr]
    count_goods(case, code, 3, by=by, now=WED)
    with pytest.raises(Refused, match="没有可以撤销的一件"):
        undo_count(now_of(case), code, 4, by=by, now=WED)
    undo_count(now_of(case), code, 2, by=by, now=WED)
    assert only_line(case).counted == 1
    finish_arrival(now_of(case), by=by, now=WED)
    with pytest.raises(Refused, match="用不上"):
        undo_count(now_of(case), code, 1, by=by, now=WED)


def test_goods_whose_sku_nobody_knows_are_counted_by_the_orders_code(by: Actor, db: None) -> None:
    order = received(lines=[(goods(), 1)])
    order.lines.update(sku=None, code="OLD-1")
    case = opened(order, by)
    count_goods(case, "OLD-1", 1, by=by, now=WED)
    assert case.lines.get().counted == 1


# Whose fault it is, once more is known (1.4.c, 1.5.c)


def test_what_turns_out_otherwise_is_corrected_and_the_customer_hears_the_cost(
    order: Order, by: Actor
) -> None:
    case = opened(order, by, back(order, "quality"))
    assert (case.fault, case.pays_back, case.pays_out) == ("seller", "seller", "seller")
    case = inspected(arrived(on_its_way(case, by), by), by)
    done = change_reason(case, "size", "没有质量问题，试穿过", by=by, now=WED, seen=case.version)
    case = now_of(case)
    assert (case.reason, case.fault, case.pays_back, case.pays_out) == (
        *("size", "buyer", "buyer", "buyer"),
    )
    assert done.changes == [
        ["原因", "质量问题", "尺码不合适"],
        ["责任", "我们的责任", "买家的原因"],
        ["寄回运费", "我们承担", "买家承担"],
        ["寄出运费", "我们承担", "买家承担"],
    ]
    say = from_act(done.say)
    assert say is not None
    assert "原因是“尺码不合适”：寄回的运费由您承担。" in render(say)
    assert done.reason == "没有质量问题，试穿过"
    with pytest.raises(Conflict):
        change_reason(case, "quality", "", by=by, now=WED, seen=case.version - 1)
    with pytest.raises(Refused, match="还没有选别的原因"):
        change_reason(case, "size", "", by=by, now=WED)
    refund_case(case, MoneyBack(), by=by, now=WED)
    refund = Refund.objects.get()
    assert (refund.fault, refund.freight_payer) == ("buyer", "buyer")


def test_an_exchange_is_priced_by_the_reason_that_it_has_now(order: Order, by: Actor) -> None:
    """By the version that the case keeps, whatever is in force now."""
    line, other = order.lines.order_by("id")[0], goods("60.00")
    open_exchange(order, Swap(back(order, "quality"), {line.pk: other}), by=by, now=WED)
    case = Case.objects.latest("id")
    done = change_reason(now_of(case), "size", "尺码选错了", by=by, now=WED)
    say = from_act(done.say)
    assert say is not None
    assert "寄回的运费由您承担，重新寄出的运费由您承担" in render(say)
    resend_exchange(inspected(arrived(now_of(case), by), by), by=by, now=WED)
    assert Order.objects.latest("id").due == DELIVERED.freight


def test_once_money_or_goods_followed_from_it_the_reason_stays(order: Order, by: Actor) -> None:
    facts = CaseFacts(waits_for=WaitsFor.DECISION)
    for more, why in (
        ({"money": True}, "退款已经申请了"),
        ({"payout": True}, "已经申请赔付了"),
        ({"linked": True}, "新单已经照原来的原因开了"),
        ({"claim": ClaimState.ASKED}, "快递的责任理赔了"),
    ):
        verdict = policy.may_change_reason(replace(facts, **more))
        assert verdict is not None
        assert why in verdict.reason
    case = inspected(arrived(opened(order, by, back(order, "quality")), by), by)
    refund_case(case, MoneyBack(), by=by, now=WED)
    with pytest.raises(Refused, match="退款已经申请了"):
        change_reason(now_of(case), "size", "", by=by, now=WED)
    other = opened(received(), by)
    withdraw_case(other, "不退了", by=by, now=WED)
    with pytest.raises(Refused):
        change_reason(now_of(other), "quality", "", by=by, now=WED)


def test_the_reason_is_corrected_on_the_cases_page(
    order: Order, by: Actor, agent_client: Client
) -> None:
    case = opened(order, by, back(order, "quality"))
    url = f"{case.get_absolute_url()}/change-reason"
    assert url in agent_client.get(case.get_absolute_url()).content.decode()
    typed = fields(agent_client.get(url).content.decode())
    assert agent_client.post(url, typed | {"reason": "quality", "why": "看了"}).status_code == 409
    answer = agent_client.post(url, typed | {"reason": "size", "why": "试穿过"}, follow=True)
    assert "寄回的运费由您承担" in answer.content.decode()


def test_collect_on_delivery_is_refused_at_the_dock(order: Order, by: Actor) -> None:
    """SOP 1.4.e."""
    case = on_its_way(opened(order, by), by)
    refuse_cod(case, by=by, now=WED)
    case = now_of(case)
    assert (case.waits_for, case.arrived_at) == ("sending", None)
    assert Notice.objects.filter(text__contains="到付件，已拒收").exists()


def test_taken_back_before_anything_came(order: Order, by: Actor) -> None:
    case = opened(order, by)
    withdraw_case(case, "不退了", by=by, now=WED)
    assert now_of(case).state == "withdrawn"
    here = arrived(opened(order, by), by)
    with pytest.raises(Refused, match="货已经到仓库"):
        withdraw_case(here, "不退了", by=by, now=WED)


def test_a_case_keeps_the_policy_that_was_in_force_on_the_orders_date(
    order: Order, by: Actor
) -> None:
    """SOP 7.a."""
    first = opened(order, by).version_of
    assert first is not None
    assert (first.number, first.rules) == (1, DELIVERED)
