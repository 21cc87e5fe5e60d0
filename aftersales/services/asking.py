"""Wait for the customer's answer, and take it in (SOP 1.4.a)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aftersales.models import Case
from aftersales.selectors.telling import tell_of
from aftersales.services.acting import case_act
from aftersales.services.waiting import wait_for
from aftersales.words import WaitsFor
from core.acts import Log
from core.masking import scrub
from core.models import Act


def ask_customer(case: Case, question: str, **common: Any) -> Act:
    """Something is asked; meanwhile the promise stands still, and silence closes the case, unless
    the goods are here or on their way.

    What it waited for before comes back with the answer. Raises Refused, Conflict, Repeated.
    """
    with case_act("ask_customer", case, **common) as (row, log):
        question = scrub(question)[:200]
        row.details = {**row.details, "waited_for": row.waits_for, "why": question}
        wait_for(row, WaitsFor.ANSWER, log, common["now"])
        log.noted(f"等客户答复（{row.number}）", clause="1.4.a", reason=question)
        log.tell(tell_of(row))
    return log.act


def record_answer(case: Case, answer: str, **common: Any) -> Act:
    """What the customer answered; it goes on where it stood. Raises Refused, Conflict, Repeated."""
    with case_act("record_answer", case, **common) as (row, log):
        go_on(row, log, common["now"])
        log.noted(f"客户答复（{row.number}）", clause="1.4.a", reason=scrub(answer)[:300])
    return log.act


def go_on(case: Case, log: Log, now: datetime) -> None:
    """The customer has answered: it goes on where it stood; inside a running act."""
    known = dict(case.details)
    before = WaitsFor(known.pop("waited_for", WaitsFor.WORK.value))
    known.pop("why", None)
    case.details = known
    wait_for(case, before, log, now)
