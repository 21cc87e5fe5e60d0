"""Repair (维修, SOP 7.e): open one, diagnosis, quote, answer, fee, work, way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from aftersales.kinds import repairs as kind
from aftersales.models import Case, CaseOrder
from aftersales.policy import Found
from aftersales.selectors.repairs import fees_of, taken_by
from aftersales.selectors.telling import tell_of
from aftersales.selectors.versions import rules_of
from aftersales.services.acting import case_act, order_of
from aftersales.services.evidence import attach
from aftersales.services.goods_back import GoodsBack, coming_back, received_by
from aftersales.services.waiting import usual, wait_for
from aftersales.words import CaseKind, OrderRole, WaitsFor
from core.acts import Actor, Change, Log, lock
from core.evidence.keeping import Kept
from core.masking import scrub
from core.models import Act
from core.money import ZERO
from core.verdict import Say, no
from core.workdays import CHINA
from orders.models import Order
from orders.policy import Contacted
from orders.selectors.order import same_buyer
from orders.services.resend import Resend, send_again
from orders.services.top_up import tie_top_up
from orders.words import Relation
from refunds.services.ask import request_refund
from refunds.services.draft import Wanted
from refunds.words import Fault, RefundKind, ToldReason, TrueReason

W = WaitsFor
ABOUT = "repair"


def open_repair(order: Order, back: GoodsBack, **asked: Any) -> Act:
    """The customer sends it in to be repaired: cost told, instructions given (SOP 7.e).

    `asked`: as `coming_back` takes it. Raises Refused, Conflict, Repeated.
    """
    on, today = received_by(order, back), asked["now"].astimezone(CHINA).date()
    asked["details"] = {"received_on": on.isoformat() if on else ""}
    with coming_back(order, CaseKind.REPAIR, back, **asked) as (case, log):
        if case.lines.filter(sku=None).exists():
            no(
                "7.e", "商品没有对上编码，修好了发不出去。", instead="先在订单上改好商品明细。"
            ).require()
        warranty = kind.in_warranty(rules_of(case), on, today)
        _put_payers(case, Fault(case.fault), warranty=warranty)
        case.save()
    return log.act


def _put_payers(case: Case, fault: Fault, *, warranty: bool) -> None:
    """Who pays both parcels, by the rule that was told before they are sent."""
    cost = kind.cost_of(rules_of(case), fault, warranty=warranty)
    case.pays_back, case.pays_out = cost.back.value, cost.out.value


# -- diagnosis and quote ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found: `warranty`: it counts; `needs`: what is to be done, as the customer hears."""

    warranty: bool
    fault: Fault
    needs: str
    repairable: bool = True


def diagnose_repair(
    case: Case, found: Diagnosis, evidence: Sequence[Kept] = (), **common: Any
) -> Act:
    """What is wrong, whose fault, who pays; what is free goes to be repaired (SOP 7.e).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("diagnose_repair", case, **common) as (row, log):
        now, needs = common["now"], scrub(found.needs)[:200]
        pays = kind.owes(found.fault, warranty=found.warranty)
        _put_fault(row, found.fault, log)
        _put_payers(row, found.fault, warranty=found.warranty)
        _keep(row, needs=needs, owes=pays, warranty=found.warranty, fee="", total="")
        attach(row, evidence, common["by"], now, ABOUT)
        if not found.repairable:
            _unrepairable(row, needs, log, now)
        else:
            wait_for(row, W.QUOTE if pays else W.REPAIR, log, now)
        warranty = "保修内" if found.warranty else "不在保修内"
        said = f"{warranty}，{row.get_fault_display()}{'' if found.repairable else '，修不好'}"
        log.noted(f"检测 {row.number}：{said}", clause="7.e", reason=needs)
        log.tell(_say(row, "repair.free") if found.repairable and not pays else tell_of(row))
    return log.act


def _put_fault(case: Case, fault: Fault, log: Log) -> None:
    """The diagnosis settles whose fault it is."""
    before = case.get_fault_display()
    case.fault = fault.value
    if before != case.get_fault_display():
        log.changed([Change("责任", before, case.get_fault_display())], case)


def _keep(case: Case, **details: Any) -> None:
    case.details = {**case.details, **details}


def _say(case: Case, key: str) -> Say:
    told = tell_of(case)
    return Say(key, told.values if told else {})


def quote_repair(case: Case, fee: Decimal, **common: Any) -> Act:
    """What the repair costs, yuan; the parcel back is added (SOP 7.e).

    The customer's silence closes nothing, for the goods are here. Raises Refused, Conflict, …
    """
    with case_act("quote_repair", case, **common) as (row, log):
        now = common["now"]
        if fee <= ZERO:
            no("7.e", "维修费要大于 0。", instead="不收费的重新检测，选保修内。").require()
        total = fee + rules_of(row).freight
        before = str(row.details.get("total", ""))
        _keep(row, fee=str(fee), total=str(total))
        wait_for(row, W.CONSENT, log, now, usual(row, W.CONSENT, now))
        log.changed([Change("报价", before, f"{total} 元（维修费 {fee} 元）")], row)
        log.noted(f"报价 {row.number}：{total} 元", clause="7.e")
        log.tell(tell_of(row))
    return log.act


def answer_quote(case: Case, *, agrees: bool, contact: Contacted, **common: Any) -> Act:
    """Yes: the fee is waited for. No: it goes back as it came, for nothing (SOP 7.e).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("answer_quote", case, contact=contact, **common) as (row, log):
        now = common["now"]
        if agrees:
            wait_for(row, W.TOP_UP, log, now, usual(row, W.TOP_UP, now))
        else:
            _keep(row, why="买家不修了")
            wait_for(row, W.SHIPPING, log, now)
        answer = "同意" if agrees else "不修了，寄回"
        log.noted(f"买家{answer}（{row.number}，{row.details['total']} 元）", clause="7.e")
        log.tell(tell_of(row))
    return log.act


