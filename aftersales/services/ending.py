"""A case that ends without being done: taken back, or refused with the reason (SOP 1.4.b)."""

from __future__ import annotations

from typing import Any

from aftersales.models import Case
from aftersales.services.acting import case_act
from aftersales.services.waiting import refuse, withdraw
from core.masking import scrub
from core.models import Act
from core.verdict import Say


def withdraw_case(case: Case, why: str, **common: Any) -> Act:
    """The customer does not want it any more. Raises Refused, Conflict, Repeated."""
    with case_act("withdraw_case", case, **common) as (row, log):
        withdraw(row, log, common["now"], scrub(why))
        log.noted(f"撤回售后单 {row.number}", clause="1.4", reason=why)
        log.tell(Say("case.withdrawn"))
    return log.act


def refuse_case(case: Case, why: str, **common: Any) -> Act:
    """It is not done; the customer hears why. Raises Refused, Conflict, Repeated."""
    with case_act("refuse_case", case, **common) as (row, log):
        why = scrub(why)
        refuse(row, log, common["now"], why)
        log.noted(f"拒绝售后单 {row.number}", clause="1.4.b", reason=why)
        log.tell(Say("case.refused", {"why": why}))
    return log.act
