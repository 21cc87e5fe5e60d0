"""Take a refund back, and ship instead: everything is as before (SOP 1.5, screens)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from core.acts import Actor, Change, Log, lock
from core.masking import scrub
from core.models import Act
from core.verdict import Refused, Say
from orders import parting
from orders.models import Order
from orders.policy import Contacted
from orders.selectors.parts import side
from orders.services.acting import orders_act
from orders.services.claims import let_go as unclaim
from orders.services.merge import merge_orders
from orders.services.release import release as hand_over
from refunds import policy
from refunds.models import Refund
from refunds.services.holding import hold_the_rest, let_go, release

CLAIM = "refund"


def withdraw_refund(
    order: Order,
    refund: Refund,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """The money does not go back: hold and reservation end; what was split off for it comes back.

    Raises Refused, Conflict, Repeated.
    """
    rows = with_whole(order, refund)
    with orders_act(
        "withdraw_refund", rows, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (rows, log):
        order, row = rows[0], lock(refund)
        policy.may_withdraw(facts_of(row, order), by_person=by.kind == "person").require()
        give_up(order, row, scrub(why), log, now)
        log.noted(f"撤回退款 {row.number}", clause="1.5", reason=why)
        log.tell(Say("refund.withdrawn"))
        come_back(rows, by, now)
    return log.act


def ship_instead(
    order: Order,
    refund: Refund,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """The buyer wants the goods after all: withdrawn, and handed to the warehouse (改为发货).

    Where something else bars it, it goes on through review. Raises Refused, Conflict, Repeated.
    """
    rows = with_whole(order, refund)
    with orders_act(
        "ship_instead", rows, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (rows, log):
        order, row = rows[0], lock(refund)
        policy.may_ship_instead(facts_of(row, order)).require()
        give_up(order, row, scrub(why), log, now)
        log.noted(f"退款 {row.number} 改为发货", clause="1.5", reason=why)
        log.tell(Say("refund.ship"))
        ships = come_back(rows, by, now)
        with suppress(Refused):  # something else bars it: it goes on through review
            hand_over(ships, by=by, now=now)
    return log.act


def with_whole(order: Order, refund: Refund) -> list[Order]:
    """The order, and the one that it was split off from: they are locked together."""
    return [order, refund.split_from] if refund.split_from else [order]


def facts_of(refund: Refund, order: Order) -> policy.RefundFacts:
    """The refund's facts; what the warehouse may still pull has not left."""
    return refund.facts(gone=policy.gone(order.facts([])))


def give_up(order: Order, refund: Refund, why: str, log: Log, now: datetime) -> None:
    """End a refund that is not paid back, inside a running act: nothing is held or reserved."""
    before = refund.get_state_display()
    refund.withdraw(now, why)
    release(order, refund)
    unclaim(order, CLAIM)
    let_go(order, refund.number, f"退款{refund.get_state_display()}", now)
    hold_the_rest(order, refund, now)
    log.changed(
        [Change(f"退款 {refund.number}", before, refund.get_state_display())], order, refund
    )


def come_back(rows: Sequence[Order], by: Actor, now: datetime) -> Order:
    """What was split off for the refund goes back into its order, while nobody has begun either.

    Else it stays an order of its own. Says which order has the goods now.
    """
    order = rows[0]
    if len(rows) < 2 or not parting.may_merge_into(side(rows[1]), side(order)).allowed:
        return order
    merge_orders(rows[1], [order], by=by, now=now)
    return rows[1]
