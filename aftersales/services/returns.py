"""Open a return (退货, SOP 1.4.a to 1.4.d), and give the money back (1.4.f)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from aftersales.models import Case
from aftersales.selectors.telling import tell_of
from aftersales.selectors.versions import rules_for, rules_of
from aftersales.services.acting import case_act, order_of
from aftersales.services.evidence import attach
from aftersales.services.goods_back import GoodsBack, passed_over, verdict_for
from aftersales.services.inspection import put_away
from aftersales.services.opening import Opening, write_case
from aftersales.services.waiting import wait_for
from aftersales.words import CaseKind, WaitsFor
from core.acts import Actor
from core.evidence.keeping import Kept
from core.models import Act
from core.money import ZERO
from orders.models import Order
from orders.policy import Contacted
from orders.services.acting import order_act
from refunds.models import Refund
from refunds.policy import told_for
from refunds.services.ask import request_refund
from refunds.services.draft import Wanted
from refunds.words import Fault, FreightPayer, RefundKind


def open_return(
    order: Order,
    back: GoodsBack,
    *,
    by: Actor,
    now: datetime,
    senior: bool = False,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
    evidence: Sequence[Kept] = (),
) -> Act:
    """The customer sends goods back: cost told, instructions given (SOP 1.4.a to 1.4.e).

    Raises Refused, Conflict, Repeated.
    """
    with order_act("open_case", order, by=by, seen=seen, token=token, contact=contact, now=now) as (
        order,
        log,
    ):
        verdict = verdict_for(order, CaseKind.RETURN, back, now, senior=senior)
        verdict.require()
        opening = Opening(
            CaseKind.RETURN,
            WaitsFor.SENDING,
            rules_for(order).reason(back.reason),
            {line: pieces for line, pieces in back.pieces.items() if pieces},
            back.wants,
            passed_over(verdict, back),
        )
        case = write_case(order, opening, log, by=by, now=now)
        attach(case, evidence, by, now)
        log.noted(
            f"登记退货 {case.number}：{case.reason_label}，{_cost(case)}",
            clause="1.4",
            reason=case.overruled,
        )
        log.tell(tell_of(case))
    return log.act


def _cost(case: Case) -> str:
    return f"运费{case.get_pays_back_display()}"


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """`given`: the total in yuan, where it is less than what was paid for the goods; why."""

    freight: Decimal = ZERO
    given: Decimal | None = None
    why: str = ""


def refund_case(
    case: Case,
    money: MoneyBack,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """The money for what was accepted, by the refunds room's act (SOP 1.4.f, 1.5).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("refund_case", case, by=by, now=now, seen=seen, token=token) as (row, log):
        before = set(Refund.objects.filter(order=row.order_id).values_list("pk", flat=True))
        done = request_refund(order_of(row), wanted_of(row, money), by=by, now=now)
        made = list(Refund.objects.filter(order=row.order_id).exclude(pk__in=before))
        row.refunds.add(*made)
        put_away(row, now)
        wait_for(row, WaitsFor.REFUND, log, now)
        total = sum((refund.amount for refund in made), ZERO)
        log.noted(f"退货 {row.number} 验好，申请退款 {total} 元", clause="1.4.f", reason=money.why)
        log.act.say = done.say
    return log.act


def wanted_of(case: Case, money: MoneyBack) -> Wanted:
    """What the refunds room is asked for: the accepted pieces, and the freight that they paid."""
    true = rules_of(case).true_reason(case.reason)
    pieces = {
        line.line_id: line.accepted
        for line in case.lines.all()
        if line.line_id is not None and line.accepted
    }
    return Wanted(
        RefundKind.RETURN,
        true,
        told_for(true),
        pieces,
        freight=money.freight,
        fault=Fault(case.fault),
        freight_payer=FreightPayer(case.pays_back),
        why=money.why or f"{case.number} 验货认可",
        given=money.given,
    )
