"""SOP 7.e: repair: in, diagnosis, quote, the customer's yes, the fee, the work, back again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales.kinds.repairs import in_warranty, may_open, owes, said_of_warranty
from aftersales.models import Case
from aftersales.rules import DELIVERED
from aftersales.selectors.repairs import fees_for, fees_of
from aftersales.services.asking import ask_customer
from aftersales.services.ending import refuse_case
from aftersales.services.freight import Owed, owe_freight
from aftersales.services.hearing import hear_orders
from aftersales.services.parcels import record_sent, send_back
from aftersales.services.repairs import (
    Diagnosis,
    answer_quote,
    begin_repair,
    diagnose_repair,
    fail_repair,
    finish_repair,
    open_repair,
    quote_repair,
    take_repair_fee,
)
from aftersales.services.resends import resend_goods
from aftersales.services.returns import MoneyBack, refund_case
from aftersales.services.timers import close_silent, escalate, nudge
from core.acts import Actor
from core.acts import act as doing
from core.evidence.keeping import Kept
from core.sentences import from_act
from core.verdict import Refused
from orders.models import Hold, Order, OrderLine
from orders.policy import Contacted, OrderFacts
from orders.services.close import close_order
from orders.services.settle import settle
from orders.services.top_up import tie_top_up
from orders.words import ContactChannel, OrderState
from refunds.models import Refund
from refunds.words import Fault
from stock.models import StockLevel
from tests.acts.pages import do, fields, page_of, send
from tests.aftersales.asking import DAY, arrived, back, newest, now_of, received
from tests.aftersales.test_pages import act, client
from tests.refunds.asking import WED, by_alipay, goods, paid_order
from tests.stock.orders import IDENTIFIED

pytestmark = pytest.mark.django_db
SAID = Contacted(ContactChannel.TELEPHONE)
OLD, NEW = 400, 3  # days since it was received: out of warranty, and in it


@pytest.fixture
def order(db: None) -> Order:
    return received(NEW, lines=[(goods("60.00"), 2)])


@pytest.fixture
def old(db: None) -> Order:
    return received(OLD, lines=[(goods("60.00"), 2)])


def opened(order: Order, by: Actor, reason: str = "quality", now: Any = WED) -> Case:
    open_repair(order, back(order, reason, wants="拉链坏了"), by=by, now=now)
    return newest()


def here(order: Order, by: Actor, reason: str = "quality") -> Case:
    return arrived(opened(order, by, reason), by)


def diagnosed(case: Case, by: Actor, *, warranty: bool, fault: Fault, **more: Any) -> Case:
    diagnose_repair(case, Diagnosis(warranty, fault, "换拉链", **more), by=by, now=WED)
    return now_of(case)


def quoted(old: Order, by: Actor) -> Case:
    """Worn out, out of warranty: 30 for the repair, 12 for the parcel."""
    case = diagnosed(here(old, by, "worn"), by, warranty=False, fault=Fault.BUYER)
    quote_repair(case, Decimal("30.00"), by=by, now=WED)
    return now_of(case)


def agreed(old: Order, by: Actor) -> Case:
    case = quoted(old, by)
    answer_quote(case, agrees=True, contact=SAID, by=by, now=WED)
    return now_of(case)


def top_up(case: Case, amount: str) -> Order:
    """The buyer bought a top-up of so many yuan, and paid it."""
    order = case.order
    assert order is not None
    about: dict[str, Any] = {"shop": order.shop, "buyer": order.buyer, "is_top_up": True}
    return by_alipay(paid_order(30, lines=[(goods(amount), 1)], **about))


def repaired(case: Case, by: Actor) -> Case:
    begin_repair(now_of(case), by=by, now=WED)
    finish_repair(now_of(case), "换了拉链", by=by, now=WED + DAY)
    return now_of(case)


def level(order: Order) -> StockLevel:
    """What is there of its goods."""
    line = order.lines.get()
    found: StockLevel = StockLevel.objects.get(pk=line.sku_id)
    return found


def ship(order: Order, by: Actor) -> None:
    with doing("ship", order, by=by, now=WED) as (row, _):
        row.ship(WED + DAY)


# May it be, and who pays


def test_a_repair_is_never_asked_for_too_late_but_costs_after_the_warranty() -> None:
    """365 days from the day after receipt; damage by the customer is no matter of warranty."""
    assert may_open(OrderFacts(order_no="G1", state=OrderState.RECEIVED)).allowed
    assert not may_open(OrderFacts(order_no="G1", state=OrderState.PAID)).allowed
    first = date(2026, 1, 1)
    assert in_warranty(DELIVERED, first, date(2027, 1, 1))
    assert not in_warranty(DELIVERED, first, date(2027, 1, 2))
    late = said_of_warranty(DELIVERED, first, date(2027, 1, 2))
    assert (late.allowed, "报价" in late.reason) == (True, True)
    assert owes(Fault.BUYER, warranty=False)
    free = ((Fault.BUYER, True), (Fault.SELLER, False), (Fault.CARRIER, False))
    assert not any(owes(fault, warranty=warranty) for fault, warranty in free)


def test_what_wears_out_in_the_warranty_costs_the_customer_no_freight(
    order: Order, by: Actor, agent_client: Client
) -> None:
    """SOP 1.4.c: what is told before anything is sent is what the case keeps."""
    data = page_of(agent_client, "open-repair", order)
    typed = {"reason": "worn", f"back-{order.lines.get().pk}": "1"}
    draft = send(agent_client, "open-repair", order, data, preview="1", **typed).content.decode()
    assert ("在保修内" in draft, "买家承担" in draft) == (True, False)
    act = open_repair(order, back(order, "worn"), by=by, now=WED)
    case = newest()
    assert (case.fault, case.pays_back, case.pays_out) == ("buyer", "seller", "seller")
    assert "运费我们承担" in act.summary
    said = from_act(act.say)
    assert said is not None
    assert said.values["cost"].startswith("运费我们承担")


def test_out_of_the_warranty_wear_costs_both_parcels(old: Order, by: Actor) -> None:
    case = opened(old, by, "worn")
    assert (case.pays_back, case.pays_out) == ("buyer", "buyer")


def test_what_is_being_repaired_is_not_returned_meanwhile(order: Order, by: Actor) -> None:
    opened(order, by)
    opened(order, by)
    with pytest.raises(Refused, match="没有这么多件"):
        opened(order, by)


# In, and diagnosis


def test_it_comes_in_as_other_goods_do_and_is_diagnosed(order: Order, by: Actor) -> None:
    case = opened(order, by)
    assert (case.state, case.waits_for) == ("customer", "sending")
    with pytest.raises(Refused, match="货还没有到"):
        diagnosed(case, by, warranty=True, fault=Fault.SELLER)
    refuse_case(opened(order, by), "不修", by=by, now=WED)  # only while nothing is here
    case = arrived(case, by)
    assert (case.state, case.waits_for) == ("open", "diagnosis")
    with pytest.raises(Refused):
        refuse_case(case, "不修", by=by, now=WED)


def test_in_warranty_it_is_repaired_for_nothing_and_goes_back(order: Order, by: Actor) -> None:
    """Our shelf is as before: the piece came on the books with its order, and left with it."""
    case = here(order, by)
    before = level(order).on_hand
    act = diagnose_repair(case, Diagnosis(True, Fault.SELLER, "换拉链"), by=by, now=WED)
    assert act.say["key"] == "repair.free"
    assert now_of(case).waits_for == "repair"
    with pytest.raises(Refused):
        quote_repair(now_of(case), Decimal(9), by=by, now=WED)
    with pytest.raises(Refused, match="还没有开始修"):
        finish_repair(now_of(case), "换了拉链", by=by, now=WED)
    case = repaired(case, by)
    assert (case.state, case.waits_for) == ("warehouse", "shipping")
    sent = case.orders.get(role="repair").order
    assert (sent.due, sent.goods_count, sent.consignee) == (0, 1, order.consignee)
    assert case.number in sent.notes.get().text  # the warehouse reads which piece it is
    assert (level(order).on_hand, level(order).reserved) == (before + 1, 1)
    with pytest.raises(Refused, match="买家自己的货"):  # it would stay on our shelf as ours
        close_order(sent, "不要了", by=by, now=WED, contact=IDENTIFIED)
    ship(sent, by)
    assert hear_orders(WED + DAY) == 1
    assert (now_of(case).state, now_of(case).outcome) == ("resolved", "repaired")


def test_nobody_who_waits_longer_gets_the_customers_own_piece(by: Actor) -> None:
    sku = goods("60.00", on_hand=0)
    order = received(lines=[(sku, 1)])
    short = paid_order(lines=[(sku, 1)])
    OrderLine.objects.filter(order=short).update(short_since=WED)
    case = repaired(diagnosed(here(order, by), by, warranty=True, fault=Fault.SELLER), by)
    assert case.orders.get(role="repair").order.lines.get().reserved == 1


# The quote


def test_the_freight_of_a_defect_is_asked_for_once(order: Order, by: Actor) -> None:
    """SOP 1.4.c, 1.5.f: also once it is repaired and gone home."""
    case = repaired(diagnosed(here(order, by), by, warranty=True, fault=Fault.SELLER), by)
    slip = [Kept("运费单.jpg", "image/jpeg", 9, "aftersales/slip.jpg")]
    owe_freight(case, Owed(Decimal("12.00"), "li@example.com"), slip, by=by, now=WED + DAY)
    with pytest.raises(Refused, match="已经申请赔付"):
        owe_freight(now_of(case), Owed(Decimal("12.00"), "li@example.com"), by=by, now=WED + DAY)


def test_out_of_warranty_it_is_quoted_with_the_parcel_back(old: Order, by: Actor) -> None:
    case = diagnosed(here(old, by, "worn"), by, warranty=False, fault=Fault.BUYER)
    assert (case.waits_for, case.pays_out) == ("quote", "buyer")
    act = quote_repair(case, Decimal("30.00"), by=by, now=WED)
    assert act.say["values"]["fee"] == "42.00"
    case = now_of(case)
    assert (case.state, case.waits_for, case.close_at) == ("customer", "consent", None)


def test_silence_closes_nothing_while_the_goods_are_here(old: Order, by: Actor) -> None:
    case = quoted(old, by)
    assert nudge(WED + 4 * DAY) == 1
    assert close_silent(WED + 40 * DAY) == 0
    ask_customer(now_of(case), "还修吗", by=by, now=WED + 5 * DAY)
    assert close_silent(WED + 40 * DAY) == 0
    case = quoted(received(OLD, shop=old.shop, lines=[(goods(), 1)]), by)
    send_back(case, "一直没有答复", by=by, now=WED + 5 * DAY)
    record_sent(now_of(case), "YTO", "YT8812345678", by=by, now=WED + 5 * DAY)
    assert now_of(case).outcome == "sent_back"


def test_a_no_sends_it_back_as_it_came(old: Order, by: Actor) -> None:
    case, before = quoted(old, by), level(old).on_hand
    answer_quote(case, agrees=False, contact=SAID, by=by, now=WED)
    assert now_of(case).waits_for == "shipping"
    assert old.contacts.filter(about="answer_quote").exists()
    record_sent(now_of(case), "YTO", "YT8812345678", by=by, now=WED)
    assert (now_of(case).outcome, level(old).on_hand) == ("sent_back", before)


# The fee


def test_the_fee_comes_by_a_top_up_order_and_is_tied_to_the_parcel(old: Order, by: Actor) -> None:
    """SOP 1.1.f: in parts, if need be; what pays one thing pays no other."""
    case = agreed(old, by)
    assert (case.state, case.waits_for) == ("customer", "top_up")
    part, rest = top_up(case, "40.00"), top_up(case, "2.00")
    assert set(fees_for(case)) == {part, rest}
    take_repair_fee(case, part, by=by, now=WED)
    assert now_of(case).waits_for == "top_up"
    assert hear_orders(WED) == 0  # it is no further order that could leave
    with pytest.raises(Refused, match="已经用在"):
        take_repair_fee(now_of(case), part, by=by, now=WED)
    with pytest.raises(Refused, match="不是补差价"):
        take_repair_fee(now_of(case), paid_order(), by=by, now=WED)
    take_repair_fee(now_of(case), rest, by=by, now=WED)
    assert now_of(case).waits_for == "repair"
    sent = repaired(case, by).orders.get(role="repair").order
    assert (sent.due, sent.freight, sent.topped_up) == (42, 12, 42)
    assert not Hold.objects.filter(order=sent, state="open").exists()
    assert Order.objects.filter(top_up_for=sent).count() == 2


def test_a_strangers_top_up_pays_on_purpose_only(old: Order, by: Actor) -> None:
    case, fee = agreed(old, by), paid_order(shop=old.shop, is_top_up=True)
    with pytest.raises(Refused, match="可能是别人的订单"):
        take_repair_fee(case, fee, by=by, now=WED)
    take_repair_fee(case, fee, certain=True, by=by, now=WED)
    assert fees_of(now_of(case)) == [fee]


def test_a_fee_that_was_tied_elsewhere_does_not_pay_twice(old: Order, by: Actor) -> None:
    case = agreed(old, by)
    fee = top_up(case, "42.00")
    take_repair_fee(case, fee, by=by, now=WED)
    other = paid_order()
    with doing("modify_products", other, by=by, now=WED) as (row, _):
        row.due += 42
        settle(row, "换了更贵的", by=by, now=WED)
    tie_top_up(other, fee, certain=True, by=by, now=WED)
    begin_repair(now_of(case), by=by, now=WED)
    with pytest.raises(Refused, match="已经关联"):
        finish_repair(now_of(case), "换了拉链", by=by, now=WED)
    assert now_of(case).waits_for == "repairing"


# It cannot be repaired


def test_what_cannot_be_repaired_gives_the_fee_back(old: Order, by: Actor) -> None:
    case = agreed(old, by)
    fee = top_up(case, "42.00")
    take_repair_fee(case, fee, by=by, now=WED)
    with pytest.raises(Refused, match="维修费已经收了"):
        send_back(now_of(case), "不修了", by=by, now=WED)
    fail_repair(now_of(case), "没有配件", by=by, now=WED)
    refund = Refund.objects.get()
    assert (refund.order, refund.amount) == (fee, 42)
    case = now_of(case)
    assert (case.waits_for, case.orders.count()) == ("decision", 0)
    for other in (resend_goods, lambda c, **x: refund_case(c, MoneyBack(), **x)):
        with pytest.raises(Refused):  # the customer's own wear is neither replaced nor paid
            other(case, by=by, now=WED)
    send_back(case, "没有配件", by=by, now=WED)
    assert now_of(case).waits_for == "shipping"


def test_where_we_pay_it_is_replaced_or_the_money_goes_back(order: Order, by: Actor) -> None:
    before = level(order).defect
    case = diagnosed(here(order, by), by, warranty=True, fault=Fault.SELLER, repairable=False)
    assert case.waits_for == "decision"
    refund_case(case, MoneyBack(), by=by, now=WED)
    assert (Refund.objects.get().amount, now_of(case).waits_for) == (60, "refund")
    case = diagnosed(here(order, by), by, warranty=True, fault=Fault.BUYER)
    begin_repair(case, by=by, now=WED)
    fail_repair(now_of(case), "修不好", by=by, now=WED)
    resend_goods(now_of(case), by=by, now=WED)
    sent = Order.objects.latest("id")
    assert (sent.due, now_of(case).waits_for) == (0, "shipping")  # in warranty: our freight, too
    assert level(order).defect == before
    ship(sent, by)
    hear_orders(WED + DAY)
    assert now_of(case).outcome == "resent"
    assert level(order).defect == before + 1  # the new one left, and theirs became ours


# Timers


def test_goods_that_do_not_come_and_a_repair_that_takes_too_long(order: Order, by: Actor) -> None:
    opened(order, by)
    assert nudge(WED + 8 * DAY) == 1
    assert close_silent(WED + 11 * DAY) == 1  # nothing was sent: closed, with notice
    case = diagnosed(here(order, by), by, warranty=True, fault=Fault.SELLER)
    begin_repair(case, by=by, now=WED)
    assert nudge(WED + 6 * DAY) == 0
    assert nudge(WED + 8 * DAY) == 1  # five working days
    assert escalate(WED + 21 * DAY) == 1  # ten were promised


# On the screen


def test_what_the_customer_was_asked_is_no_reason_why_nothing_was_repaired(
    order: Order, by: Actor, agent_client: Client
) -> None:
    case = opened(order, by)
    ask_customer(case, "请拍照片", by=by, now=WED)
    html = agent_client.get(case.get_absolute_url()).content.decode()
    assert ("<dt>问了买家<dd>请拍照片" in html, "没有修" in html) == (True, False)


@pytest.mark.sqlite
def test_a_paid_repair_on_the_screens_of_agent_after_sales_and_warehouse(
    agent_client: Client, by: Actor
) -> None:
    order = received(lines=[(goods("60.00"), 1)], received_at=timezone.now() - 500 * DAY)
    kinds = agent_client.get(reverse("open-case", args=[order.order_no])).content.decode()
    assert reverse("open-repair", args=[order.order_no]) in kinds
    line = order.lines.get()
    typed = {"reason": "worn", f"back-{line.pk}": "1", "wants": "拉链坏了"}
    data = page_of(agent_client, "open-repair", order)
    draft = send(agent_client, "open-repair", order, data, preview="1", **typed).content.decode()
    for text in ("已经过了", "要收维修费", "买家承担", "修几件"):
        assert text in draft
    html = agent_client.get(do(agent_client, "open-repair", order, **typed).url).content.decode()
    assert "写上哪里坏了" in html
    case, bench = newest(), client("aftersales")
    arrived(case, by, now=timezone.now())
    page = bench.get(reverse("diagnose-repair", args=[case.number])).content.decode()
    assert fields(page)["warranty"] == "no"
    act(bench, case, "diagnose-repair", needs="换拉链")
    html = agent_client.get(act(agent_client, case, "quote-repair", fee="30").url).content.decode()
    for text in ("42.00", "不在保修范围内", "买家答复报价", "不在保修内 · 换拉链"):
        assert text in html
    act(agent_client, case, "answer-quote", agrees="yes", channel="telephone")
    fee = top_up(now_of(case), "42.00")
    url = reverse("take-repair-fee", args=[case.number])
    assert fee.order_no in agent_client.get(url).content.decode()
    assert act(agent_client, case, "take-repair-fee", typed="NIX").status_code == 422
    act(agent_client, case, "take-repair-fee", pick=fee.order_no)
    act(bench, case, "begin-repair")
    html = bench.get(act(bench, case, "finish-repair", what="换了拉链").url).content.decode()
    sent = now_of(case).orders.get(role="repair").order
    for text in (sent.order_no, "马上给您寄出", "修好寄回"):
        assert text in html
    assert agent_client.get(reverse("begin-repair", args=[case.number])).status_code == 403
