"""What a change would mean: the open cases that another version would judge otherwise (SOP 7.a).

A case keeps the version that it began with, so a preview changes nothing: it says how these cases
would stand had they begun under the new one. It looks at so many of them and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from aftersales.changing.judging import Began, otherwise
from aftersales.kinds import KINDS
from aftersales.models import Case, CaseLine, PolicyVersion
from aftersales.rules import Rules
from aftersales.selectors.cases import open_cases
from aftersales.selectors.repairs import received_on
from aftersales.selectors.versions import rules_of
from aftersales.words import CaseKind, WaitsFor
from core.counting import capped_counts
from orders.models import Order
from refunds.words import Fault

LOOKED = 2000  # cases that a preview judges at most: those that are due first
SHOWN = 20
CAP = 1000


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A case that would stand otherwise, and how."""

    case: Case
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """`open`: cases looked at; `more`: there are others beyond; `count` of them, some shown."""

    open: int
    more: bool
    count: int
    rows: Sequence[Otherwise]


def preview(rules: Rules, user: Any) -> Preview:
    """Of this person's shops the open cases that would be judged otherwise; three queries."""
    lines = CaseLine.objects.only("case", "label").order_by("id")
    rows = open_cases(user).select_related("order").order_by("due_at", "id")
    rows = rows.only(
        *("number", "kind", "state", "fault", "reason", "waits_for", "opened_at", "overruled"),
        *("due_at", "details", "version_of", "order__order_no", "order__received_at"),
    ).prefetch_related(Prefetch("lines", lines))
    found = list(rows[: LOOKED + 1])
    said = [(case, otherwise(_began(case), rules_of(case), rules)) for case in found[:LOOKED]]
    changed = [Otherwise(case, tuple(says)) for case, says in said if says]
    return Preview(len(said), len(found) > LOOKED, len(changed), changed[:SHOWN])


def _began(case: Case) -> Began:
    received = case.order.received_at if case.order else None
    return Began(
        CaseKind(case.kind),
        Fault(case.fault) if case.fault else None,
        case.reason,
        WaitsFor(case.waits_for),
        timezone.localdate(case.opened_at),
        received_on(case) or (timezone.localdate(received) if received else None),
        tuple(line.label for line in case.lines.all()),
        bool(case.overruled),
    )


def told_by(key: str, user: Any) -> Preview:
    """The open cases whose customer is told this sentence now; it stays as it was for them."""
    where = Q(pk=None)
    for kind in KINDS.values():
        waits = [what.value for what, says in kind.says.items() if says == key]
        where |= Q(kind=kind.kind.value, waits_for__in=waits) if waits else Q(pk=None)
    rows = open_cases(user).filter(where).select_related("order").order_by("due_at", "id")
    found = list(rows[:SHOWN])
    count = capped_counts([[rows]], CAP)[0] if len(found) == SHOWN else len(found)
    shown = [Otherwise(case, (f"等{case.get_waits_for_display()}",)) for case in found]
    return Preview(count, count == CAP, count, shown)


def orders_under(version: PolicyVersion, until: datetime | None, user: Any) -> int:
    """How many orders were placed while it counted, at most `CAP`."""
    rows = Order.objects.filter(ordered_at__gte=version.from_at)
    if until is not None:
        rows = rows.filter(ordered_at__lt=until)
    if user.shop_codes:
        rows = rows.filter(shop__code__in=user.shop_codes)
    return capped_counts([[rows]], CAP)[0]
