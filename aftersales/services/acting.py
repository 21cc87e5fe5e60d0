"""An act on a case: its order is locked before it, and its timeline tells it (architecture §3)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import structlog

from aftersales.kinds import kind_of
from aftersales.kinds.kind import verdict_on
from aftersales.models import Case
from aftersales.policy import CaseFacts
from aftersales.selectors.facts import facts_of
from core.acts import TIMER, Actor, Conflict, Log, act_on, lock
from core.verdict import Refused
from orders.models import Order
from orders.policy import Contacted
from orders.services.acting import orders_act

logger = structlog.stdlib.get_logger("gendan.aftersales")


@contextmanager
def case_act(
    verb: str,
    case: Case,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
    step: str = "",
    further: Sequence[Order] = (),
) -> Iterator[tuple[Case, Log]]:
    """Lock the order, then the case; `seen` is the case's version.

    Its kind has to allow the step, which is called as the verb unless said otherwise. `further`:
    orders that change with it, locked together with its own.

    Raises Refused, Conflict, Repeated.
    """
    with locked_case(
        verb, case, by=by, now=now, seen=seen, token=token, contact=contact, further=further
    ) as (row, log):
        require(row, step or verb)
        yield row, log


@contextmanager
def locked_case(
    verb: str,
    case: Case,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
    further: Sequence[Order] = (),
) -> Iterator[tuple[Case, Log]]:
    """The same whatever the kind says: for timers and what other rooms answered."""
    if case.order is None:
        with act_on(verb, [case], by=by, seen=seen, token=token, now=now) as ((row,), log):
            yield row, log
        return
    orders = [case.order, *further]
    with orders_act(verb, orders, by=by, token=token, contact=contact, now=now) as (rows, log):
        row = lock(case)
        if seen is not None and row.version != seen:
            raise Conflict(row, seen)
        row.order = rows[0]
        yield row, log


@contextmanager
def heard(verb: str, case: Case, now: datetime) -> Iterator[tuple[Case, Log]]:
    """`locked_case` for a sweep: one that is refused stays as it is, and the next is heard."""
    try:
        with locked_case(verb, case, by=TIMER, now=now) as found:
            yield found
    except Refused as refused:
        clause = refused.verdict.clause
        logger.warning("case_not_heard", case=case.number, verb=verb, clause=clause)


def require(case: Case, verb: str) -> CaseFacts:
    """The case's facts, where its kind allows the verb now. Raises Refused."""
    facts = facts_of(case)
    verdict_on(kind_of(case.kind), verb, facts).require()
    return facts


def order_of(case: Case) -> Order:
    """The order of a case that has one."""
    if case.order is None:
        raise ValueError(f"{case.number} belongs to no order")
    return case.order
