"""A decision on many refunds: each answers for itself (screens 17, features 56)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.acts import Actor, Repeated
from core.models import Act, Job, JobState
from core.verdict import Refused, Verdict
from refunds import deciding, policy
from refunds.models import Refund
from refunds.services.assign import assign_refund
from refunds.services.decide import approve_refund, reject_refund, return_refund

KIND = "bulk_refund"
MOST = 200


@dataclass(frozen=True, slots=True)
class BulkDecision:
    """A decision that can be made on many: its rule greys a row out and guards it."""

    label: str
    rule: Callable[[Refund, policy.RefundFacts, int], Verdict]
    perform: Callable[[Refund, Mapping[str, Any], str, dict[str, Any]], Act]


BULK: dict[str, BulkDecision] = {
    "approve_refund": BulkDecision(
        "通过",
        lambda row, facts, who: row.verdict,  # type: ignore[attr-defined]
        lambda row, values, role, common: approve_refund(row.order, row, role=role, **common),
    ),
    "reject_refund": BulkDecision(
        "驳回",
        lambda row, facts, who: deciding.may_reject(facts, who),
        lambda row, values, role, common: reject_refund(row.order, row, values["why"], **common),
    ),
    "return_refund": BulkDecision(
        "退回补充",
        lambda row, facts, who: deciding.may_return(facts, who),
        lambda row, values, role, common: return_refund(row.order, row, values["why"], **common),
    ),
    "assign_refund": BulkDecision(
        "分派",
        lambda row, facts, who: deciding.may_assign(facts),
        lambda row, values, role, common: assign_refund(row.order, row, values["to"], **common),
    ),
}


def verdict_on(verb: str, row: Refund, who: int) -> Verdict:
    """May it be done on this one? The row was read as the queue reads it."""
    facts = row.facts(gone=policy.gone(row.order.facts([])))
    return BULK[verb].rule(row, facts, who)


def decide_all(
    verb: str,
    rows: Sequence[Refund],
    values: Mapping[str, Any],
    *,
    role: str,
    by: Actor,
    now: datetime,
    token: uuid.UUID,
) -> Job:
    """Decide on each in a transaction of its own; keeps of each: done, or why not.

    The same token again does nothing and answers with the first result.
    """
    known = Job.objects.filter(pk=token, kind=KIND, by=by.user_id).first()
    if known is not None:
        return known
    done = [_one(verb, row, values, role, by, now, token) for row in rows]
    return Job.objects.create(
        id=token,
        kind=KIND,
        by_id=by.user_id,
        title=f"批量{BULK[verb].label}退款",
        state=JobState.DONE,
        not_before=now,
        finished_at=now,
        done=sum(went for _, _, _, went, _ in done),
        total=len(done),
        result={"rows": done},
    )


def _one(
    verb: str,
    row: Refund,
    values: Mapping[str, Any],
    role: str,
    by: Actor,
    now: datetime,
    token: uuid.UUID,
) -> list[Any]:
    about = [row.number, row.get_absolute_url(), str(row.amount)]
    common = {"by": by, "now": now, "token": uuid.uuid5(token, row.number)}
    try:
        act = BULK[verb].perform(row, values, role, common)
    except Repeated as repeated:
        act = repeated.act
    except Refused as refusal:
        return [*about, False, f"{refusal.verdict.reason}{refusal.verdict.instead}"]
    return [*about, True, act.summary]
