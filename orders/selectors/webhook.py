"""What the owner sees of a shop's webhooks."""

from __future__ import annotations

from core.models import Act
from orders.models import Shop, Webhook, WebhookDelivery

SHOWN = 50


def deliveries(hook: Webhook) -> list[WebhookDelivery]:
    """The last tries, newest first."""
    return list(hook.deliveries.order_by("-id")[:SHOWN])


def webhooks_of(shop: Shop) -> list[Webhook]:
    """Each with its last try as `last`."""
    hooks = list(shop.webhooks.order_by("id"))
    for hook in hooks:
        hook.last = hook.deliveries.order_by("-id").first()  # type: ignore[attr-defined]
    return hooks


def acts_of(kind: str, ids: list[int]) -> list[Act]:
    """What was done with these tokens or webhooks, newest first."""
    acts = Act.objects.filter(subject_kind=kind, subject_id__in=ids, order_no="")
    return list(acts.order_by("-at")[:SHOWN])
