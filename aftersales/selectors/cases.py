"""Cases: one of them, those of an order, and the lists by what they wait for (screens: cases).

Each list is a range of one partial index, late first; filters look through it as far as a page
reaches.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from aftersales.models import Case
from aftersales.models.case import OPEN
from aftersales.words import CaseKind, CaseState, WaitsFor
from core.keyset import Page, page
from core.models import Act
from core.selectors import acts_on
from orders.models import Order
from orders.selectors.page import labelled

SHOWN = 20
ORDER = ("due_at", "id")


def of_shops(user: Any) -> QuerySet[Case]:
    """The cases of the shops that this person works for, and what belongs to none yet."""
    rows = Case.objects.all()
    if user.shop_codes:
        rows = rows.filter(Q(shop__code__in=user.shop_codes) | Q(shop=None))
    return rows


def get_case(user: Any, number: str) -> Case:
    """The case by its number. Raises Http404."""
    rows = of_shops(user).select_related("order__shop", "order__buyer", "shop", "version_of")
    found = rows.filter(number=number.upper().replace("\0", "")).first()
    if found is None:
        raise Http404(f"没有售后单 {number}")
    return found


def case_by_code(user: Any, code: str) -> Case | None:
    """By its number, or the waybill of what comes back; None unless it is exactly one."""
    text = code.strip().upper().replace("\0", "")[:64]
    rows = of_shops(user).filter(Q(number=text) | Q(waybill=text)) if text else Case.objects.none()
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None


# -- lists -----------------------------------------------------------------------------------------


def open_cases(user: Any) -> QuerySet[Case]:
    """What is not finished."""
    return of_shops(user).filter(state__in=OPEN)


def mine(user: Any) -> QuerySet[Case]:
    """What this person has."""
    return open_cases(user).filter(owner=user.pk)


def my_turn(user: Any) -> QuerySet[Case]:
    """What waits for nobody but this person."""
    return mine(user).filter(state=CaseState.OPEN.value)


def asked_of(typed: Mapping[str, str]) -> dict[str, str]:
    """Of an address the filters that make sense."""
    fit = {
        "who": {*_WHOSE},
        "waits": set(dict(WaitsFor.choices())),
        "kind": set(dict(CaseKind.choices())),
    }
    return {name: typed[name] for name, known in fit.items() if typed.get(name) in known}


def cases_page(user: Any, asked: Mapping[str, str], cursor: str) -> Page[Case]:
    """A page of a list, three queries; raises BadCursor."""
    rows = _WHOSE.get(asked.get("who", ""), mine)(user)
    where = Q()
    if "waits" in asked:
        rows = rows.filter(waits_for=asked["waits"])
    if "kind" in asked:
        where = Q(kind=asked["kind"])
    rows = rows.select_related("order", "shop").prefetch_related("lines")
    return page(rows, ORDER, cursor, where=where or None, mark=_mark(asked))


# Whose cases a list shows, besides one's own.
_WHOSE: dict[str, Callable[[Any], QuerySet[Case]]] = {
    "turn": my_turn,
    "free": lambda user: open_cases(user).filter(owner=None),
    "team": open_cases,
}


def _mark(asked: Mapping[str, str]) -> str:
    return "cases-" + "-".join(f"{name}.{value}" for name, value in sorted(asked.items()))


# -- on an order -----------------------------------------------------------------------------------


def has_cases() -> dict[str, Any]:
    """An annotation of an order: are there any? Most have none, and cost no query more."""
    return {"any_cases": Exists(Case.objects.filter(order=OuterRef("pk")))}


def cases_of(order: Order) -> list[Case]:
    """Newest first; the order was read with `has_cases`."""
    if not order.any_cases:  # type: ignore[attr-defined]
        return []
    rows = Case.objects.filter(order=order).select_related("order").prefetch_related("lines")
    return list(rows.order_by("-id")[:SHOWN])


def open_matters(orders: Sequence[int]) -> dict[int, list[str]]:
    """Their cases that are still open (`settings.OPEN_MATTERS`, SOP 6.d)."""
    rows = Case.objects.filter(order__in=orders, state__in=OPEN)
    return {order: ["售后"] for order in rows.values_list("order_id", flat=True) if order}


# -- one -------------------------------------------------------------------------------------------


def acts_of(case: Case, limit: int = 50) -> list[Act]:
    """What was done with it, newest first."""
    if case.order is None:
        return labelled(acts_on(case, limit))
    ids = case.history.values("history_change_reason")
    acts = Act.objects.filter(order_no=case.order.order_no)
    found = list(acts.filter(Q(pk__in=ids) | Q(part_of__in=ids)).order_by("-at")[:limit])
    if case.kind == CaseKind.UNOWNED:  # what was done before its order was known
        found += acts_on(case, limit)
    return labelled(found)


def act_on_order(case: Case, key: uuid.UUID) -> Act | None:
    """One that stands in the timeline of the case's order alone."""
    found = Act.objects.filter(pk=key, order_no=case.order_no).exclude(order_no="")
    return next(iter(labelled(list(found))), None)


def changed_since(case: Case, seen: int) -> list[Act]:
    """The acts that took the case from version `seen` to now, newest first."""
    later = case.history.filter(version__gt=seen).values("history_change_reason")
    return labelled(list(Act.objects.filter(pk__in=later).order_by("-at")[:20]))


def evidence_of(case: Case, evidence_id: int) -> Any:
    """One file of the case. Raises Http404."""
    found = case.evidence.filter(pk=evidence_id).first()
    if found is None or not found.path.exists():
        raise Http404("没有这个文件")
    return found
