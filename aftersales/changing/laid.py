"""A version as a person reads it, and what differs between two (SOP 7.a). Pure.

What a version says is laid out in lines with a key; a difference is a line whose words differ. So
nothing is shown that is not compared, nor compared and not shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aftersales.rules import Patience, Period, Reason, Rules
from aftersales.words import CaseKind, WaitsFor
from refunds.words import Fault

BACK = (CaseKind.RETURN, CaseKind.EXCHANGE)  # kinds whose goods come back within a period
WARRANTY = (CaseKind.REPAIR, Fault.SELLER)  # the period that says how long a repair is free
NONE = "（没有）"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a version lays down."""

    key: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Differs:
    """One line that a change alters: from → to."""

    section: str
    label: str
    before: str
    after: str


def laid_out(rules: Rules) -> list[Section]:
    """All that it says, in the order in which an agent looks for it."""
    return [
        Section("退换政策", tuple(_policy(rules))),
        Section("运费谁出", tuple(_costs(rules))),
        Section("原因", tuple(_reasons(rules))),
        Section("答应几个工作日办完", tuple(_promises(rules))),
        Section("每一步等多久", tuple(_patience(rules))),
    ]


def differences(old: Rules, new: Rules) -> list[Differs]:
    """What changes, line by line; what is new or gone, too."""
    found = []
    for before, after in zip(laid_out(old), laid_out(new), strict=True):
        was, will = _by_key(before), _by_key(after)
        for key in dict.fromkeys((*will, *was)):
            one, other = was.get(key), will.get(key)
            if one != other:
                label = (one or other or Line(key, key, "")).label
                words = (one.words if one else NONE, other.words if other else NONE)
                found.append(Differs(after.title, label, *words))
    return found


def _by_key(section: Section) -> dict[str, Line]:
    return {line.key: line for line in section.lines}


def _policy(rules: Rules) -> Iterable[Line]:
    for kind in BACK:
        for fault in Fault:
            label = f"{kind.label} · {fault.label}"
            yield Line(f"{kind}-{fault}", label, period_said(rules.period(kind, fault)))
    yield Line("warranty", "保修期", warranty_said(rules.period(*WARRANTY)))
    yield Line("excluded", "不是质量问题不退换的商品", "、".join(rules.excluded) or NONE)
    yield Line("carriers", "请买家用的快递", "、".join(rules.carriers) or NONE)


def period_said(period: Period | None) -> str:
    if period is None:
        return "不限时间"
    whole = "，吊牌、包装要完好" if period.intact else ""
    return f"签收后 {period.days} 天内{whole}"


def warranty_said(period: Period | None) -> str:
    return f"签收后 {period.days} 天内，免费修" if period else "一直保修"


def _costs(rules: Rules) -> Iterable[Line]:
    for fault in Fault:
        cost = rules.cost(fault)
        words = f"寄回{cost.back.label}，寄出{cost.out.label}"
        yield Line(fault, fault.label, words)
    yield Line("freight", "买家承担时，寄出收", f"{rules.freight:.2f} 元")


def _reasons(rules: Rules) -> Iterable[Line]:
    for one in rules.reasons:
        yield Line(one.code, one.label, reason_said(one))


def reason_said(one: Reason) -> str:
    """Its name stands in it, too: a reason that is only renamed differs."""
    kinds = "、".join(kind.label for kind in CaseKind if kind in one.kinds)
    return f"{one.group} › {one.label}；{one.fault.label}；退款记“{one.true.label}”；用于{kinds}"


def _promises(rules: Rules) -> Iterable[Line]:
    for kind in CaseKind:
        yield Line(kind, kind.label, f"{rules.promise_days(kind)} 个工作日")


def _patience(rules: Rules) -> Iterable[Line]:
    for what in WaitsFor:
        yield Line(what, f"等{what.label}", patience_said(rules.patience_for(what)))


def patience_said(one: Patience) -> str:
    days = f"{one.days} 个工作日" if one.working else f"{one.days} 天"
    return days if one.closes is None else f"{days}，再过 {one.closes} 天没有答复就关闭"
