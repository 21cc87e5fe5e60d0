"""How orders of ours and of the platform belong together after splits and merges (SOP 0, 2.b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from core.models import Act, ActOutcome
from orders.models import Hold, Order, OrderLine, Shop
from orders.parting import LastMerge, Side
from orders.verbs import VERBS

PLACE = {
    "店铺": "shop_id",
    "收货人": "consignee",
    "手机": "mobile",
    "电话": "telephone",
    "省": "province",
    "市": "city",
    "区县": "district",
    "详细地址": "street",
    "付款条件": "terms",
}


@dataclass(frozen=True, slots=True)
class PlatformNumber:
    """One platform number whose goods are in this parcel, with these lines of it.

    `whole`: nothing of that number goes in another parcel. `order`: our row that stands for it.
    `sent`: the platform's lines of which other pieces have left before, in another parcel.
    """

    shop: Shop
    platform_no: str
    part: int
    order: Order
    lines: list[OrderLine] = field(default_factory=list)
    whole: bool = True
    sent: frozenset[str] = frozenset()


def platform_numbers(order: Order) -> list[PlatformNumber]:
    """The platform's numbers to be told when this order ships, each with its own lines (SOP 2.h).

    A merged order has several, a part of a split one its own lines; three queries at most.
    """
    lines = list(order.lines.select_related("came_with__shop"))
    if not order.parted:
        return [PlatformNumber(order.shop, order.platform_no, order.part, order, lines)]
    homes: dict[int, Order] = {order.pk: order}
    by_home: dict[int, list[OrderLine]] = {}
    for line in lines:
        home = line.came_with or order
        homes[home.pk] = home
        by_home.setdefault(home.pk, []).append(line)
    sent = _elsewhere(order, [homes[key] for key in by_home])
    return [
        PlatformNumber(
            homes[key].shop,
            homes[key].platform_no,
            homes[key].part,
            homes[key],
            own,
            (homes[key].shop_id, homes[key].platform_no) not in sent,
            frozenset(sent.get((homes[key].shop_id, homes[key].platform_no), ())),
        )
        for key, own in by_home.items()
    ]


def _elsewhere(order: Order, homes: Sequence[Order]) -> dict[tuple[int, str], set[str]]:
    """The numbers of which lines are in other orders, too, with those that have left before."""
    numbers = {home.platform_no for home in homes}
    others = OrderLine.objects.exclude(order=order).filter(
        Q(order__platform_no__in=numbers, came_with=None) | Q(came_with__platform_no__in=numbers),
        order__merged_into=None,
    )
    found: dict[tuple[int, str], set[str]] = {}
    for line in others.select_related("order", "came_with"):
        home = line.came_with or line.order
        sent = found.setdefault((line.order.shop_id, home.platform_no), set())
        if _left_before(line.order, order):
            sent.add(line.platform_line_no)
    return found


def _left_before(other: Order, order: Order) -> bool:
    if other.shipped_at is None:
        return False
    mine = order.shipped_at
    return mine is None or (other.shipped_at, other.pk) < (mine, order.pk)


def written(order: Order) -> list[Order]:
    """The order, and what was merged into it, where the buyer or the shop wrote something.

    The goods are in one parcel: what was asked for with either is asked of it. One query, none for
    an order that was never merged.
    """
    rows = [order, *(merged_into(order).order_by("id") if order.parted else ())]
    return [row for row in rows if row.buyer_message or row.seller_memo or row.flag]


def survivor_of(order: Order) -> Order:
    """The order that ships its goods: the one that it was merged into, else itself."""
    return order.merged_into or order


def merged_into(order: Order) -> QuerySet[Order]:
    """The orders whose goods it ships."""
    return Order.objects.filter(merged_into=order.pk).exclude(merged_into=None)


def side(order: Order, *, carries: bool | None = None, holds: list[Hold] | None = None) -> Side:
    """What the rule of a merge needs to know of one order; `holds`: its open ones, if loaded."""
    return Side(
        order.facts(holds),
        {label: str(getattr(order, name)) for label, name in PLACE.items()},
        buyer=order.buyer_id,
        masked=order.masked,
        carries=merged_into(order).exists() if carries is None else carries,
        platform_no=order.platform_no,
        part=order.part,
    )


# -- the last merge, to be taken back --------------------------------------------------------

MERGE, UNMERGE = "merge_orders", "unmerge_orders"
# What may happen after a merge without standing in the way of taking it back.
_HARMLESS = frozenset(
    {
        *("note", "contact", "follow_up", "attach_account", "hold", "lift_hold", "reveal"),
        *("finish_hand_task", "reopen_hand_task", "tell_platform", "tell_customer"),
        *("tick_told", "release", "take_back", "review", "pass_review", "ask_buyer", "claim"),
    }
)
LOOKED_AT = 200


def last_merge(order: Order) -> tuple[Act | None, LastMerge]:
    """The newest merge of this order that was not taken back, and what happened since."""
    merged = {row.pk: row for row in merged_into(order)}
    if not merged:
        return None, LastMerge()
    acts = Act.objects.filter(order_no=order.order_no, outcome=ActOutcome.DONE)
    since: dict[str, None] = {}
    undone = 0
    for act in acts.order_by("-at", "-id")[:LOOKED_AT]:
        if act.verb == UNMERGE:
            undone += 1
        elif act.verb == MERGE and undone:
            undone -= 1
        elif act.verb == MERGE:
            return act, _last(order, act, list(merged.values()), list(since))
        elif act.verb not in _HARMLESS and not undone:
            since.setdefault(VERBS.get(act.verb, act.verb))
    return None, LastMerge()


def _last(order: Order, act: Act, merged: Sequence[Order], since: list[str]) -> LastMerge:
    brought = {row.order_no for row in Act.objects.filter(part_of=act.pk)}
    brought |= {act.order_no}
    mine = [row for row in merged if row.order_no in brought]
    own = any(row.platform_no == order.platform_no for row in mine)
    labels = since + _since_on(mine, act)
    return LastMerge(tuple(row.order_no for row in mine), tuple(dict.fromkeys(labels)), own)


def _since_on(merged: Sequence[Order], act: Act) -> list[str]:
    """What happened to the merged orders themselves."""
    acts = Act.objects.filter(
        order_no__in=[row.order_no for row in merged], outcome=ActOutcome.DONE, at__gt=act.at
    )
    later = acts.exclude(verb__in=[*_HARMLESS, MERGE, UNMERGE]).order_by("at")[:10]
    return [VERBS.get(row.verb, row.verb) for row in later]
