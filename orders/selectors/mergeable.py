"""Orders that could go in one parcel: the same buyer's, to the same place (SOP 2.b)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from orders.models import Order
from orders.models.indexes import MERGEABLE

# What must be the same: who receives it where, and how it is paid for.
SAME = (
    *("shop_id", "consignee", "mobile", "telephone", "province", "city", "district", "street"),
    "terms",
)
SHOWN = 20


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
    """The first of them, the oldest first, for a person to tick."""
    return list(mergeable(order).select_related("shop").order_by("ordered_at", "id")[:SHOWN])
