"""What can be done: on an order, and with a case (architecture §1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from aftersales.kinds import KINDS, kind_of, modifications, stock_outs
from aftersales.kinds.kind import COMMON, Step, offered
from aftersales.listening import may_record_feedback
from aftersales.models import Case
from aftersales.policy import CaseFacts
from aftersales.selectors.feedback import answer_of
from core.verdict import Verdict, no, yes
from orders.models import Order
from orders.policy import GONE, OrderFacts
from orders.selectors.contacts import known_today
from orders.selectors.offers import Offer
from staff.matrix import may

_COMMON = {step.verb for step in COMMON}


def offers_of_cases(order: Order, facts: OrderFacts, user: Any) -> list[Offer]:
    """售后: the page that leads to each kind; greyed when none can be opened.

    The order was read with `has_feedback`.
    """
    if not may(user, "open_case"):
        return []
    url = reverse("use-macro", args=[order.order_no])
    macros = [Offer("use_macro", "快捷", url, yes(""), "q")] if may(user, "use_macro") else []
    return macros if facts.is_top_up else [*macros, *_cases(order, facts, user)]


def _cases(order: Order, facts: OrderFacts, user: Any) -> list[Offer]:
    url = reverse("open-case", args=[order.order_no])
    found = [Offer("open_case", "售后", url, _best(facts), "y")]
    decide = stock_outs.may_open(facts)
    if decide.allowed and may(user, "record_decision"):
        url = reverse("record-decision", args=[order.order_no])
        found.append(Offer("record_decision", "登记买家决定", url, decide))
    change = modifications.may_open(facts)
    if change.allowed:
        url = reverse("open-modification", args=[order.order_no])
        found.append(Offer("open_case", "拦下来改", url, change))
    if facts.state in GONE and may(user, "record_feedback"):
        url = reverse("record-feedback", args=[order.order_no])
        verdict = may_record_feedback(facts, answered=answer_of(order) is not None)
        found.append(Offer("record_feedback", "登记评价", url, verdict))
    return found


def _best(facts: OrderFacts) -> Verdict:
    """What may be opened, else why the first may not."""
    verdicts = [kind.may_open(facts) for kind in KINDS.values() if kind.page]
    return next((one for one in verdicts if one.allowed), verdicts[0])


def kinds_for(order: Order, facts: OrderFacts) -> list[Offer]:
    """Each kind that is opened on an order, with its verdict."""
    return [
        Offer(
            kind.kind.value,
            kind.kind.label,
            reverse(kind.page, args=[order.order_no]),
            kind.may_open(facts),
        )
        for kind in KINDS.values()
        if kind.page
    ]


def case_offers(case: Case, facts: CaseFacts, user: Any) -> list[Offer]:
    """The buttons of a case's page; the first step that its kind allows is the accented one."""
    found: list[Offer] = []
    for step, verdict in offered(kind_of(case.kind), facts):
        if not may(user, step.verb):
            if not step.seniors or not may(user, "take_case"):
                continue
            verdict = _theirs(verdict)
        if case.ended_at and not verdict.allowed:
            continue
        main = verdict.allowed and step.verb not in _COMMON and not any(o.main for o in found)
        found.append(Offer(step.verb, step.label, _url(step, case, user), verdict, "", main))
    if case.order is not None and not case.ended_at and may(user, "use_macro"):
        url = reverse("use-macro-on-case", args=[case.number])
        found.append(Offer("use_macro", "快捷", url, yes(""), "q"))
    return found


def _theirs(verdict: Verdict) -> Verdict:
    """What seniors alone may do, for everybody else."""
    if not verdict.allowed:
        return verdict
    instead = "写清楚为什么，转交给资深客服。"
    return no(verdict.clause, "要资深客服、主管来办。", instead=instead)


def _url(step: Step, case: Case, user: Any) -> str:
    """An order's page begins with what its customer was asked already."""
    name = step.verb.replace("_", "-")
    if not step.on_order:
        return reverse(name, args=[case.number])
    known = known_today(case.order, user) if case.order else {}
    query = f"?{urlencode(known, doseq=True)}" if known else ""
    return f"{reverse(name, args=[case.order_no])}{query}"
