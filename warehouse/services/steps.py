"""What every step of a parcel shares: lock the order, then the parcel, then ask the policy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from core import bulk
from core.acts import Actor, Log, act_on
from core.verdict import Refused, Verdict
from orders.models import Order
from warehouse import policy
from warehouse.models import Parcel, ParcelLine
from warehouse.selectors.parcels import facts_of
from warehouse.words import Step


class Barred(Refused):
    """Whatever the step: this parcel must not go on. The station shows a stop."""


@contextmanager
def parcel_act(
    verb: str, parcel: Parcel, *, by: Actor, now: datetime
) -> Iterator[tuple[Order, Parcel, Log]]:
    """An act on a parcel's order and the parcel, locked in this order (architecture §3).

    It stands in the order's timeline. Raises Refused.
    """
    with act_on(verb, [parcel], by=by, now=now) as ((row,), log):
        log.about(row.order)
        yield row.order, row, log


def require(parcel: Parcel, step: Step) -> None:
    """Raise Barred where the parcel is stopped or held, Refused where it is not its turn."""
    facts = facts_of(parcel)
    require_free(policy.may_step(facts, step), facts)


def require_free(verdict: Verdict, facts: policy.ParcelFacts) -> None:
    """Raise what the verdict says; Barred where no step is allowed at all."""
    if verdict.allowed:
        return
    if policy.barred(facts, verdict.clause) is not None:
        raise Barred(verdict)
    raise Refused(verdict)


def save_counts(*lines: ParcelLine) -> None:
    """Keep what was counted; the scan's row says who and when."""
    rows = [[line.pk, line.picked, line.verified, line.to_check] for line in lines]
    bulk.change(ParcelLine, ("picked", "verified", "to_check"), rows)
