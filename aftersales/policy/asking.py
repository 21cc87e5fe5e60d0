"""May it be asked for: the period, tag and packaging, what is excluded (SOP 1.4.b)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from aftersales.rules import Rules
from aftersales.words import CaseKind
from core.verdict import Say, Verdict, ask, no, yes
from refunds.words import Fault


@dataclass(frozen=True, slots=True)
class Asked:
    """What the customer wants, and what was asked about the goods.

    `received_on` None: not yet received. `overruled`: why a senior lets it pass all the same.
    """

    kind: CaseKind
    fault: Fault
    received_on: date | None
    tags: bool = True
    packaging: bool = True
    titles: tuple[str, ...] = ()
    overruled: str = ""
    senior: bool = False


def last_day(rules: Rules, asked: Asked) -> date | None:
    """The last day on which it may be asked for; None: there is no such day."""
    period = rules.period(asked.kind, asked.fault)
    if period is None or asked.received_on is None:
        return None
    return asked.received_on + timedelta(days=period.days)


def day_wrong(on: date | None, shipped_on: date | None, today: date) -> Verdict | None:
    """What is wrong with the day of receipt that was named; None: nothing (SOP 1.4.b)."""
    if on is None:
        instead = "问买家哪天签收的，或者看物流；期限从签收第二天算起。"
        return no("1.4.b", "还没有填哪天签收的。", instead=instead)
    if on > today:
        return no("1.4.b", "签收日期不会在以后。", instead="再核对一下哪天签收的。")
    if shipped_on is not None and on < shipped_on:
        said = f"{spoken(shipped_on)}才发货，签收不会比这早。"
        return no("1.4.b", said, instead="再核对一下哪天签收的。")
    return None


def eligible(rules: Rules, asked: Asked, today: date) -> Verdict:
    """Inside the period, tag and packaging intact, no excluded product (SOP 1.4.b).

    What is refused here a senior may let pass with a reason.
    """
    against = _against(rules, asked, today)
    if against is None:
        return yes("1.4.b", _fits(rules, asked))
    if asked.overruled and asked.senior:
        return yes("1.4.b", f"破例：{asked.overruled}（{against.reason}）")
    return against


def _against(rules: Rules, asked: Asked, today: date) -> Verdict | None:
    instead = "按下面的话回复买家；要破例的，请资深客服写明原因再登记。"
    until, period = last_day(rules, asked), rules.period(asked.kind, asked.fault)
    if until is not None and today > until:
        say = Say(
            "case.too_late", {"days": str(period.days) if period else "", "until": spoken(until)}
        )
        return ask("1.4.b", f"过了期限：{spoken(until)}是最后一天。", say, instead)
    if period is not None and period.intact and not (asked.tags and asked.packaging):
        what = "吊牌" if not asked.tags else "包装"
        say = Say("case.not_intact", {"what": what})
        return ask("1.4.b", f"{what}不完整，不能退换。", say, instead)
    words = [word for word in rules.excluded if any(word in title for title in asked.titles)]
    if words and asked.fault is Fault.BUYER:
        say = Say("case.excluded", {"what": words[0]})
        return ask("1.4.b", f"“{words[0]}”类商品，不是质量问题不能退换。", say, instead)
    return None


def _fits(rules: Rules, asked: Asked) -> str:
    until = last_day(rules, asked)
    return f"在期限内，{spoken(until)}是最后一天。" if until else "可以办。"


def spoken(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"
