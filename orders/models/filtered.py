"""Filters of the list that few orders pass: each is a partial index in the list's own order."""

from __future__ import annotations

from django.db.models import F, Q

PAID_IN_ALL = F("paid") + F("paid_by_platform") + F("topped_up")
NOT_CLOSED = ~Q(state="closed")
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
