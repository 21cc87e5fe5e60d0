"""Tick what was done by hand on the platform, and take a tick back (SOP 1.1.d, 1.2.d, 1.2.e)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, lock
from core.models import Act
from orders import policy
from orders.models import HandTask, Order
from orders.services.acting import order_act
from orders.words import HandTaskKind


def finish_hand_task(
    order: Order,
    task: HandTask,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Say that it is done on the platform; not an edit. Raises Refused, Repeated."""
    kind = HandTaskKind(task.kind)
    # From then on our closing cannot be taken back, whoever closed it there.
    verb = "close_on_platform" if kind is HandTaskKind.CLOSE else "finish_hand_task"
    with order_act(verb, order, by=by, token=token, now=now) as (_, log):
        row = lock(task)
        policy.may_tick(row.done_by_name if row.done_at else "").require()
        row.finish(now, by.user_id, by.name)
        log.noted(f"手工做完：{kind.label}", clause=policy.HAND_CLAUSES[kind])
    return log.act


def reopen_hand_task(
    order: Order,
    task: HandTask,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Take a tick back within a day. Raises Refused, Repeated."""
    with order_act("reopen_hand_task", order, by=by, token=token, now=now) as (_, log):
        row = lock(task)
        policy.may_untick(row.done_at, by_hand=row.done_by_id is not None, now=now).require()
        row.take_up()
        kind = HandTaskKind(row.kind)
        log.noted(f"还没做：{kind.label}", clause=policy.HAND_CLAUSES[kind])
    return log.act
