"""What was said with the customer and noted on the order; how orders belong together."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from orders.words import ContactChannel, Relation


class Contact(models.Model):
    """One contact with the customer (SOP 1.1.b, 1.3.a): channel, identity check, outcome.

    A refused request is one, too. `act` is the act that it led to.
    """

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="contacts")
    channel = models.CharField("联系方式", max_length=12, choices=ContactChannel.choices)
    identity: Any = models.JSONField("核对了什么", default=list)
    reached = models.BooleanField("联系上", default=True)
    call_again_at = models.DateTimeField("再联系时间", null=True, blank=True)
    said = models.CharField("说了什么", max_length=500, blank=True)
    about = models.CharField("为了什么", max_length=40, blank=True)
    act = models.UUIDField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "联系记录"
        indexes = [
            models.Index(
                fields=["call_again_at"],
                condition=Q(call_again_at__isnull=False),
                name="contact_again",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.about}"


class Note(models.Model):
    """A memo on an order. `for_shop`: belongs into the shop's seller memo, too; `by_hand`: a person
    wrote it, where others say what an act did.
    """

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="notes")
    text = models.TextField("内容", max_length=2000)
    for_shop = models.BooleanField("同步到店铺后台备注", default=False)
    by_hand = models.BooleanField("人写的", default=True, db_default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "备注"

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def in_memo(self) -> str:
        """As it stands in the platform's seller memo: with name and time."""
        return f"{self.text}（{self.by_name} {timezone.localtime(self.at):%m-%d %H:%M}）"


class OrderLink(models.Model):
    """Two orders that belong together; shown on both (SOP 1.2.d)."""

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="links_out")
    other = models.ForeignKey("orders.Order", models.CASCADE, related_name="links_in")
    kind = models.CharField("关系", max_length=10, choices=Relation.choices)
    text = models.CharField("说明", max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "关联订单"
        constraints = [
            models.UniqueConstraint(fields=["order", "other", "kind"], name="link_once"),
            models.CheckConstraint(condition=~Q(order=models.F("other")), name="link_other"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"

    def brought_in(self, order: Any) -> bool:
        """Does `order` ship what the other one brought?"""
        return self.kind == Relation.MERGED and self.order_id == order.pk

    def brings_own(self, order: Any) -> bool:
        """Does `order` take the customer's own goods back to them (SOP 7.e)?"""
        return self.kind == Relation.REPAIR and self.other_id == order.pk

    def label_on(self, order: Any) -> str:
        """What the relation is called on the page of one of the two."""
        first, second = _BY_SIDE.get(self.kind, (self.get_kind_display(),) * 2)
        return first if self.order_id == order.pk else second


# As the first says it, and as the other.
_BY_SIDE: dict[str, tuple[str, str]] = {
    Relation.SPLIT.value: ("拆出", "拆自"),
    Relation.MERGED.value: ("合并自", "已合并到"),
    Relation.RESEND.value: ("补发", "补发自"),
    Relation.REPAIR.value: ("修好寄回", "维修自"),
}
