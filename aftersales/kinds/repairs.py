"""Repair: the goods come in, are looked at, repaired, and go back (维修, SOP 7.e). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from aftersales.kinds import goods_back as goods
from aftersales.kinds import returns, sent_again
from aftersales.kinds.kind import Kind, Step
from aftersales.policy import CaseFacts, of_the_same, spoken
from aftersales.rules import Cost, Rules
from aftersales.words import CaseKind, WaitsFor
from core.money import ZERO
from core.verdict import Say, Verdict, no, yes
from orders.policy import GONE, OrderFacts
from orders.words import OrderState
from refunds.words import Fault

W = WaitsFor
# The goods are with us, and are the customer's.
HERE = frozenset({W.DIAGNOSIS, W.QUOTE, W.CONSENT, W.TOP_UP, W.REPAIR, W.REPAIRING, W.DECISION})
ON_THE_BENCH = frozenset({W.REPAIR, W.REPAIRING})


# -- warranty, and who pays ------------------------------------------------------------------------


def warranty_until(rules: Rules, received_on: date | None) -> date | None:
    """Its last day: the period in which a fault of ours is repaired; None: nobody knows."""
    period = rules.period(CaseKind.REPAIR, Fault.SELLER)
    if period is None or received_on is None:
        return None
    return received_on + timedelta(days=period.days)


def in_warranty(rules: Rules, received_on: date | None, today: date) -> bool:
    """As far as the days go; damage that the customer did is no matter of warranty."""
    until = warranty_until(rules, received_on)
    return until is None or today <= until


def owes(fault: Fault, *, warranty: bool) -> bool:
    """Does the customer pay: out of warranty, and neither our fault nor the carrier's (7.e)?"""
    return fault is Fault.BUYER and not warranty


def cost_of(rules: Rules, fault: Fault, *, warranty: bool) -> Cost:
    """Who pays which way: as for a fault of ours, where the customer does not pay (1.4.c, 7.e)."""
    return rules.cost(fault if owes(fault, warranty=warranty) else Fault.SELLER)


def said_of_warranty(rules: Rules, received_on: date | None, today: date) -> Verdict:
    """A repair is never asked for too late; what the period decides is what it costs."""
    until = warranty_until(rules, received_on)
    if until is None:
        return yes("7.e", "还不知道哪天签收的：寄来检测以后再定收不收费。")
    if today <= until:
        return yes(
            "7.e", f"在保修期内（到 {until.year} 年{spoken(until)}），不是人为损坏的免费修。"
        )
    day = f"{until.year} 年{spoken(until)}"
    return yes("7.e", f"保修到 {day}，已经过了：寄来检测、报价，买家同意了再修。")


def cost_said(fault: Fault, *, warranty: bool) -> Say:
    """What the customer is told before anything is sent (SOP 1.4.c, 7.e)."""
    return Say("repair.cost.theirs" if owes(fault, warranty=warranty) else "repair.cost.ours")


# -- the steps -------------------------------------------------------------------------------------


def may_open(order: OrderFacts) -> Verdict:
    """Has the customer got it, and is it clear what it is (SOP 7.e)?"""
    if order.state is not OrderState.CLOSED and order.state not in GONE and not order.is_top_up:
        return no("7.e", "还没有发货，不用维修。", instead="要改的直接修改，不要了点“申请退款”。")
    barred = returns.may_open(order)
    if not barred.allowed:
        return no("7.e", barred.reason, barred.say, barred.instead)
    return yes("7.e", "问清楚哪里坏了、什么时候坏的；先讲好要不要收费，再让买家寄来检测。")


def may_diagnose(case: CaseFacts) -> Verdict | None:
    """Warranty or not, whose fault, what it needs; once the goods are here (SOP 7.e)."""
    if case.waits_for in goods.COMING:
        return no("7.e", "货还没有到，还不能检测。", instead="仓库清点以后会出现在“检测”。")
    if case.waits_for is W.DIAGNOSIS:
        return yes("7.e", "看在不在保修、是谁的责任、要修什么；免费的马上安排修，收费的去报价。")
    if case.waits_for in (W.QUOTE, W.CONSENT) and not case.ended:
        return yes("7.e", "已经检测过，看错了可以重新检测，报价重来。")
    return None


def may_quote(case: CaseFacts) -> Verdict | None:
    """What it costs, where the customer pays (SOP 7.e)."""
    if case.waits_for not in (W.QUOTE, W.CONSENT) or case.ended:
        return None
    if not case.owes:
        return no("7.e", "保修内，或者不是买家的责任：不收费。", instead="直接安排修。")
    return yes("7.e", "报维修费；寄回的运费另加，一起告诉买家，同意了再修。")


def may_answer_quote(case: CaseFacts) -> Verdict | None:
    """The customer's yes or no (SOP 7.e)."""
    if case.waits_for is not W.CONSENT or case.ended:
        return None
    return yes("7.e", "同意的请买家补拍维修费；不同意的原样寄回，不收维修费。")


def may_take_fee(case: CaseFacts) -> Verdict | None:
    """The top-up order by which the customer paid (SOP 7.e, 1.1.f)."""
    if case.waits_for is not W.TOP_UP or case.ended:
        return None
    return yes("7.e", "买家付了补差价订单，选上它；付够了就安排修。")


