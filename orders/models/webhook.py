"""Addresses of other systems that are told when an order's state changes (features 57)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import models

from core.acts import History, current_act
from core.messages import Outgoing, send_all
from core.remembered import remembered
from orders.models.shop import Shop
from orders.words import OrderState

TOPIC = "webhook.send"


class Webhook(models.Model):
    """Who is told of a shop's orders, and of which states; none named: of all."""

    lock_rank = 81

    shop = models.ForeignKey(Shop, models.PROTECT, related_name="webhooks", verbose_name="店铺")
    url = models.CharField("网址", max_length=300)
    secret = models.TextField("签名密钥")  # sealed; never shown again
    states: Any = models.JSONField("通知哪些状态", default=list, blank=True)
    active = models.BooleanField("启用", default=True)
    history = History(excluded_fields=["secret"], no_db_index=["shop"])

    class Meta:
        verbose_name = verbose_name_plural = "状态通知"

    def __str__(self) -> str:
        return self.url

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        _active.forget()

    def wants(self, state: str) -> bool:
        return not self.states or state in self.states

    @property
    def state_labels(self) -> str:
        return "、".join(OrderState(state).label for state in self.states) or "全部状态"


class WebhookDelivery(models.Model):
    """One try to tell: what came back, for the owner's screen."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    event = models.UUIDField()
    event_at = models.DateTimeField("发生时间")
    order_no = models.CharField("订单号", max_length=32, blank=True)
    state = models.CharField("状态", max_length=10, blank=True)  # empty: a test
    at = models.DateTimeField("时间", db_index=True)
    tries = models.PositiveSmallIntegerField("第几次")
    status = models.PositiveSmallIntegerField("HTTP", null=True)
    took_ms = models.PositiveIntegerField("用时（毫秒）", default=0)
    said = models.CharField("对方的回答", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知记录"
        indexes = [models.Index(fields=["webhook", "-id"], name="delivery_of")]

    def __str__(self) -> str:
        return f"{self.order_no} {self.state} {self.status}"

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def state_label(self) -> str:
        return OrderState(self.state).label if self.state else "测试"


class Reached(NamedTuple):
    """An order and the state that it has now."""

    shop_id: int
    order_no: str
    state: str


@remembered
def _active() -> list[Webhook]:
    return list(Webhook.objects.filter(active=True))


def anybody_to_tell() -> bool:
    return bool(_active())


def announce(reached: Sequence[Reached]) -> None:
    """Write a message for each webhook that wants to know, in the running act's transaction."""
    shops = {each.shop_id for each in reached}
    hooks = [hook for hook in _active() if hook.shop_id in shops]
    if not hooks:
        return
    act = current_act()
    send_all(
        (
            _message(hook, each, act.id, act.at.isoformat())
            for hook in hooks
            for each in reached
            if each.shop_id == hook.shop_id and hook.wants(each.state)
        ),
        now=act.at,
    )


def _message(hook: Webhook, reached: Reached, act: uuid.UUID, at: str) -> Outgoing:
    # The same event has the same id for everybody and at every try, so that it can be told twice.
    event = str(uuid.uuid5(act, f"{reached.order_no}:{reached.state}"))
    payload = {"webhook": hook.pk, "id": event, "state": reached.state, "at": at}
    return Outgoing(
        TOPIC,
        f"webhook:{hook.pk}:{event}",
        payload | {"order_no": reached.order_no},
        line=f"webhook:{hook.pk}:{reached.order_no}",
        order_no=reached.order_no,
    )


class OrderHistory(History):
    """History of orders that also tells webhooks of a new state.

    Whoever saves an order passes here, so no act can forget it; what is written in bulk passes
    `Order.written_in_bulk`.
    """

    def post_save(
        self,
        instance: Any,
        created: bool,
        using: str | None = None,
        update_fields: Any = None,
        **kwargs: Any,
    ) -> None:
        super().post_save(instance, created, using=using, **kwargs)
        if created or update_fields is None or "state" in update_fields:
            announce([Reached(instance.shop_id, instance.order_no, instance.state)])
