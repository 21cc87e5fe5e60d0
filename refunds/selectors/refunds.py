"""The refunds of an order: its card, one of them, what keeps it from its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404

from core.models import Act
from core.money import ZERO
from core.verdict import Say
from orders.models import Order
from orders.selectors.page import labelled
from refunds import policy
from refunds.models import Payout, Refund
from refunds.models.payout import OPEN_PAYOUTS
from refunds.models.refund import OPEN
from refunds.policy import BEFORE_REVIEW, ENDED
from refunds.saying import late_say
from refunds.words import RefundState
from staff.selectors import office_calendar

SHOWN = 20


def has_refunds() -> dict[str, Any]:
    """An annotation of an order: are there any? Most have none, and cost no query more."""
    own = Refund.objects.filter(order=OuterRef("pk"))
    return {"any_refunds": Exists(own) | Exists(Refund.objects.filter(split_from=OuterRef("pk")))}


def refunds_of(order: Order) -> list[Refund]:
    """Newest first, also those of what was split off it for a refund; one query at most.

    The order was read with `has_refunds`.
    """
    if not order.any_refunds:  # type: ignore[attr-defined]
        return []
    rows = Refund.objects.filter(order=order)
    if order.parted:
        rows = rows | Refund.objects.filter(split_from=order)
    return list(rows.select_related("order").order_by("-id")[:SHOWN])


def went_back(order: Order, refunds: Sequence[Refund]) -> Decimal:
    """What the order gave back of what was paid, yuan; differences stand beside it on their own."""
    own = [row for row in refunds if row.order_id == order.pk]
    back = sum((row.amount for row in own if row.state == RefundState.SUCCEEDED), ZERO)
    rest: Decimal = max(back - order.given_back, ZERO)
    return rest


def get_refund(order: Order, refund_id: int) -> Refund:
    """One of the order's refunds. Raises Http404."""
    rows = Refund.objects.filter(order=order)
    whole = ("order__shop", "trade", "payment", "split_from__shop", "assigned_to")
    refund = rows.select_related(*whole).filter(pk=refund_id).first()
    if refund is None:
        raise Http404("没有这笔退款")
    return refund


def say_now(refund: Refund, now: datetime) -> Say | None:
    """The sentence for the customer; who has not applied yet hears of a promise from today on.

    One whose promise is over hears no time any more.
    """
    state = RefundState(refund.state)
    if state not in ENDED | BEFORE_REVIEW and refund.promised_by < now:
        return late_say(refund.amount)
    if refund.state != RefundState.TO_APPLY:
        return refund.say()
    found = policy.terms(now, opens_at=refund.opens_at, calendar=office_calendar())
    return refund.say(found.promised)


def refund_acts(refund: Refund) -> list[Act]:
    """What was done with it, newest first."""
    ids = refund.history.values("history_change_reason")
    acts = Act.objects.filter(pk__in=ids) | Act.objects.filter(
        part_of__in=ids, subject_id=refund.order_id, subject_kind="order"
    )
    return labelled(list(acts.filter(order_no=refund.order.order_no).order_by("-at", "-id")[:50]))


def open_matters(orders: Sequence[int]) -> dict[int, list[str]]:
    """Their refunds and payouts that are still open (`settings.OPEN_MATTERS`, SOP 6.d)."""
    rows = Refund.objects.filter(order__in=orders, state__in=OPEN)
    found = {order: ["退款"] for order in rows.values_list("order_id", flat=True).distinct()}
    payouts = Payout.objects.filter(order__in=orders, state__in=OPEN_PAYOUTS)
    for order in payouts.values_list("order_id", flat=True).distinct():
        found.setdefault(order, []).append("赔付")
    return found


def entered_at(row: Refund | Payout) -> datetime | None:
    """When the transfer was entered under its number."""
    rows = row.history.filter(transfer_no=row.transfer_no, made_by_id=row.made_by_id)
    at: datetime | None = rows.order_by("history_id").values_list("history_date", flat=True).first()
    return at


def evidence_of(refund: Refund, evidence_id: int) -> Any:
    """One file of the refund. Raises Http404."""
    found = refund.evidence.filter(pk=evidence_id).first()
    if found is None or not found.path.exists():
        raise Http404("没有这个文件")
    return found
