"""Partial refund (部分退款, SOP 1.5.d): open one, ask for evidence, then for the money."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from aftersales.kinds import partial as kind
from aftersales.models import Case
from aftersales.rules import Reason, Rules
from aftersales.selectors.telling import tell_of
from aftersales.selectors.versions import rules_for, rules_of
from aftersales.services.acting import case_act, heard, order_of
from aftersales.services.evidence import attach
from aftersales.services.money import files_of, refund_for
from aftersales.services.opening import Opening, write_case
from aftersales.services.waiting import usual, wait_for
from aftersales.words import CaseKind, CaseState, WaitsFor
from core.acts import Actor, Change, Log
from core.evidence.keeping import Kept
from core.masking import scrub
from core.models import Act
from core.sweeping import BATCH
from core.verdict import Verdict, no
from orders.models import Order
from orders.policy import Contacted
from orders.services.acting import order_act
from refunds.models.refund import OPEN
from refunds.policy import told_for
from refunds.services.draft import Draft, Wanted, draft
from refunds.services.evidence import add_evidence
from refunds.services.resubmit import resubmit_refund
from refunds.words import Fault, RefundKind, RefundState
from staff.services.tell import tell

W = WaitsFor


@dataclass(frozen=True, slots=True)
class PartOfMoney:
    """What the customer was promised: why, how much (yuan), for which pieces, what is wrong."""

    reason: str
    amount: Decimal
    wants: str = ""
    pieces: Mapping[int, int] = field(default_factory=dict)


def verdict_for(order: Order, asked: PartOfMoney, now: datetime) -> Verdict:
    """May it be asked for, as the refunds room would answer now (SOP 1.5.c, 1.5.d)?"""
    opened = kind.may_open(order.facts())
    if not opened.allowed:
        return opened
    if not any(asked.pieces.values()):
        return no("1.5.d", "还没有选是哪一件。", instead="跟买家确认是哪一件、几件。")
    reason = _reason(rules_for(order), asked.reason)
    if reason is None:
        return no("1.5.c", "还没有选原因。", instead="先定是谁的责任，选一个原因。")
    return draft(order, _wanted(reason, asked.amount, ""), now).verdict


def _reason(rules: Rules, code: str) -> Reason | None:
    return next((r for r in rules.reasons_for(CaseKind.PARTIAL) if r.code == code), None)


def _wanted(reason: Reason, amount: Decimal, why: str) -> Wanted:
    told = told_for(reason.true)
    money = RefundKind.PARTIAL
    return Wanted(money, reason.true, told, extra=amount, fault=reason.fault, why=why)


def open_partial(
    order: Order,
    asked: PartOfMoney,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
    evidence: Sequence[Kept] = (),
) -> Act:
    """The goods stay, a part of the money is to go back; without photos those are waited for.

    Raises Refused, Conflict, Repeated (SOP 1.5.d).
    """
    with order_act("open_case", order, by=by, seen=seen, token=token, contact=contact, now=now) as (
        order,
        log,
    ):
        verdict_for(order, asked, now).require()
        opening = Opening(
            CaseKind.PARTIAL,
            W.WORK if evidence else W.EVIDENCE,
            rules_for(order).reason(asked.reason),
            {line: pieces for line, pieces in asked.pieces.items() if pieces},
            asked.wants,
            details={"amount": str(asked.amount)},
        )
        case = write_case(order, opening, log, by=by, now=now)
        attach(case, evidence, by, now)
        said = f"{case.reason_label}，{case.get_fault_display()}，{asked.amount} 元"
        log.noted(f"登记部分退款 {case.number}：{said}", clause="1.5.d")
        log.tell(tell_of(case))
    return log.act


def ask_evidence(case: Case, what: str, **common: Any) -> Act:
    """The customer is asked to show what is wrong (SOP 1.5.d).

    Silence closes the case, unless a refund of it is open. Raises Refused, Conflict, Repeated.
    """
    with case_act("ask_evidence", case, **common) as (row, log):
        now, what = common["now"], scrub(what)[:200]
        row.details = {**row.details, "why": what}
        open_money = row.refunds.filter(state__in=OPEN).exists()
        wait_for(row, W.EVIDENCE, log, now, usual(row, W.EVIDENCE, now) if open_money else None)
        log.noted(f"请买家给凭证（{row.number}）", clause="1.5.d", reason=what)
        log.tell(tell_of(row))
    return log.act


# -- the money -------------------------------------------------------------------------------------


def wanted_of(case: Case, amount: Decimal, why: str = "") -> Wanted:
    """What the refunds room is asked for; what the customer said goes along for who decides."""
    true = rules_of(case).true_reason(case.reason)
    said = "；".join(
        part for part in (f"{case.number} {case.reason_label}", case.wants, why) if part
    )
    fault = Fault(case.fault)
    return Wanted(RefundKind.PARTIAL, true, told_for(true), extra=amount, fault=fault, why=said)


def draft_of(case: Case, amount: Decimal, now: datetime) -> Draft:
    """The refund as it would be now; writes nothing."""
    return draft(order_of(case), wanted_of(case, amount), now)


def request_partial(case: Case, amount: Decimal, why: str, **common: Any) -> Act:
    """The refund, by the refunds room's act, with the case's evidence (SOP 1.5.d).

    Raises Refused, Conflict, Repeated.
    """
    by, now = common["by"], common["now"]
    with case_act("request_partial", case, **common) as (row, log):
        wanted = wanted_of(row, amount, scrub(why))
        done, _ = refund_for(row, wanted, by, now)
        agreed = str(row.details.get("amount", ""))
        row.details = {**row.details, "amount": str(amount), "why": ""}
        if agreed != str(amount):
            log.changed([Change("退多少", f"{agreed} 元", f"{amount} 元")], row)
        wait_for(row, W.REFUND, log, now)
        log.noted(f"{row.number} 申请部分退款 {amount} 元", clause="1.5.d", reason=why)
        log.act.say = done.say
    return log.act


def resubmit_partial(case: Case, why: str, **common: Any) -> Act:
    """What the supervisor asked for is there: handed in again (退回补充, SOP 1.5.d).

    Raises Refused, Conflict, Repeated.
    """
    by, now = common["by"], common["now"]
    with case_act("resubmit_partial", case, **common) as (row, log):
        order = order_of(row)
        for refund in row.refunds.filter(state=RefundState.RETURNED.value):
            known = set(refund.evidence.values_list("place", flat=True))
            if new := [one for one in files_of(row) if one.place not in known]:
                add_evidence(order, refund, new, by=by, now=now)
            resubmit_refund(order, refund, fault=None, freight_payer=None, why=why, by=by, now=now)
        row.details = {**row.details, "why": ""}
        wait_for(row, W.REFUND, log, now)
        log.noted(f"{row.number} 补充后再送审", clause="1.5.d", reason=why)
        log.tell(tell_of(row))
    return log.act


# -- what the supervisor says ----------------------------------------------------------------------


def given_back() -> QuerySet[Case]:
    """Cases whose refund waits for more from us."""
    returned = _refunds().filter(refund__state=RefundState.RETURNED.value)
    return _cases().filter(Exists(returned), state=CaseState.WAITING_MONEY.value)


def handed_in() -> QuerySet[Case]:
    """Cases that still stand with us, though their refund was handed in again elsewhere."""
    under_way = _refunds().filter(refund__state__in=OPEN)
    returned = _refunds().filter(refund__state=RefundState.RETURNED.value)
    waiting = _cases().filter(waits_for__in=[one.value for one in kind.BEFORE], ended_at=None)
    return waiting.filter(Exists(under_way), ~Exists(returned))


def _cases() -> QuerySet[Case]:
    rows = Case.objects.filter(kind=CaseKind.PARTIAL.value)
    return rows.select_related("order__shop", "version_of")


def _refunds() -> Any:
    return Case.refunds.through.objects.filter(case_id=OuterRef("pk"))


def hear_decisions(now: datetime, limit: int = BATCH) -> int:
    """The refund was given back for more, or is in review again: the case follows (SOP 1.5.d).

    Says how many.
    """
    found = [*given_back().order_by("id")[:limit], *handed_in().order_by("id")[:limit]]
    for case in found:
        with heard("hear_refund", case, now) as (row, log):
            _follow(row, log, now)
    return len(found)


def _follow(case: Case, log: Log, now: datetime) -> None:
    refunds = list(case.refunds.filter(state__in=OPEN))
    returned = [one for one in refunds if one.state == RefundState.RETURNED]
    waits_for_money = case.state == CaseState.WAITING_MONEY
    if returned and waits_for_money:
        why = returned[0].ended_why
        case.details = {**case.details, "why": why}
        wait_for(case, W.WORK, log, now)
        log.noted(f"主管要补充，{case.number} 要再看", clause="1.5.d", reason=why)
        text = f"售后单 {case.number} 的退款要补充：{why}"[:200]
        key = f"case:{case.pk}:more:{case.version}"
        tell(text, to=case.owner_id, url=case.get_absolute_url(), key=key)
    elif refunds and not returned and not waits_for_money and case.is_open:
        wait_for(case, W.REFUND, log, now)
        log.noted(f"退款又送审了，{case.number} 等结果", clause="1.5.d")
