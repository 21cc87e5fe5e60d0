"""Tell buyers that the promise to ship has passed: the sweep (SOP 6.b, 5.h)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from core.acts import TIMER, act_on
from core.bulk import write_parts
from core.sweeping import BATCH, alone, locked
from orders import reminding
from orders.models import CustomerMessage, Order
from orders.services.news import delayed
from orders.services.telling import shops, tell_buyers
from orders.words import How, MessageKind

KIND = MessageKind.DELAYED


def tell_delays(now: datetime, limit: int = BATCH) -> int:
    """A batch of the orders whose promise passed within the last day; each buyer once.

    Asked for by the shops that tell of delays only; says how many buyers were told.
    """
    late = _late(now)
    if late is None or not late.exists():
        return 0
    rows: list[Order] = []
    with act_on("tell_customer", rows, by=TIMER, now=now, clause="6.b") as (_, log):
        orders = []
        if alone("tell_delays"):
            orders = list(locked(late).select_related("shop").order_by("ship_by", "id")[:limit])
        told = tell_buyers([delayed(order, now) for order in orders], now)
        write_parts("order", [(o.pk, o.order_no, "过了承诺发货，告知买家", "", []) for o in orders])
        log.act.summary = f"延迟发货告知 {told} 单"
    return told


def _late(now: datetime) -> QuerySet[Order] | None:
    wanting = [
        shop.pk
        for shop in shops().values()
        if shop.active and any(f"{KIND}:{how}" in shop.tells for how in How)
    ]
    if not wanting:
        return None
    told = CustomerMessage.objects.filter(order=OuterRef("pk"), kind=KIND.value)
    return Order.objects.filter(
        ~Exists(told),
        shop__in=wanting,
        state="paid",
        is_top_up=False,
        ship_by__gt=now - reminding.RECENT,
        ship_by__lte=now,
    )
