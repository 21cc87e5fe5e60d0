"""Hand parcels over to a carrier: one list, signed by name (交接单, SOP 2.g)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import bulk
from core.acts import Actor, act_on
from core.masking import scrub
from core.verdict import no
from orders.models import Hold, Order
from orders.words import CARRIERS
from warehouse import policy
from warehouse.models import HandOver, Parcel
from warehouse.selectors.leaving import ORDER, to_hand_over
from warehouse.words import ParcelState

MOST = 500  # on one list; what is left waits for the next
_PARCEL = ("state", "handed_over_at", "hand_over_list_id")
_ORDER = ("handed_over_at", "version")


def hand_over(
    user: Any,
    carrier: str,
    signed_by: str,
    shown_at: datetime,
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> HandOver:
    """The courier signed for what the carrier was shown (`shown_at`) and nobody stops.

    From then on the parcel is the carrier's, and an intercept is refused (SOP 1.2.b). A signed list
    is never opened again. Raises Refused, Repeated.
    """
    rows: list[Order] = []
    with act_on("hand_over", rows, by=by, now=now, token=token, clause="2.g") as (_, log):
        taken = _take(user, carrier, shown_at)
        if not taken:
            no(
                "2.g",
                f"{CARRIERS.get(carrier, carrier)}没有可以交的包裹。",
                instead="可能刚刚被别人签过，或者都被拦下了。刷新看看。",
            ).require()
        made = _new_list(carrier, signed_by, len(taken), by, now)
        log.about(made)
        _write(made, taken, now)
        log.noted(f"交接单 {made.number}：{len(taken)} 件，{made.signed_by} 签收")
    return made


def _take(user: Any, carrier: str, shown_at: datetime) -> list[tuple[Order, Parcel]]:
    """Lock the orders, then their parcels; leave out what changed or was stopped meanwhile."""
    waiting = to_hand_over(user, carrier).filter(shipped_at__lte=shown_at).order_by(*ORDER)
    known = dict(waiting.values_list("pk", "order_id")[:MOST])
    locked = Order.objects.filter(pk__in=known.values()).order_by("id")
    orders = {order.pk: order for order in locked.select_for_update(no_key=True)}
    parcels = Parcel.objects.filter(pk__in=known).order_by("id").select_for_update(no_key=True)
    bars = _bars(list(orders))
    return [
        (orders[parcel.order_id], parcel)
        for parcel in parcels
        if policy.may_hand_over(ParcelState(parcel.state), bars.get(parcel.order_id, ())).allowed
    ]


def _bars(order_ids: Sequence[int]) -> dict[int, list[str]]:
    """The labels of the open holds that keep these orders here."""
    found: dict[int, list[str]] = {}
    for hold in Hold.barring().filter(order__in=order_ids):
        found.setdefault(hold.order_id, []).append(hold.get_kind_display())
    return found


def _new_list(carrier: str, signed_by: str, count: int, by: Actor, now: datetime) -> HandOver:
    (key,) = bulk.next_ids(HandOver, 1)
    made = HandOver(
        id=key,
        number=f"J{key:06d}",
        carrier=carrier,
        signed_by=scrub(signed_by).strip()[:32],
        count=count,
        by_id=by.user_id,
        by_name=by.name,
        at=now,
    )
    made.save(force_insert=True)
    return made


def _write(made: HandOver, taken: Sequence[tuple[Order, Parcel]], now: datetime) -> None:
    """In bulk: a list has hundreds of parcels, and each tells it in its order's timeline."""
    for order, parcel in taken:
        parcel.hand_over(now)
        parcel.hand_over_list = made
        order.handed_over_at = now
        order.version += 1
    bulk.change(Parcel, _PARCEL, [[p.pk, *(getattr(p, n) for n in _PARCEL)] for _, p in taken])
    bulk.change(Order, _ORDER, [[o.pk, *(getattr(o, n) for n in _ORDER)] for o, _ in taken])
    said = f"交给快递：交接单 {made.number}，{made.signed_by} 签收"
    change = [["包裹", "已发货", "已交快递"]]
    bulk.write_parts("order", [(o.pk, o.order_no, said, "", change) for o, _ in taken])
