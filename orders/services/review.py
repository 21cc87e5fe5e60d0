"""Run the review rules on paid orders and keep what they found (SOP 2.b).

The one place where hits are written: an act on one order runs the rules at its end (`order_act`),
the timer runs them on many. A fixed number of queries either way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction

from core.acts import Actor
from core.bulk import change, next_ids, write
from orders import policy
from orders.models import Order, ReviewHit
from orders.review import (
    AGAIN,
    HOLD_OF,
    Found,
    ReviewFacts,
    being_called,
    cooled_at,
    find,
    refunding,
)
from orders.selectors.reviewing import review_facts
from orders.words import HitState

_NEW = ("id", "order_id", "code", "about", "reason", "fixed", "found_at")


@dataclass(slots=True)
class Reviewed:
    """An order with what the rules say of it now: its live hits, and what is new or gone."""

    order: Order
    facts: ReviewFacts
    live: list[ReviewHit] = field(default_factory=list)
    new: list[ReviewHit] = field(default_factory=list)
    gone: list[ReviewHit] = field(default_factory=list)

    @property
    def open(self) -> list[ReviewHit]:
        return [hit for hit in self.live if hit.state == HitState.OPEN]

    @property
    def said(self) -> str:
        """买家留言、可合单."""
        return "、".join(hit.get_code_display() for hit in self.open)

    def may_release(self) -> bool:
        """By the policy, with the holds and the doubts as they are now."""
        facts = replace(self.facts.order, doubtful=bool(self.open))
        return policy.may_release(facts).allowed


def review_again(order: Order, now: datetime) -> list[ReviewHit]:
    """Run the rules on one order that the running act has locked; its live hits.

    One that is not to be reviewed (any more) leaves the queue. The act saves the order.
    """
    if not order.in_review:
        leave(order, now)
        return []
    reviewed = review_all([order], now)[0]
    settle_timers(reviewed, now)
    return reviewed.live


def keep_doubts(order: Order, now: datetime) -> None:
    """What the rules found went with an act that was refused: find it again, and keep it."""
    with transaction.atomic():
        rows = Order.objects.select_related("shop").select_for_update(no_key=True, of=("self",))
        row = rows.get(pk=order.pk)
        if row.in_review:
            review_again(row, now)
            keep_timers([row])


def pass_with(order: Order, cause: str, why: str, by: Actor, now: datetime) -> None:
    """Whoever lifts the hold that tells of a hit passes the hit, too, inside the running act."""
    codes = {code.value for code, of in HOLD_OF.items() if of == cause}
    if not codes or not order.in_review:
        return
    for hit in review_again(order, now):
        if hit.code in codes and hit.state == HitState.OPEN:
            hit.let_pass(now, why, by.user_id, by.name)
            hit.save()


def leave(order: Order, now: datetime) -> None:
    """Released, closed, unpaid again: nothing is left to decide."""
    if order.review_by is not None:
        gone = ReviewHit.objects.filter(order=order, state=HitState.OPEN.value)
        gone.update(state=HitState.GONE.value, gone_at=now)
    order.review_at = order.review_by = None


def review_all(orders: Sequence[Order], now: datetime) -> list[Reviewed]:
    """Run the rules on orders that are locked, their shops loaded, and write the hits."""
    known: defaultdict[int, list[ReviewHit]] = defaultdict(list)
    kept = ReviewHit.objects.filter(order__in=[order.pk for order in orders])
    for hit in kept.exclude(state=HitState.GONE.value).order_by("id"):
        known[hit.order_id].append(hit)
    found = [
        _compare(order, facts, known[order.pk], now)
        for order, facts in zip(orders, review_facts(orders), strict=True)
    ]
    _write(found, now)
    return found


def _compare(
    order: Order, facts: ReviewFacts, known: Sequence[ReviewHit], now: datetime
) -> Reviewed:
    """What stays, what is gone, what is new. A pass stays for what it was given for."""
    reviewed, by_code = Reviewed(order, facts), {hit.code: hit for hit in known}
    for each in find(facts):
        hit = by_code.get(each.code)
        if hit is not None and (hit.about, hit.fixed) == (each.about, each.fixed):
            reviewed.live.append(hit)
            continue
        new = _hit(order, each, now)
        reviewed.live.append(new)
        reviewed.new.append(new)
    stays = {id(hit) for hit in reviewed.live}
    reviewed.gone = [hit for hit in known if id(hit) not in stays]
    return reviewed


def _hit(order: Order, found: Found, now: datetime) -> ReviewHit:
    return ReviewHit(
        order=order,
        code=found.code.value,
        about=found.about,
        reason=found.reason,
        fixed=found.fixed,
        found_at=now,
    )


def _write(found: Sequence[Reviewed], now: datetime) -> None:
    gone = [hit.pk for each in found for hit in each.gone]
    if gone:
        ReviewHit.objects.filter(pk__in=gone).update(state=HitState.GONE.value, gone_at=now)
    new = [hit for each in found for hit in each.new]
    if new:
        for hit, key in zip(new, next_ids(ReviewHit, len(new)), strict=True):
            hit.id = key
        write(ReviewHit, _NEW, [[getattr(hit, name) for name in _NEW] for hit in new])


# -- timers -----------------------------------------------------------------------------------


def settle_timers(reviewed: Reviewed, now: datetime) -> None:
    """When the order is due in the queue, and when the timer looks at it next."""
    order, shop = reviewed.order, reviewed.order.shop
    if being_called(reviewed.facts.order) or refunding(reviewed.facts.order):
        order.review_at = order.review_by = None
        return
    if reviewed.open:
        promised = order.ship_by or _since(order) + timedelta(hours=shop.ship_by_h)
        order.review_by = _since(order) if order.expedited else promised
        order.review_at = now + AGAIN
        return
    order.review_by = None
    waits = not shop.auto_release or not reviewed.may_release()
    order.review_at = None if waits else max(cooled(order), now)


def cooled(order: Order) -> datetime:
    """When the shop's cooling time ends: from payment, or from when it was taken back."""
    return cooled_at(_since(order), order.shop.cooling_min)


def _since(order: Order) -> datetime:
    return order.cool_from or order.paid_at or order.created_at


TIMERS = ("review_at", "review_by")


def keep_timers(orders: Sequence[Order]) -> None:
    """Write the timers of many orders; no history: nobody did anything to them."""
    rows = [[order.pk, *(getattr(order, name) for name in TIMERS)] for order in orders]
    change(Order, TIMERS, rows, history=False)