def may_begin(case: CaseFacts) -> Verdict | None:
    """Somebody begins with it (SOP 7.e)."""
    if case.waits_for is not W.REPAIR or case.ended:
        return None
    return yes("7.e", "拿到维修台，开始修。")


def may_finish(case: CaseFacts) -> Verdict | None:
    """It is repaired: it goes to the warehouse as an order that brings its own goods (7.e)."""
    if case.waits_for is W.REPAIR and not case.ended:
        return no("7.e", "还没有开始修。", instead="先点“开始维修”。")
    if case.waits_for is not W.REPAIRING or case.ended:
        return None
    return yes("7.e", "写下修了什么；马上建寄回的单，打单、发出照平常的走。")


def may_fail(case: CaseFacts) -> Verdict | None:
    """It cannot be repaired, or is not to be; a fee that was paid goes back (SOP 7.e)."""
    paid = case.waits_for is W.TOP_UP and case.linked
    if case.ended or not (case.waits_for in ON_THE_BENCH or paid):
        return None
    return yes("7.e", "写明为什么；收了的维修费申请退回，货再决定：寄回、换新、退款。")


def may_send_back(case: CaseFacts) -> Verdict | None:
    """It goes back as it came: no answer, no payment, or not to be repaired (SOP 7.e)."""
    if case.waits_for not in HERE or case.ended or case.waits_for is W.REPAIRING:
        return None
    if case.money:
        return no("7.e", "退款已经申请了，货归我们了。", instead="不退了，先撤回退款。")
    if case.linked:
        return no("7.e", "维修费已经收了。", instead="先点“不修了”，把钱退掉，再寄回。")
    return yes("7.e", "不修了：请仓库把货原样寄回给买家。")


def may_renew(case: CaseFacts) -> Verdict | None:
    """A new piece for one that cannot be repaired, where the customer does not pay (SOP 7.e)."""
    if case.waits_for is not W.DECISION or case.owes or case.linked:
        return None
    if case.money:
        return no("7.e", "退款已经申请了。", instead="要换新的，先撤回退款。")
    return yes("7.e", "换一件同款新的，运费我们承担；坏的归我们，入次品。")


def may_refund(case: CaseFacts) -> Verdict | None:
    """The money instead, where the customer does not pay (SOP 7.e, 1.5)."""
    if case.waits_for is not W.DECISION or case.owes or case.linked or case.money:
        return None
    return returns.may_refund(case)


# -- the fee ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fee:
    """A top-up order that shall pay a repair.

    `taken`: by which other case it is used already; `same`: it is the customer's own.
    """

    order: OrderFacts
    taken: str = ""
    same: bool = True


def may_be_fee(fee: Fee) -> Verdict:
    """Is it a top-up order that is paid and belongs to nothing else (SOP 7.e, 1.1.f)?"""
    order = fee.order
    if not order.is_top_up:
        return no("7.e", f"{order.order_no} 不是补差价订单。", instead="请买家拍补差价付维修费。")
    if order.state in (OrderState.UNPAID, OrderState.CLOSED):
        return no("7.e", f"{order.order_no} {order.state.label}。", instead="请买家先付款。")
    if order.tied or fee.taken:
        where = fee.taken or "别的订单"
        return no("7.e", f"{order.order_no} 已经用在{where}上了。", instead="换一个补差价订单。")
    if order.refund_reserved > ZERO:
        return no("7.e", f"{order.order_no} 正在退款。", instead="先撤回那笔退款，或者换一个。")
    return of_the_same(fee.same, order.order_no) or yes("7.e", "可以用来付维修费。")


KIND = Kind(
    CaseKind.REPAIR,
    "7.e",
    may_open,
    "open-repair",
    steps=(
        goods.NOTE_WAYBILL,
        goods.COUNT,
        Step("answer_quote", "买家答复报价", may_answer_quote),
        Step("quote_repair", "报价", may_quote),
        Step("diagnose_repair", "检测", may_diagnose),
        Step("take_repair_fee", "收维修费", may_take_fee),
        Step("begin_repair", "开始维修", may_begin),
        Step("finish_repair", "修好了", may_finish),
        Step("fail_repair", "修不好、不修了", may_fail),
        Step("resend_goods", "换新", may_renew),
        Step("refund_case", "改为退款", may_refund),
        Step("send_back", "退回买家", may_send_back),
        goods.RECORD_SENT,
        returns.OWE_FREIGHT,
        *sent_again.CLAIM,
    ),
    says={
        W.SENDING: "repair.instructions",
        W.ARRIVAL: "repair.on_its_way",
        W.COUNTING: "repair.on_its_way",
        W.DIAGNOSIS: "repair.arrived",
        W.QUOTE: "repair.quoting",
        W.CONSENT: "repair.quoted",
        W.TOP_UP: "repair.fee",
        W.REPAIR: "repair.begins",
        W.REPAIRING: "repair.under_way",
        W.DECISION: "repair.failed",
        W.AGREEMENT: "case.differs",
        W.SHIPPING: "repair.back",
        W.ANSWER: "case.asked",
    },
    looks=W.DIAGNOSIS,
)
