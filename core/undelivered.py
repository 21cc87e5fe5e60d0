"""Acts on messages that did not arrive: try again, give up (architecture §6)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from core import policy
from core.acts import Actor, act
from core.messages import hint, label_of
from core.models import Act, Message, MessageState
from core.verdict import Refused

TRIED = 1  # the next try is the second at least: its handler asks what an earlier one has done


def retry_message(
    message: Message, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Act:
    """Put a message that failed or was given up back in the queue. Raises Refused, Repeated."""
    with act("retry_message", message, by=by, now=now, token=token) as (row, log):
        policy.may_retry(row.state).require()
        log.noted(f"再试一次：{label_of(row.topic)}", reason=row.error)
        _change(row, state=MessageState.PENDING, not_before=now, tries=TRIED, done_at=None)
        transaction.on_commit(hint)
    return log.act


def retry_messages(messages: Iterable[Message], *, by: Actor, now: datetime) -> int:
    """Each in an act of its own; says how many. What somebody else settled is left alone."""
    done = 0
    for message in messages:
        with suppress(Refused):
            retry_message(message, by=by, now=now)
            done += 1
    return done


def give_up_message(
    message: Message, why: str, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Act:
    """Leave a failed message undelivered, with a reason. Raises Refused, Repeated."""
    with act("give_up_message", message, by=by, now=now, token=token) as (row, log):
        policy.may_give_up(row.state).require()
        log.noted(f"放弃：{label_of(row.topic)}", reason=why)
        _change(row, state=MessageState.GIVEN_UP, done_at=now)
    return log.act


def _change(row: Message, **values: object) -> None:
    """The row is locked by the act; a state is never assigned."""
    type(row)._default_manager.filter(pk=row.pk).update(lease=None, **values)
