"""Ask a carrier for what it lost or damaged, and keep what it says (快递理赔, SOP 3.b)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from aftersales.kinds.sent_again import may_ask_so_much, may_be_paid
from aftersales.models import CarrierClaim, Case
from aftersales.selectors.claims import worth
from aftersales.services.acting import case_act, order_of
from aftersales.words import ClaimState
from core.acts import Change, Log, lock
from core.masking import scrub
from core.models import Act

ANSWERS_IN = timedelta(days=7)


def claim_carrier(case: Case, amount: Decimal, why: str, more: str = "", **common: Any) -> Act:
    """So many yuan are asked of the carrier; the case's photos are the evidence (SOP 3.b).

    `more`: why it is more than goods and freight were worth. Raises Refused, Conflict, Repeated.
    """
    by, now = common["by"], common["now"]
    with case_act("claim_carrier", case, **common) as (row, log):
        order = order_of(row)
        may_ask_so_much(amount, worth(order), more).require()
        why = "；".join(part for part in (why, more) if part)
        claim = CarrierClaim(
            number=f"{row.number}-L",
            case=row,
            order=order,
            carrier=order.carrier,
            waybill=order.waybill,
            amount=amount,
            why=scrub(why)[:300],
            asked_at=now,
            asked_by_id=by.user_id,
            asked_name=by.name,
            due_at=now + ANSWERS_IN,
        )
        claim.save(force_insert=True)
        _stands(row, claim, "", log)
        log.noted(f"向{order.carrier_name or '快递'}理赔 {amount} 元", clause="3.b", reason=why)
    return log.act


def claim_paid(case: Case, got: Decimal, said: str, **common: Any) -> Act:
    """The carrier paid, all or a part. Raises Refused, Conflict, Repeated."""
    with case_act("claim_paid", case, **common) as (row, log):
        claim, before = _claim(row)
        may_be_paid(got, claim.amount).require()
        claim.pay(common["now"], got, scrub(said))
        _stands(row, claim, before, log)
        log.noted(f"快递赔了 {got} 元（{row.number}）", clause="3.b", reason=said)
    return log.act


def claim_refused(case: Case, said: str, **common: Any) -> Act:
    """The carrier does not pay, with its reason. Raises Refused, Conflict, Repeated."""
    with case_act("claim_refused", case, **common) as (row, log):
        claim, before = _claim(row)
        claim.refuse(common["now"], scrub(said))
        _stands(row, claim, before, log)
        log.noted(f"快递不赔（{row.number}）", clause="3.b", reason=said)
    return log.act


def correct_claim(case: Case, amount: Decimal, why: str, more: str = "", **common: Any) -> Act:
    """Amount or answer were entered wrongly: so much is asked, and the answer is waited for again.

    `more`: as for `claim_carrier`. Raises Refused, Conflict, Repeated.
    """
    now = common["now"]
    with case_act("correct_claim", case, **common) as (row, log):
        may_ask_so_much(amount, worth(order_of(row)), more).require()
        claim, before = _claim(row)
        asked, got = claim.amount, claim.got
        claim.correct(amount, now + ANSWERS_IN)
        _stands(row, claim, before, log)
        if asked != amount:
            log.changed([Change("要快递赔", f"{asked} 元", f"{amount} 元")], row)
        if got:
            log.changed([Change("快递赔了", f"{got} 元", "")], row)
        said = "；".join(part for part in (why, more) if part)
        log.noted(
            f"改正理赔（{row.number}）：要 {amount} 元", clause="3.b", reason=scrub(said)[:300]
        )
    return log.act


def _claim(case: Case) -> tuple[CarrierClaim, str]:
    claim = lock(CarrierClaim.objects.get(case=case))
    return claim, claim.get_state_display()


def _stands(case: Case, claim: CarrierClaim, before: str, log: Log) -> None:
    case.details = {**case.details, "claim": ClaimState(claim.state).value}
    log.changed([Change("快递理赔", before, claim.get_state_display())], case)