# -- the fee ---------------------------------------------------------------------------------------


def take_repair_fee(case: Case, top_up: Order, *, certain: bool = False, **common: Any) -> Act:
    """A top-up order pays it, or a part; once it is enough the repair is next (SOP 7.e, 1.1.f).

    It is tied to the order by which the goods go back. `certain`: another account and telephone,
    and yet the same customer. Raises Refused, Conflict, Repeated.
    """
    now = common["now"]
    with case_act("take_repair_fee", case, further=[top_up], **common) as (row, log):
        paid = lock(top_up)
        same = certain or same_buyer(order_of(row), paid)
        kind.may_be_fee(kind.Fee(paid.facts(), taken_by(paid), same)).require()
        CaseOrder.objects.create(case=row, order=paid, role=OrderRole.TOP_UP.value, at=now)
        rest = _total(row) - sum((fee.total_paid for fee in fees_of(row)), ZERO)
        log.changed([Change("维修费", "", f"{paid.order_no}（{paid.total_paid} 元）")], row)
        if rest <= ZERO:
            wait_for(row, W.REPAIR, log, now)
            log.tell(tell_of(row))
        else:
            log.tell(Say("top_up.short", {"amount": str(rest)}))
        log.noted(f"收维修费 {paid.total_paid} 元（{row.number}）", clause="7.e")
    return log.act


def _total(case: Case) -> Decimal:
    """What the customer pays in all, yuan."""
    return Decimal(case.details.get("total") or 0)


# -- the work --------------------------------------------------------------------------------------


def begin_repair(case: Case, **common: Any) -> Act:
    """It is on the bench (SOP 7.e). Raises Refused, Conflict, Repeated."""
    with case_act("begin_repair", case, **common) as (row, log):
        wait_for(row, W.REPAIRING, log, common["now"])
        log.noted(f"开始维修 {row.number}", clause="7.e")
        log.tell(tell_of(row))
    return log.act


def finish_repair(case: Case, what: str, evidence: Sequence[Kept] = (), **common: Any) -> Act:
    """Repaired: an order that brings its own goods sends them back, its fee tied (SOP 7.e).

    Raises Refused, Conflict, Repeated.
    """
    by, now, fees = common["by"], common["now"], fees_of(case)
    with case_act("finish_repair", case, further=fees, **common) as (row, log):
        attach(row, evidence, by, now, ABOUT)
        order = send_again(order_of(row), _way_back(row), by=by, now=now)
        CaseOrder.objects.create(case=row, order=order, role=OrderRole.REPAIR.value, at=now)
        for fee in fees:
            tie_top_up(order, fee, certain=True, by=by, now=now)  # asked when it was taken
        wait_for(row, W.SHIPPING, log, now)
        log.changed([Change("寄回的单", "", order.order_no)], row)
        log.noted(f"修好了 {row.number}：{order.order_no}", clause="7.e", reason=what)
        log.tell(tell_of(row))
    return log.act


def _way_back(case: Case) -> Resend:
    """All that came goes back; the fee is due on it, and was paid before."""
    fee = Decimal(case.details.get("fee") or 0)
    lines = case.lines.filter(got__gt=0, sku__isnull=False).select_related("sku").order_by("id")
    goods = [(line.sku, line.got) for line in lines if line.sku is not None]
    why = f"{case.number} 修好的，在维修台，寄这一件"
    return Resend(goods, Relation.REPAIR, why, fee, _total(case) - fee, own=True)


def fail_repair(case: Case, why: str, **common: Any) -> Act:
    """It cannot or shall not be repaired: the fee goes back, then another way (SOP 7.e).

    Raises Refused, Conflict, Repeated.
    """
    by, now, fees = common["by"], common["now"], fees_of(case)
    with case_act("fail_repair", case, further=fees, **common) as (row, log):
        _give_fees_back(row, fees, by, now)
        _unrepairable(row, scrub(why)[:200], log, now)
        back = "，维修费申请退回" if fees else ""
        log.noted(f"不修了 {row.number}{back}", clause="7.e", reason=why)
        log.tell(tell_of(row))
    return log.act


def _unrepairable(case: Case, why: str, log: Log, now: datetime) -> None:
    """Where we pay the goods may become ours, as defect ones, for the money or a new piece."""
    _keep(case, why=why)
    if not case.details["owes"]:
        for line in [lock(line) for line in case.lines.order_by("id")]:
            line.inspect(Found(defect=line.got), why)
    wait_for(case, W.DECISION, log, now)


def _give_fees_back(case: Case, fees: Sequence[Order], by: Actor, now: datetime) -> None:
    """By the refunds room's act; what is being refunded already is left to that."""
    wanted = Wanted(
        RefundKind.WHOLE, TrueReason.OTHER, ToldReason.OTHER, why=f"{case.number} 不修了，退维修费"
    )
    for fee in [lock(fee) for fee in fees]:
        if fee.refund_reserved < fee.paid:
            request_refund(fee, wanted, by=by, now=now)
    case.orders.filter(role=OrderRole.TOP_UP.value).delete()
