"""Whom a refund's news concerns: who asked for it, else the seniors."""

from __future__ import annotations

from orders.models import Order
from refunds.models import Refund
from staff.roles import Role
from staff.services.tell import tell


def tell_asker(refund: Refund, order: Order, text: str, what: str) -> None:
    """Once for each refund, hand-in and kind of news."""
    key = f"refund:{refund.pk}:{refund.turn}:{what}"
    url = refund.get_absolute_url()
    if refund.asked_by_id is None:
        tell(text, role=Role.SENIOR, url=url, key=key)
    else:
        tell(text, to=refund.asked_by_id, url=url, key=key)
