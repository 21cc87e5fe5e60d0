"""The worklists of unpaid orders and of what a colleague has to tell (SOP 2.a, 6.b)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from core.keyset import Page, page
from core.verdict import Verdict
from orders import reminding
from orders.models import CustomerMessage, Order, OrderLine
from orders.reminding import PUT_OFF
from orders.words import MessageKind, OrderState, TellState, Terms

SOON = timedelta(hours=6)
WHAT: dict[str, str] = {
    "remind": "还会催的",
    "soon": "6 小时内关闭",
    "stopped": "已停止催付",
    "tell": "等人告知",
    "part": "付了一部分",
    "untimed": "不会自动关闭",
}


# Goods that come later are told of while some are missing: a split may have left none.
_SHORT = OrderLine.objects.filter(order=OuterRef("order"), short_since__isnull=False)
ALL_HERE = Q(kind=MessageKind.DELAYED.value, say__key=PUT_OFF) & ~Exists(_SHORT)

# What a colleague need not tell any more: paid, closed or stopped; shipped, or all here since.
OUTDATED = (
    Q(kind=MessageKind.PAYMENT_REMINDER.value)
    & (~Q(order__state=OrderState.UNPAID.value) | Q(order__do_not_remind=True))
    | Q(kind=MessageKind.DELAYED.value) & ~Q(order__state__in=["paid", "picking", "packed"])
    | ALL_HERE
)


def unpaid_orders(user: Any) -> QuerySet[Order]:
    """What is unpaid and must be paid first; the oldest is nearest to its end."""
    orders = Order.objects.filter(state=OrderState.UNPAID.value, terms=Terms.PREPAID.value)
    return orders.filter(shop__code__in=user.shop_codes) if user.shop_codes else orders


def unpaid_page(user: Any, what: str, shop: str, cursor: str, now: datetime) -> Page[Order]:
    """A page of them with what was sent; raises BadCursor for an altered address."""
    rows = unpaid_orders(user).select_related("shop", "buyer")
    if shop:
        rows = rows.filter(shop__code=shop)
    found = page(rows, ("ordered_at", "id"), cursor, where=_where(what, now), mark=f"unpaid-{what}")
    sent = CustomerMessage.objects.filter(kind=MessageKind.PAYMENT_REMINDER.value)
    sent = sent.order_by("-step")
    prefetch_related_objects(found.rows, Prefetch("messages", sent, to_attr="reminders"))
    for order in found.rows:
        order.verdicts = verdicts(order)  # type: ignore[attr-defined]
    return found


def _where(what: str, now: datetime) -> Q | None:
    to_tell = CustomerMessage.objects.filter(
        state=TellState.TO_TELL.value, kind=MessageKind.PAYMENT_REMINDER.value
    )
    return {
        "remind": Q(remind_at__isnull=False),
        "soon": Q(close_at__lte=now + SOON),
        "stopped": Q(do_not_remind=True),
        "tell": Q(pk__in=to_tell.values("order")),
        "part": Q(paid__gt=0),
        "untimed": Q(close_at__isnull=True),
    }.get(what)


def verdicts(order: Order) -> list[tuple[str, str, Verdict]]:
    """Address, label and verdict of what can be done with it in the list."""
    facts = order.facts([])
    resume = reminding.may_resume_reminding(facts)
    either = ("stop-reminding", "停催", reminding.may_stop_reminding(facts))
    if resume.allowed:
        either = ("resume-reminding", "恢复", resume)
    return [("remind-now", "马上催", reminding.may_remind(facts)), either]


def to_tell(user: Any) -> QuerySet[CustomerMessage]:
    """What a colleague has to say in the chat; what another message names, too, comes with that."""
    waiting = CustomerMessage.objects.filter(state=TellState.TO_TELL.value, led_by__isnull=True)
    rows = waiting.filter(~OUTDATED)
    return rows.filter(order__shop__code__in=user.shop_codes) if user.shop_codes else rows


def to_tell_page(user: Any, cursor: str) -> Page[CustomerMessage]:
    """A page of them, the oldest first; raises BadCursor for an altered address."""
    return page(to_tell(user).select_related("order__shop"), ("at", "id"), cursor, mark="to-tell")


def get_message(order: Order, message_id: int) -> CustomerMessage | None:
    return CustomerMessage.objects.filter(pk=message_id, order=order).first()
