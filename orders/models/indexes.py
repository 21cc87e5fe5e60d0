"""Each way to look orders up is one index range that ends in the order of the list.

Filters that few orders pass are partial indexes in that order.
"""

from __future__ import annotations

from django.db.models import F, Index, Q

PAID_IN_ALL = F("paid") + F("paid_by_platform") + F("topped_up") - F("given_back")
NOT_CLOSED = ~Q(state="closed")
MERGEABLE = Q(state="paid", released_at__isnull=True, is_top_up=False)
FILTERED: dict[str, Q] = {
    "order_part": Q(paid__gt=0, due__gt=PAID_IN_ALL) & NOT_CLOSED,
    "order_over": Q(due__lt=PAID_IN_ALL) & NOT_CLOSED,
    "order_owed": Q(owed_back__gt=0),
    "order_untied": Q(is_top_up=True, top_up_for__isnull=True),
    "order_refunding": Q(refund_reserved__gt=0),
    "order_modified": Q(modified_at__isnull=False),
    "order_released": Q(released_at__isnull=False, state="paid"),
    "order_unreleased": Q(released_at__isnull=True, state="paid"),
    "order_masked": Q(masked=True),
    "order_unclear": ~Q(lines_unclear=""),
    "order_paid_late": ~Q(paid_late=""),
}

INDEXES = [
    Index(fields=["ordered_at", "id"], name="order_recent"),
    Index(fields=["shop", "ordered_at", "id"], name="order_shop"),
    Index(fields=["state", "ordered_at", "id"], name="order_state_at"),
    Index(
        fields=["buyer", "ordered_at", "id"],
        condition=Q(buyer__isnull=False),
        name="order_buyer",
    ),
    Index(fields=["consignee", "ordered_at", "id"], name="order_consignee"),
    Index(fields=["mobile", "ordered_at", "id"], name="order_mobile"),
    Index(fields=["mobile_tail", "ordered_at", "id"], name="order_tail"),
    Index(
        fields=["waybill", "ordered_at", "id"],
        condition=~Q(waybill=""),
        name="order_waybill",
    ),
    Index(
        fields=["buyer_account", "ordered_at", "id"],
        condition=~Q(buyer_account=""),
        name="order_account",
    ),
    Index(
        fields=["follow_up_on", "follow_up_by"],
        condition=Q(follow_up_on__isnull=False),
        name="order_follow_up",
    ),
    Index(fields=["ship_by", "id"], condition=Q(state="paid"), name="order_ship_by"),
    Index(fields=["ship_by", "id"], condition=Q(state="picking"), name="order_ship_picking"),
    Index(fields=["ship_by", "id"], condition=Q(state="packed"), name="order_ship_packed"),
    Index(
        fields=["-expedited", "ship_by", "id"],
        condition=Q(released_at__isnull=False, state="paid"),
        name="order_to_pick",
    ),
    Index(
        fields=["remind_at", "id"],
        condition=Q(remind_at__isnull=False),
        name="order_remind",
    ),
    Index(fields=["track_at", "id"], condition=Q(track_at__isnull=False), name="order_track"),
    Index(
        fields=["complete_at", "id"],
        condition=Q(complete_at__isnull=False),
        name="order_complete",
    ),
    Index(fields=["close_at", "id"], condition=Q(close_at__isnull=False), name="order_close"),
    Index(
        fields=["review_at", "id"],
        condition=Q(review_at__isnull=False),
        name="order_review_due",
    ),
    Index(
        fields=["review_by", "id"],
        condition=Q(review_by__isnull=False),
        name="order_in_review",
    ),
    Index(fields=["top_up_for"], condition=Q(top_up_for__isnull=False), name="order_top_ups"),
    Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="order_merged"),
    # Who may be sent in one parcel with whom: the few that are paid and not released.
    Index(
        fields=["mobile", "consignee", "shop", "ordered_at", "id"],
        condition=MERGEABLE,
        name="order_mergeable",
    ),
    Index(
        fields=["telephone", "ordered_at", "id"],
        condition=~Q(telephone=""),
        name="order_telephone",
    ),
    Index(
        fields=["terms", "ordered_at", "id"],
        condition=~Q(terms="prepaid"),
        name="order_terms",
    ),
    *(
        Index(fields=["ordered_at", "id"], condition=condition, name=name)
        for name, condition in FILTERED.items()
    ),
]
