"""Orders that could go in one parcel: the same buyer's, to the same place (SOP 2.b)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from core.verdict import Verdict
from orders.models import Hold, Order
from orders.models.indexes import MERGEABLE
from orders.parting import may_merge_into
from orders.selectors.parts import side

# What must be the same: who receives it where, and how it is paid for.
SAME = (
    *("shop_id", "consignee", "mobile", "telephone", "province", "city", "district", "street"),
    "terms",
)
SHOWN = 20
REACH = 50  # so many of the buyer's newest orders are looked at


def mergeable(order: Order) -> QuerySet[Order]:
    """Other orders of this shop that are paid, not released, and go to the same person and place.

    One index range, whatever the number of orders. What a platform masked looks alike for
    strangers: there the buyer must be known and the same; else the two must not be different.
    """
    here = Order.objects.filter(MERGEABLE, **{name: getattr(order, name) for name in SAME})
    if not order.consignee or not (order.mobile or order.telephone) or not order.street:
        return here.none()
    same = Q(buyer=order.buyer_id) if order.buyer_id else Q(pk__in=[])
    if not order.masked:
        same = same | Q(buyer=None) if order.buyer_id else Q()
    return here.filter(same, masked=order.masked).exclude(pk=order.pk)


def could_merge(order: Order) -> list[Order]:
    """The first of them, the oldest first."""
    return list(mergeable(order).select_related("shop").order_by("ordered_at", "id")[:SHOWN])


@dataclass(frozen=True, slots=True)
class Choice:
    """An order to be ticked, or why it cannot; what is different about it, in words."""

    order: Order
    verdict: Verdict
    differences: tuple[str, ...] = ()


def choices(order: Order) -> list[Choice]:
    """What can be merged with it first, then the buyer's other open orders with the reason.

    Five queries, however many there are.
    """
    ready = could_merge(order)
    rest = [row for row in _same_buyers(order) if row.pk not in {r.pk for r in ready}]
    rows = [*ready, *rest]
    holds = Hold.objects.filter(state="open").order_by("opened_at")
    prefetch_related_objects(rows, "lines", Prefetch("holds", holds, to_attr="open_holds"))
    carrying = Order.objects.filter(merged_into__in=[row.pk for row in rows])
    carriers = set(carrying.values_list("merged_into_id", flat=True))
    main = side(order, carries=False)
    found = [
        Choice(
            row,
            may_merge_into(
                main,
                side(row, carries=row.pk in carriers, holds=row.open_holds),  # type: ignore[attr-defined]
            ),
            tuple(_differences(order, row)),
        )
        for row in rows
    ]
    return sorted(found, key=lambda choice: not choice.verdict.allowed)


def _same_buyers(order: Order) -> list[Order]:
    """The buyer's newest orders of the shop that are paid and not released."""
    if order.buyer_id is None:
        return []
    theirs = Order.objects.filter(buyer=order.buyer_id).exclude(pk=order.pk)
    newest = list(theirs.select_related("shop").order_by("-ordered_at", "-id")[:REACH])
    here = [row for row in newest if row.shop_id == order.shop_id and not row.is_top_up]
    return [row for row in here if row.state == "paid" and row.released_at is None][:SHOWN]


def _differences(main: Order, other: Order) -> Iterator[str]:
    if main.delivery != other.delivery:
        yield f"配送：{other.get_delivery_display()}"
    if main.carrier != other.carrier:
        yield f"快递：{other.carrier_name or '没有指定'}"
    if other.ship_by and main.ship_by and other.ship_by != main.ship_by:
        yield f"承诺发货更{'早' if other.ship_by < main.ship_by else '晚'}"
    if other.buyer_message:
        yield f"买家留言：{other.buyer_message[:60]}"
    holds = getattr(other, "open_holds", [])
    if holds:
        yield "挂起：" + "、".join(hold.get_kind_display() for hold in holds)
