"""Open a return (退货, SOP 1.4.a to 1.4.d), and give the money back (1.4.f)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from aftersales.models import Case
from aftersales.selectors.versions import rules_of
from aftersales.services.acting import case_act
from aftersales.services.goods_back import GoodsBack, coming_back
from aftersales.services.money import refund_for
from aftersales.services.waiting import wait_for
from aftersales.words import CaseKind, WaitsFor
from core.acts import Actor
from core.models import Act
from core.money import ZERO
from orders.models import Order
from refunds.policy import told_for
from refunds.services.draft import Wanted
from refunds.words import Fault, FreightPayer, RefundKind


def open_return(order: Order, back: GoodsBack, **asked: Any) -> Act:
    """The customer sends goods back: cost told, instructions given (SOP 1.4.a to 1.4.e).

    `asked`: as `coming_back` takes it. Raises Refused, Conflict, Repeated.
    """
    with coming_back(order, CaseKind.RETURN, back, **asked) as (_, log):
        pass
    return log.act


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
        done, made = refund_for(row, wanted_of(row, money), by, now)
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
