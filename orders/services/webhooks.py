"""Webhooks: set by the owner, tried, told again; what came back is kept (features 57)."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core.acts import Actor, Change, act, act_on
from core.masking import scrub
from core.messages import send
from core.sealed import seal
from orders.models import Shop, Webhook, WebhookDelivery
from orders.models.webhook import TOPIC

KEPT = timedelta(days=30)


def add_webhook(
    shop: Shop, url: str, states: Sequence[str], *, by: Actor, now: datetime
) -> tuple[Webhook, str]:
    """Tell this address from now on; the secret is given back this once."""
    secret = _new_secret()
    rows: list[Webhook] = []
    with act_on("add_webhook", rows, by=by, now=now) as (_, log):
        hook = Webhook.objects.create(shop=shop, url=url, states=list(states), secret=seal(secret))
        log.about(hook)
        log.noted(f"店铺 {shop.code} 新增状态通知")
    return hook, secret


def change_webhook(
    hook: Webhook, url: str, states: Sequence[str], *, active: bool, by: Actor, now: datetime
) -> Webhook:
    """Another address, other states, or off."""
    with act("change_webhook", hook, by=by, now=now) as (hook, log):
        before = (hook.url, hook.state_labels, hook.active)
        hook.url, hook.states, hook.active = url, list(states), active
        after = (hook.url, hook.state_labels, hook.active)
        labels = ("网址", "通知哪些状态", "启用")
        log.changed(
            [
                Change(label, _said(old), _said(new))
                for label, old, new in zip(labels, before, after, strict=True)
                if old != new
            ]
        )
        log.noted("修改状态通知")
    return hook


def renew_secret(hook: Webhook, *, by: Actor, now: datetime) -> str:
    """Sign with a new secret from now on; given back this once."""
    secret = _new_secret()
    with act("renew_secret", hook, by=by, now=now) as (hook, log):
        hook.secret = seal(secret)
        log.noted("换了签名密钥")
    return secret


def ping(hook: Webhook, *, by: Actor, now: datetime) -> None:
    """Send a test; how it went stands in the log."""
    event = {"webhook": hook.pk, "id": str(uuid.uuid4()), "state": "", "order_no": ""}
    with act("ping_webhook", hook, by=by, now=now) as (hook, log):
        log.noted("发送测试通知")
        send(TOPIC, f"webhook:{hook.pk}:{event['id']}", event | {"at": now.isoformat()}, now=now)


def tell_again(delivery: WebhookDelivery, *, by: Actor, now: datetime) -> None:
    """Send the same event once more, under the same id."""
    event = {
        "webhook": delivery.webhook_id,
        "id": str(delivery.event),
        "state": delivery.state,
        "order_no": delivery.order_no,
        "at": delivery.event_at.isoformat(),
    }
    with act("tell_again", delivery.webhook, by=by, now=now) as (hook, log):
        log.noted(f"再通知一次：{delivery.order_no} {delivery.state_label}")
        key = f"webhook:{hook.pk}:{delivery.event}:{uuid.uuid4().hex[:8]}"
        send(TOPIC, key, event, now=now, order_no=delivery.order_no)


def keep_delivery(
    hook: Webhook,
    told: dict[str, Any],
    tries: int,
    now: datetime,
    status: int | None = None,
    *,
    took_ms: int = 0,
    said: str = "",
) -> None:
    """One line of the log. What the other side says may name somebody: telephones are masked."""
    WebhookDelivery.objects.create(
        webhook=hook,
        event=told["id"],
        event_at=datetime.fromisoformat(told["at"]),
        order_no=told["order_no"],
        state=told["state"],
        at=now,
        tries=tries,
        status=status,
        took_ms=took_ms,
        said=scrub(said.replace("\0", ""))[:200],
    )


def forget_deliveries(now: datetime) -> int:
    """Remove lines of the log that are a month old."""
    removed: int = WebhookDelivery.objects.filter(at__lt=now - KEPT).delete()[0]
    return removed


def _new_secret() -> str:
    return "whsec_" + secrets.token_urlsafe(32)


def _said(value: object) -> str:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
