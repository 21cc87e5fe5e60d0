"""Tell other systems of an order's new state: signed, at least once, in order (features 57)."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from django.urls import reverse
from django.utils import timezone

from connectors.answers import ConnectorError, Later
from connectors.webhook import tell
from core.messages import Unhandleable, handles
from core.models import OutboxMessage
from core.sealed import Unsealable, unseal
from orders.models import Order, Webhook
from orders.models.webhook import TOPIC
from orders.services.webhooks import keep_delivery

GONE = 410


class NotTaken(Exception):
    """It answered, but did not take the event: try again later."""


@handles(TOPIC, "状态通知")
def tell_webhook(message: OutboxMessage) -> None:
    """Send one event. The receiver tells a second time by the event's id, so that we may."""
    told = message.payload
    hook = Webhook.objects.select_related("shop").filter(pk=told["webhook"]).first()
    if hook is None or not (hook.active or told["state"] == ""):
        return  # switched off meanwhile
    content = json.dumps(_event(hook, told), ensure_ascii=False).encode()
    headers = _headers(hook, told["id"], content)
    try:
        answer = tell(f"webhook:{hook.pk}", hook.url, content, headers)
    except Later:
        raise
    except ConnectorError as error:
        keep_delivery(hook, told, message.tries, timezone.now(), said=error.why)
        raise
    now = timezone.now()
    keep_delivery(
        hook, told, message.tries, now, answer.status, took_ms=answer.took_ms, said=answer.text
    )
    if answer.status == GONE:
        raise Unhandleable("对方说不再接收（HTTP 410）。请在店铺的接口页上停用或改网址。")
    if not 200 <= answer.status < 300:
        raise NotTaken(f"HTTP {answer.status}")


def _event(hook: Webhook, told: dict[str, Any]) -> dict[str, Any]:
    """No personal data: who wants to know more reads the order."""
    event = {"id": told["id"], "shop": hook.shop.code, "at": told["at"]}
    if not told["state"]:
        return event | {"type": "ping"}
    orders = Order.objects.select_related("merged_into")
    order = orders.get(order_no=told["order_no"])
    return event | {
        "type": "order.state",
        "order_no": order.order_no,
        "platform_no": order.platform_no,
        "part": order.part,
        "merged_into": order.merged_into.order_no if order.merged_into else "",
        "state": told["state"],
        "url": reverse("api-order", args=[order.order_no]),
    }


def _headers(hook: Webhook, event: str, content: bytes) -> dict[str, str]:
    try:
        secret = unseal(hook.secret)
    except Unsealable as error:
        raise Unhandleable("签名密钥读不出来了（系统的密钥换过），请换一个新的。") from error
    return {
        "Content-Type": "application/json",
        "User-Agent": "Gendan-Webhook/1",
        "Gendan-Event-Id": event,
        "Gendan-Signature": signature(secret, int(timezone.now().timestamp()), content),
    }


def signature(secret: str, at: int, content: bytes) -> str:
    """`t=…,v1=…`: HMAC-SHA256 over time, a dot, and the body as it is sent."""
    made = hmac.new(secret.encode(), f"{at}.".encode() + content, hashlib.sha256)
    return f"t={at},v1={made.hexdigest()}"
