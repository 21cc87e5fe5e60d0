"""Nobody has it (没人管): open orders past their stage's limit that stand in no list (SOP 5.c).

No timer will move them, no hold keeps them, no colleague follows them up, nothing is to be done by
hand. The limits are the shop's. Each stage is an index range, the oldest orders first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.keyset import REACH, Page, page
from orders.models import Contact, HandTask, Hold, Order, Shop
from orders.models.indexes import FILTERED
from orders.words import OrderState

ORDER = ("ordered_at", "id")


@dataclass(frozen=True, slots=True)
class Stage:
    """`limit`: the shop's setting, hours. `since`: when it came here. `whose`: who must act."""

    key: str
    label: str
    whose: str
    limit: str
    since: str
    states: tuple[Q, ...]
    more: Q = field(default_factory=Q)


STAGES = [
    Stage(
        "unpaid",
        "未付款，不会自动关闭",
        "客服",
        "unpaid_limit_h",
        "ordered_at",
        (Q(state="unpaid"),),
        Q(terms="prepaid", remind_at__isnull=True, close_at__isnull=True),
    ),
    Stage(
        "paid",
        "已付款，没有下发",
        "客服",
        "paid_limit_h",
        "paid_at",
        (FILTERED["order_unreleased"],),
        # The review's timer has it, or its queue (SOP 2.b).
        Q(is_top_up=False, review_at__isnull=True, review_by__isnull=True),
    ),
    Stage(
        "released",
        "已下发，没有开始配货",
        "仓库",
        "released_limit_h",
        "released_at",
        (FILTERED["order_released"],),
    ),
    Stage(
        "bench",
        "配货中、已打包，停住了",
        "仓库",
        "bench_limit_h",
        "released_at",
        (Q(state="picking"), Q(state="packed")),
    ),
    Stage(
        "shipped",
        "已发货，没有签收",
        "物流",
        "shipped_limit_h",
        "shipped_at",
        (Q(state="shipped"),),
    ),
]
BY_KEY = {stage.key: stage for stage in STAGES}
_OF_STATE = {
    OrderState.UNPAID.value: "unpaid",
    OrderState.PICKING.value: "bench",
    OrderState.PACKED.value: "bench",
    OrderState.SHIPPED.value: "shipped",
}


def stage_of(order: Order) -> Stage:
    """The stage that an open order stands in."""
    released = "released" if order.released_at else "paid"
    return BY_KEY[_OF_STATE.get(order.state, released)]


def since(order: Order) -> datetime:
    """When it came to its stage."""
    at: datetime | None = getattr(order, stage_of(order).since)
    return at or order.ordered_at


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom, and when. `but`: what rooms above have in hand."""

    user: Any
    shops: Sequence[Shop]
    now: datetime
    but: Q

    def late(self, stage: Stage) -> Q:
        """Past the limit of its shop, and not in its stage for a reason."""
        return _late(self.shops, stage, self.now) & stage.more

    def ranges(self, stage: Stage) -> list[QuerySet[Order]]:
        """No later order can be past the limit: it was ordered before it came to the stage."""
        hours = min((getattr(shop, stage.limit) for shop in self.shops), default=0)
        latest = self.now - timedelta(hours=hours)
        return [Order.objects.filter(state, ordered_at__lt=latest) for state in stage.states]

    def in_no_list(self) -> Q:
        mine = Q(shop_id__in=[shop.pk for shop in self.shops]) if self.user.shop_codes else Q()
        return mine & ~_in_hand(self.now) & ~self.but


def _late(shops: Sequence[Shop], stage: Stage, now: datetime) -> Q:
    """Past the limit of its shop; shops with the same limit are asked for together."""
    by_limit: dict[int, list[int]] = {}
    for shop in shops:
        by_limit.setdefault(getattr(shop, stage.limit), []).append(shop.pk)
    found = Q()
    for hours, keys in by_limit.items():
        past = _before(stage.since, now - timedelta(hours=hours))
        found |= past if len(by_limit) == 1 else past & Q(shop_id__in=keys)
    return found


def _before(column: str, at: datetime) -> Q:
    """An order without the time (an import knew none) counts from when it was ordered."""
    return Q(**{f"{column}__lt": at}) | Q(**{f"{column}__isnull": True, "ordered_at__lt": at})


def _in_hand(now: datetime) -> Q:
    """A hold, a colleague, something to do by hand, a call that is due later."""
    order = OuterRef("pk")
    held = Exists(Hold.objects.filter(order=order, state="open"))
    by_hand = Exists(HandTask.objects.filter(order=order, done_at__isnull=True))
    call = Exists(Contact.objects.filter(order=order, call_again_at__gt=now))
    return Q(follow_up_on__isnull=False) | Q(held) | Q(by_hand) | Q(call)


def nobody_page(asked: Asked, stage: str, cursor: str, mark: str) -> Page[Order]:
    """A page of them, the oldest order first. Raises BadCursor."""
    stages = [each for each in STAGES if stage in ("", each.key)]
    rows = [part.select_related("shop") for each in stages for part in asked.ranges(each)]
    late = reduce(or_, (asked.late(each) & reduce(or_, each.states) for each in stages))
    return page(rows, ORDER, cursor, where=late & asked.in_no_list(), mark=mark)


def countable(asked: Asked) -> list[QuerySet[Order]]:
    """The same for a count: of each range as many as a list looks through."""
    free = asked.in_no_list()
    return [
        Order.objects.filter(
            asked.late(each) & free, pk__in=part.order_by(*ORDER).values("pk")[:REACH]
        )
        for each in STAGES
        for part in asked.ranges(each)
    ]
