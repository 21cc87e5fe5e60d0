"""The policy in force: asked by every act and sweep, so each process remembers it (SOP 1.4.b, 7.a).

What is remembered are the versions with their dates; which of them counts is asked anew each time.
So a version takes effect at its date to the second, whatever is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from aftersales.models import Case, PolicyVersion
from aftersales.rules import DELIVERED, Rules, written
from core.remembered import remembered
from orders.models import Order

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Known:
    """A version as it is remembered."""

    pk: int
    from_at: datetime
    rules: Rules


@remembered
def _known() -> tuple[Known, ...]:
    """All versions, in the order in which they take effect; few in a year."""
    rows = PolicyVersion.objects.order_by("from_at", "number")
    return tuple(Known(row.pk, row.from_at, row.rules) for row in rows)


def forget() -> None:
    """A version was made."""
    _known.forget()


def in_force(at: datetime) -> PolicyVersion | None:
    """The version that counted then; None: what we deliver does."""
    rows = PolicyVersion.objects.filter(from_at__lte=at)
    return rows.order_by("-from_at", "-number").first()


def rules_at(at: datetime) -> Rules:
    past = [one for one in _known() if one.from_at <= at]
    return past[-1].rules if past else DELIVERED


def rules_for(order: Order) -> Rules:
    """What was in force on the order's date."""
    return rules_at(order.paid_at or order.ordered_at)


def rules_of(case: Case) -> Rules:
    """What the case began with."""
    known = (one.rules for one in _known() if one.pk == case.version_of_id)
    found = next(known, None)
    if found is not None:
        return found
    return case.version_of.rules if case.version_of else DELIVERED  # made a moment ago elsewhere


# -- to look at ------------------------------------------------------------------------------------


def delivered() -> PolicyVersion:
    """What we deliver, as a version: it becomes a row when something needs it."""
    return PolicyVersion(
        number=1,
        from_at=BEGINNING,
        text=written(DELIVERED),
        why="交付时的政策",
        by_name="系统",
        at=BEGINNING,
    )


def newest() -> PolicyVersion:
    """The one that takes effect last, also where it is still to come."""
    return PolicyVersion.objects.order_by("-from_at", "-number").first() or delivered()


def versions() -> list[PolicyVersion]:
    """All of them, the one that takes effect last first."""
    rows = PolicyVersion.objects.order_by("-from_at", "-number")[:SHOWN]
    return list(rows) or [delivered()]
