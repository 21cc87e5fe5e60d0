"""Macros that can be used on an order or a case, each with the verdict of its act (快捷)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from aftersales.kinds import kind_of
from aftersales.kinds.kind import verdict_on
from aftersales.models import Case, Macro
from aftersales.policy import CaseFacts
from aftersales.selectors.facts import facts_of
from aftersales.selectors.telling import values_of
from aftersales.sentences import CASE
from aftersales.words import MacroAct
from core.sentences import defaults, placeholders, render
from core.verdict import Say, Verdict, no, yes
from orders.models import Order
from orders.policy import OrderFacts, may_hold
from staff.matrix import may

M = MacroAct
# The act whose right is needed, too; what a sentence may name there.
VERBS = {M.NOTE: "note", M.HOLD: "hold", M.ASK: "ask_customer"}
ORDER = ("order_no", "goods")
NAMES: Mapping[str, tuple[str, ...]] = {M.NOTE: ORDER, M.HOLD: ORDER, M.ASK: CASE}


@dataclass(frozen=True, slots=True)
class Ready:
    """One macro as it can be used now; `sentence`: what the customer would hear."""

    macro: Macro
    verdict: Verdict
    sentence: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a macro is used, read once for all of them."""

    order: Order
    facts: OrderFacts
    case: Case | None
    case_facts: CaseFacts | None
    values: Mapping[str, str]


def place_of(order: Order, case: Case | None = None) -> Place:
    values = values_of(case) if case else {}
    known = {"order_no": order.order_no, "goods": order.goods_summary or "商品"}
    return Place(order, order.facts(), case, facts_of(case) if case else None, values | known)


def macros_for(user: Any, order: Order, case: Case | None = None) -> list[Ready]:
    """What may be done first; three queries besides those of the case."""
    rows = Macro.objects.filter(Q(shop=None) | Q(shop=order.shop_id), active=True)
    mine = [one for one in rows.order_by("id") if may(user, VERBS[M(one.does)])]
    place = place_of(order, case)
    found = [(one, usable(one, place)) for one in mine if case or one.does != M.ASK]
    found.sort(key=lambda pair: not pair[1].allowed)
    return [
        Ready(one, verdict, _spoken(one, place), str(number) if number < 10 else "")
        for number, (one, verdict) in enumerate(found, 1)
    ]


def usable(macro: Macro, place: Place) -> Verdict:
    """The rule of its act: what greys the button is what would refuse."""
    if not macro.active:
        return no("1.1.b", "这个快捷停用了。")
    if macro.does == M.HOLD:
        return may_hold(place.facts)
    if macro.does == M.NOTE:
        return yes("1.2.d")
    if place.case is None or place.case_facts is None:
        return no("1.4.a", "等客户答复要在售后单上用。", instead="先打开售后单。")
    return verdict_on(kind_of(place.case.kind), "ask_customer", place.case_facts)


def say_for(macro: Macro, place: Place) -> Say | None:
    """The sentence with its values; None: the act says what is to be said."""
    return Say(macro.sentence, place.values) if macro.sentence else None


def _spoken(macro: Macro, place: Place) -> str:
    say = say_for(macro, place)
    return render(say, place.order.shop.code) if say else ""


def sentences_for(does: str) -> list[tuple[str, str]]:
    """The sentences whose values are known where the act is done."""
    known = set(NAMES.get(does, ()))
    return [
        (key, one.title)
        for key, one in defaults().items()
        if set(one.values) <= known and placeholders(one.text) <= known
    ]


def all_macros() -> QuerySet[Macro]:
    return Macro.objects.select_related("shop").order_by("-active", "id")


def get_macro(macro_id: int) -> Macro:
    """Raises Http404."""
    found = all_macros().filter(pk=macro_id).first()
    if found is None:
        raise Http404("没有这个快捷")
    return found
