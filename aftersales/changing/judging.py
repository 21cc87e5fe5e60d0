"""How a case would stand if it had begun under another version (SOP 7.a). Pure.

For the preview of a change: the same functions that judge a case, asked twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from aftersales.changing.laid import BACK, patience_said
from aftersales.kinds.repairs import cost_of, in_warranty
from aftersales.policy import Asked, eligible
from aftersales.rules import Cost, Reason, Rules
from aftersales.words import CaseKind, WaitsFor
from core.verdict import Verdict
from refunds.words import Fault, FreightPayer


@dataclass(frozen=True, slots=True)
class Began:
    """A case as it began: what of it a version judges."""

    kind: CaseKind
    fault: Fault | None
    reason: str
    waits_for: WaitsFor
    opened_on: date
    received_on: date | None = None
    titles: tuple[str, ...] = ()
    overruled: bool = False


def otherwise(case: Began, old: Rules, new: Rules) -> list[str]:
    """What would be otherwise, as a colleague says it; empty: nothing."""
    return [
        *_reason(case, old, new),
        *_may_it(case, old, new),
        *_free(case, old, new),
        *_time(case, old, new),
    ]


def _fault(case: Began, rules: Rules) -> Fault | None:
    known = _known(case, rules)
    return known.fault if known else case.fault


def _known(case: Began, rules: Rules) -> Reason | None:
    return next((one for one in rules.reasons if one.code == case.reason), None)


def _reason(case: Began, old: Rules, new: Rules) -> Iterator[str]:
    was, will = _known(case, old), _known(case, new)
    if was and not will:
        yield f"没有“{was.label}”这个原因了"
    before, after = _fault(case, old), _fault(case, new)
    if before is None or after is None:
        return
    if before is not after:
        yield f"{before.label} → {after.label}"
    one, other = _cost(case, before, old), _cost(case, after, new)
    if one.back is not other.back:
        yield f"寄回{one.back.label} → {other.back.label}"
    if one.out is not other.out:
        yield f"寄出{one.out.label} → {other.out.label}"
    elif _pays_out(case, other) and old.freight != new.freight:
        yield f"寄出运费 {old.freight:.2f} → {new.freight:.2f} 元"


def _cost(case: Began, fault: Fault, rules: Rules) -> Cost:
    if case.kind is not CaseKind.REPAIR:
        return rules.cost(fault)
    warranty = in_warranty(rules, case.received_on, case.opened_on)
    return cost_of(rules, fault, warranty=warranty)


def _pays_out(case: Began, cost: Cost) -> bool:
    """Does the customer pay for a parcel that goes out?"""
    return cost.out is FreightPayer.BUYER and case.kind is CaseKind.EXCHANGE


def _may_it(case: Began, old: Rules, new: Rules) -> Iterator[str]:
    """Whether it may be asked for; tags and packaging as if they were whole."""
    before, after = _fault(case, old), _fault(case, new)
    if case.kind not in BACK or before is None or after is None:
        return
    one, other = old.period(case.kind, before), new.period(case.kind, after)
    if bool(one and one.intact) != bool(other and other.intact):
        yield "吊牌、包装要完好" if other and other.intact else "吊牌、包装不用完好"
    if case.overruled:
        return  # a senior let it pass, and would again
    was, will = _verdict(case, before, old), _verdict(case, after, new)
    if was.allowed and not will.allowed:
        yield f"可以办 → 不能办（{will.reason.rstrip('。')}）"
    elif will.allowed and not was.allowed:
        yield "不能办 → 可以办"


def _verdict(case: Began, fault: Fault, rules: Rules) -> Verdict:
    asked = Asked(case.kind, fault, case.received_on, titles=case.titles)
    return eligible(rules, asked, case.opened_on)


def _free(case: Began, old: Rules, new: Rules) -> Iterator[str]:
    """Whether a repair counts as in warranty, on the day on which it was asked for (SOP 7.e)."""
    if case.kind is not CaseKind.REPAIR:
        return
    was, will = (in_warranty(one, case.received_on, case.opened_on) for one in (old, new))
    if was != will:
        yield "保修内 → 不在保修内" if was else "不在保修内 → 保修内"


def _time(case: Began, old: Rules, new: Rules) -> Iterator[str]:
    was, will = old.promise_days(case.kind), new.promise_days(case.kind)
    if was != will:
        yield f"答应 {was} → {will} 个工作日办完"
    one, other = old.patience_for(case.waits_for), new.patience_for(case.waits_for)
    if one != other:
        yield f"等{case.waits_for.label} {patience_said(one)} → {patience_said(other)}"
