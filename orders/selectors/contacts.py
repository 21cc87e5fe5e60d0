"""What is known of the customer from the contacts of today (SOP 1.1.b)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from orders.models import Contact, Order


def known_today(order: Order, user: Any) -> dict[str, Any]:
    """Channel and agreed keys of the last contact on the order, where it was this person's, today.

    Somebody else's check, or one of another day, is not this customer's.
    """
    last = Contact.objects.filter(order=order, reached=True).order_by("-at", "-id").first()
    today = last is not None and timezone.localdate(last.at) == timezone.localdate()
    if last is None or not today or last.by_id != user.pk or not last.identity:
        return {}
    return {"channel": last.channel, "identity": last.identity}
