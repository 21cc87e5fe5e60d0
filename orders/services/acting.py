"""An act on an order together with the contact it came by (SOP 1.1.b, 1.2.a)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

from django.utils import timezone

from core.acts import Actor, Log, act_on
from core.masking import scrub
from core.models import Act
from core.verdict import Refused, Verdict
from orders.models import Contact, Order
from orders.policy import Contacted, unidentified
from orders.services.review import review_again


@contextmanager
def order_act(
    verb: str,
    order: Order,
    *,
    by: Actor,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
    now: datetime | None = None,
) -> Iterator[tuple[Order, Log]]:
    """`core.acts.act` on one order; records the contact, also when the request is refused.

    At its end the review rules run again on what was changed (SOP 1.1.d, 2.b).
    """
    with orders_act(verb, [order], by=by, seen=seen, token=token, contact=contact, now=now) as (
        locked,
        log,
    ):
        yield locked[0], log


@contextmanager
def orders_act(
    verb: str,
    orders: Sequence[Order],
    *,
    by: Actor,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
    now: datetime | None = None,
) -> Iterator[tuple[list[Order], Log]]:
    """The same on several; the first is the one on which the customer asked, and was `seen`."""
    now = now or timezone.now()

    def refused(refusal: Refused) -> None:
        if contact is not None:
            _record(orders[0], contact, verb, by, now, None, refusal.verdict.reason)

    with act_on(
        verb,
        orders,
        by=by,
        seen=seen,
        token=token,
        now=now,
        channel=contact.channel if contact else "",
        on_refused=refused,
    ) as (locked, log):
        released = [row for row in locked if row.released_at is not None]
        yield locked, log
        for row in locked:
            if row in released and row.in_review:
                row.cool_from = now  # it cools again
            if id(row) in log.bumped or verb in SEEN_BY_RULES:
                review_again(row, now)
        if contact is not None:
            _record(locked[0], contact, verb, by, now, log.act.id, "")


# What a rule looks at, though it is no edit (architecture §3).
SEEN_BY_RULES = frozenset({"note"})


class _Allowed(Exception):
    """The rule does not refuse it any more: nothing is kept."""


def refuse(
    verb: str,
    order: Order,
    rule: Callable[[Order], Verdict],
    *,
    by: Actor,
    now: datetime,
    contact: Contacted,
) -> Act | None:
    """Record that the customer asked for `verb` and was refused (SOP 1.1.b, 1.1.c).

    None when the rule does not refuse it any more; then nothing is written.
    """
    if rule(order).allowed:
        return None
    with (
        suppress(Refused, _Allowed),
        order_act(verb, order, by=by, contact=contact, now=now) as (row, _),
    ):
        rule(row).require()
        raise _Allowed
    return Act.objects.filter(order_no=order.order_no, verb=verb, at=now).first()


def _record(
    order: Order,
    contact: Contacted,
    verb: str,
    by: Actor,
    now: datetime,
    act_id: uuid.UUID | None,
    refused: str,
) -> None:
    half = "（身份没有核对完）" if act_id and unidentified(verb, contact.identity) else ""
    parts = (scrub(contact.said), refused, half)
    Contact.objects.create(
        order=order,
        channel=contact.channel,
        identity=sorted(contact.identity),
        said=" ".join(part for part in parts if part)[:500],
        about=verb,
        act=act_id,
        by_id=by.user_id,
        at=now,
    )
