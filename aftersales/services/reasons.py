"""Correct why a case is, once more is known: whose fault it is, and so who pays (1.4.c, 1.5.c)."""

from __future__ import annotations

from typing import Any

from aftersales.models import Case
from aftersales.policy import new_cost_said
from aftersales.rules import Reason
from aftersales.selectors.versions import rules_of
from aftersales.services.acting import case_act
from aftersales.services.opening import put_reason
from aftersales.words import CaseKind
from core.acts import Change
from core.masking import scrub
from core.models import Act
from core.verdict import no


def change_reason(case: Case, code: str, why: str, **common: Any) -> Act:
    """Another reason, by the version that the case keeps; the customer hears the new cost.

    Raises Refused, Conflict, Repeated.
    """
    with case_act("change_reason", case, **common) as (row, log):
        reason = _another(row, code)
        before = _shown(row)
        put_reason(row, reason)
        after = _shown(row)
        changes = [Change(name, before[name], after[name]) for name in before]
        log.changed([one for one in changes if one.before != one.after], row)
        said = f"改原因（{row.number}）：{reason.label}，{reason.fault.label}"
        log.noted(said, clause="1.4.c", reason=scrub(why)[:300])
        cost = rules_of(row).cost(reason.fault)
        log.tell(new_cost_said(CaseKind(row.kind), cost, reason.label))
    return log.act


def _another(case: Case, code: str) -> Reason:
    known = rules_of(case).reasons_for(CaseKind(case.kind))
    reason = next((one for one in known if one.code == code), None)
    if reason is None or code == case.reason:
        no("1.4.c", "还没有选别的原因。", instead="选查清楚以后的原因，再改。").require()
        raise AssertionError
    return reason


def _shown(case: Case) -> dict[str, str]:
    return {
        "原因": case.reason_label,
        "责任": case.get_fault_display(),
        "寄回运费": case.get_pays_back_display(),
        "寄出运费": case.get_pays_out_display(),
    }
