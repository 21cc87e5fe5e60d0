"""What is wrong with a version that somebody wants, each fault under its field's name. Pure.

The form shows them at the field; the act asks the same, so nothing else can be proposed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from aftersales.changing.laid import BACK
from aftersales.rules import Rules
from aftersales.words import CaseKind
from refunds.words import Fault, FreightPayer

A_YEAR = 366
# Kinds that cannot be opened without a reason.
ASK_WHY = (*BACK, CaseKind.RESHIP, CaseKind.UNDELIVERABLE, CaseKind.COMPLAINT)


def wrong(rules: Rules) -> dict[str, str]:
    """Field → what is wrong with it; empty: it can be used."""
    found: dict[str, str] = {}
    for field, words in (*_numbers(rules), *_costs(rules), *_reasons(rules)):
        found.setdefault(field, words)
    return found


def _numbers(rules: Rules) -> Iterator[tuple[str, str]]:
    days = {f"days-{one.kind}-{one.fault}": one.days for one in rules.periods}
    days |= {f"promise-{kind}": days for kind, days in rules.promise.items()}
    days |= {f"wait-{one.waits_for}": one.days for one in rules.patience}
    days |= {f"closes-{p.waits_for}": p.closes for p in rules.patience if p.closes is not None}
    for field, number in days.items():
        if not 1 <= number <= A_YEAR:
            yield field, f"要填 1 到 {A_YEAR} 天。"
    if not 0 <= rules.freight < 1000:
        yield "freight", "要填 0 到 999.99 元。"
    for kind in BACK:
        ours, theirs = rules.period(kind, Fault.SELLER), rules.period(kind, Fault.BUYER)
        if ours and (theirs is None or theirs.days > ours.days):
            yield f"days-{kind}-seller", "我们的责任，期限不能比买家自己的原因还短。"


def _costs(rules: Rules) -> Iterator[tuple[str, str]]:
    for which in ("back", "out"):
        if getattr(rules.cost(Fault.SELLER), which) is not FreightPayer.SELLER:
            yield f"{which}-seller", "我们的责任，运费由我们承担（SOP 1.4.e）。"


def _reasons(rules: Rules) -> Iterator[tuple[str, str]]:
    labels = Counter((one.group, one.label) for one in rules.reasons)
    for one in rules.reasons:
        if not one.label.strip():
            yield f"label-{one.code}", "原因要有名字；不要了就勾“去掉”。"
        if not one.group.strip():
            yield f"group-{one.code}", "写上归在哪一组。"
        if not one.kinds:
            yield f"kinds-{one.code}", "至少用于一种售后；不要了就勾“去掉”。"
        if labels[one.group, one.label] > 1:
            yield f"label-{one.code}", "同一组里有两个一样的原因。"
    for kind in ASK_WHY:
        if not rules.reasons_for(kind):
            yield f"reasons-{kind}", f"{kind.label}要留一个原因，不然登记不了。"
