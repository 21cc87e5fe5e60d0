"""An act on an order together with the contact it came by (SOP 1.1.b)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

from core.acts import Actor, Log, act
from core.masking import scrub
from core.verdict import Refused
from orders.models import Contact, Order
from orders.policy import Contacted


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
    """`core.acts.act` on one order; records the contact, also when the request is refused."""
    now = now or timezone.now()

    def refused(refusal: Refused) -> None:
        if contact is not None:
            _record(order, contact, verb, by, now, None, refusal.verdict.reason)

    with act(
        verb,
        order,
        by=by,
        seen=seen,
        token=token,
        now=now,
        channel=contact.channel if contact else "",
        on_refused=refused,
    ) as (locked, log):
        yield locked, log
        if contact is not None:
            _record(locked, contact, verb, by, now, log.act.id, "")


def _record(
    order: Order,
    contact: Contacted,
    verb: str,
    by: Actor,
    now: datetime,
    act_id: uuid.UUID | None,
    refused: str,
) -> None:
    Contact.objects.create(
        order=order,
        channel=contact.channel,
        identity=sorted(contact.identity),
        said=" ".join(part for part in (scrub(contact.said), refused) if part)[:500],
        about=verb,
        act=act_id,
        by_id=by.user_id,
        at=now,
    )
