"""The coloured words beside an order's number: functions, as a list draws forty of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join

from orders.models import Hold, Order, ReviewHit
from orders.words import CARRIERS, HoldKind, OrderState, ReviewCode

register = template.Library()

TONES = {
    OrderState.CLOSED.value: "",
    OrderState.RECEIVED.value: "good",
    OrderState.COMPLETED.value: "good",
}
URGENT = frozenset({HoldKind.STOCK_OUT.value, HoldKind.REFUND.value, HoldKind.INTERCEPT.value})


@register.simple_tag
def state_tag(order: Order) -> str:
    """已付款 · 未下发 (SOP 8)."""
    words = order.get_state_display()
    if order.state == OrderState.PAID:
        words += " · 已下发仓库" if order.released_at else " · 未下发"
    return format_html('<span class="tag {}">{}</span>', TONES.get(order.state, "go"), words)


@register.simple_tag
def hold_tags(holds: Iterable[Hold]) -> str:
    """One word for each hold that is open."""
    return format_html_join(
        "",
        '<span class="tag {}">{}</span> ',
        (("bad" if hold.kind in URGENT else "warn", hold.get_kind_display()) for hold in holds),
    )


GRAVE = frozenset(
    {ReviewCode.BLOCKED, ReviewCode.MONEY, ReviewCode.AFTER_SALE, ReviewCode.STOCK, ReviewCode.HELD}
)


@register.simple_tag
def hit_tags(hits: Iterable[ReviewHit]) -> str:
    """One chip for each thing that a review rule found (SOP 2.b)."""
    return format_html_join(
        "",
        '<span class="tag {}">{}</span> ',
        (("bad" if hit.code in GRAVE else "warn", hit.get_code_display()) for hit in hits),
    )


@register.filter
def as_list(value: Any) -> list[Any]:
    return [value]


@register.simple_tag
def token() -> str:
    """A new one for each form of a list (architecture §3)."""
    return str(uuid.uuid4())


@register.filter
def carrier(code: str) -> str:
    """圆通速递 for YTO; a name that somebody typed as it is."""
    return CARRIERS.get(code, code)
