"""One act on many orders: each answers for itself (screens 17, features 56)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.acts import Actor, Repeated
from core.models import Act, Job, JobState
from core.verdict import Refused, Verdict, yes
from orders import policy, reminding
from orders.models import Order
from orders.policy import OrderFacts
from orders.review import may_pass_review
from orders.services.hold import hold_order
from orders.services.note import follow_up, note
from orders.services.passing import pass_review
from orders.services.release import release, take_back
from orders.services.reminders import remind_now, resume_reminding, stop_reminding
from orders.words import HoldKind
from staff.matrix import may
from staff.models import User

KIND = "bulk_act"
MOST = 200


@dataclass(frozen=True, slots=True)
class BulkAct:
    """An act that can be done on many orders: its rule greys a row out and guards it."""

    label: str
    rule: Callable[[OrderFacts], Verdict]
    perform: Callable[..., Act]


def _hold(order: Order, values: Mapping[str, Any], **common: Any) -> Act:
    return hold_order(order, HoldKind.CUSTOMER, values["reason"], **common)


def _note(order: Order, values: Mapping[str, Any], **common: Any) -> Act:
    return note(order, values["text"], **common)


def _follow_up(order: Order, values: Mapping[str, Any], **common: Any) -> Act:
    return follow_up(order, values["on"], **common)


def _pass(order: Order, values: Mapping[str, Any], *, by: Actor, **common: Any) -> Act:
    user = User.objects.get(pk=by.user_id or 0)
    released = may(user, "release")
    whys = {"*": values["why"]}
    return pass_review(order, whys, by=by, role=user.role, then_release=released, **common)


def _anything(order: OrderFacts) -> Verdict:
    return yes("1.2.d")


BULK: dict[str, BulkAct] = {
    "release": BulkAct(
        "下发仓库", policy.may_release, lambda order, values, **c: release(order, **c)
    ),
    "pass_review": BulkAct("放行", may_pass_review, _pass),
    "take_back": BulkAct(
        "收回", policy.may_take_back, lambda order, values, **c: take_back(order, **c)
    ),
    "hold": BulkAct("挂起", policy.may_hold, _hold),
    "remind_now": BulkAct(
        "马上催付", reminding.may_remind, lambda order, values, **c: remind_now(order, **c)
    ),
    "stop_reminding": BulkAct(
        "停止催付",
        reminding.may_stop_reminding,
        lambda order, values, **c: stop_reminding(order, **c),
    ),
    "resume_reminding": BulkAct(
        "恢复催付",
        reminding.may_resume_reminding,
        lambda order, values, **c: resume_reminding(order, **c),
    ),
    "note": BulkAct("备注", _anything, _note),
    "follow_up": BulkAct("跟进日期", _anything, _follow_up),
}


def do_bulk(
    verb: str,
    orders: Sequence[Order],
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID,
) -> Job:
    """Do it on each order in a transaction of its own; keeps per order: done, or why not.

    The same token again does nothing and answers with the first result.
    """
    known = Job.objects.filter(pk=token, kind=KIND, by=by.user_id).first()
    if known is not None:
        return known
    rows = [_one(BULK[verb], order, values, by, now, token) for order in orders]
    return Job.objects.create(
        id=token,
        kind=KIND,
        by_id=by.user_id,
        title=f"批量{BULK[verb].label}",
        state=JobState.DONE,
        not_before=now,
        finished_at=now,
        done=sum(done for _, done, _ in rows),
        total=len(rows),
        result={"rows": rows},
    )


def _one(
    bulk: BulkAct,
    order: Order,
    values: Mapping[str, Any],
    by: Actor,
    now: datetime,
    token: uuid.UUID,
) -> list[Any]:
    own = uuid.uuid5(token, order.order_no)
    try:
        done = bulk.perform(order, values, by=by, now=now, token=own)
    except Repeated as repeated:
        done = repeated.act
    except Refused as refusal:
        verdict = refusal.verdict
        return [order.order_no, False, f"{verdict.reason}{verdict.instead}"]
    return [order.order_no, True, done.summary]
