"""A person passes what the review rules found, each with a reason (审单放行, SOP 2.b)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from core.acts import Actor, Change
from core.masking import scrub
from core.models import Act
from core.verdict import no
from orders import policy
from orders.models import Order, ReviewHit
from orders.review import HOLD_OF, HitFact, may_pass, may_pass_review
from orders.services.acting import order_act
from orders.services.hold import end_holds
from orders.services.review import review_again
from orders.words import HitState, HoldKind, ReviewCode


def pass_review(
    order: Order,
    whys: Mapping[str, str],
    *,
    by: Actor,
    role: str,
    now: datetime,
    then_release: bool = True,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Pass the hits for which a reason was written; then, when nothing is left, release it.

    `whys`: reasons by the code of a rule, "*" for whatever has none of its own. Raises Refused,
    Conflict, Repeated.
    """
    with order_act("pass_review", order, by=by, seen=seen, token=token, now=now) as (order, log):
        live = review_again(order, now)
        may_pass_review(order.facts()).require()
        chosen = [(hit, why) for hit in live if (why := _why(hit, whys))]
        if not chosen:
            _why_not(live)
            no("2.b", "没有写放行原因。", instead="在要放行的那一条写明为什么可以放行。").require()
        known = [hit.fact() for hit in live]
        for hit, why in chosen:
            _pass(hit, why, known, by, role, now)
        _end_holds(order, live, chosen[0][1], now)
        log.changed([Change(h.get_code_display(), "待审", f"放行：{why}") for h, why in chosen])
        left = [h for h in review_again(order, now) if h.state == HitState.OPEN]
        gone = then_release and policy.may_release(order.facts()).allowed
        if gone:
            order.released_at = now
            log.changed([Change("下发", "未下发", "已下发仓库")])
        log.noted(_said([h for h, _ in chosen], left, gone), clause="2.b", reason=chosen[0][1])
    return log.act


def _why_not(live: Sequence[ReviewHit]) -> None:
    """Nothing that is left can be passed: say what is to be done instead."""
    left = [hit for hit in live if hit.state == HitState.OPEN]
    if left and all(hit.fixed for hit in left):
        may_pass(left[0].fact(), "", None).require()


def _why(hit: ReviewHit, whys: Mapping[str, str]) -> str:
    """The reason for one open hit; the common one is not for what cannot be passed."""
    if hit.state != HitState.OPEN:
        return ""
    own = whys.get(hit.code, "") or ("" if hit.fixed else whys.get("*", ""))
    return scrub(own.strip())[:200]


def _pass(
    hit: ReviewHit,
    why: str,
    known: Sequence[HitFact],
    by: Actor,
    role: str,
    now: datetime,
) -> None:
    may_pass(hit.fact(), role, by.user_id, known).require()
    hit.let_pass(now, why, by.user_id, by.name)
    hit.save()


def _end_holds(order: Order, live: Sequence[ReviewHit], why: str, now: datetime) -> None:
    """A hold that told of a hit ends with the last hit of its cause."""
    left = {HOLD_OF.get(ReviewCode(hit.code)) for hit in live if hit.state == HitState.OPEN}
    for cause in set(HOLD_OF.values()) - left:
        end_holds(order, HoldKind.REVIEW, why, now, cause)


def _said(passed: Sequence[ReviewHit], left: Sequence[ReviewHit], released: bool) -> str:
    text = "放行：" + "、".join(hit.get_code_display() for hit in passed)
    if released:
        return f"{text}，已下发仓库"
    return f"{text}，还有：{'、'.join(h.get_code_display() for h in left)}" if left else text
