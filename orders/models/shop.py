"""Shops: where orders come from, and what each has agreed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models

from core.acts import History
from core.fields import KeyField, money_field
from orders.words import Channel


def default_reminder_steps() -> list[int]:
    """Minutes after the order: 30 min, 6 h, 23 h (SOP 2.a)."""
    return [30, 360, 1380]


def default_tells() -> list[str]:
    """Reminders by SMS, else by a colleague; that an order was closed, by SMS (SOP 2.a, 6.b)."""
    return ["payment_reminder:sms", "payment_reminder:chat", "closed_unpaid:sms"]


class Shop(models.Model):
    """One shop of a channel with its settings (SOP 0, 1.5 reading, 2.a, 5.h)."""

    code = KeyField("代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=64)
    channel = models.CharField("渠道", max_length=16, choices=Channel.choices)
    active = models.BooleanField("启用", default=True)
    return_name = models.CharField("退货收件人", max_length=64, blank=True)
    return_phone = models.CharField("退货电话", max_length=32, blank=True)
    return_address = models.CharField("退货地址", max_length=200, blank=True)
    refund_opens_h = models.PositiveSmallIntegerField("付款后几小时可申请退款", default=24)
    refund_closes_h = models.PositiveSmallIntegerField(
        "付款后几小时内须申请退款", null=True, blank=True, help_text="空 = 发货前都可以"
    )
    reminder_steps: Any = models.JSONField("催付时点（分钟）", default=default_reminder_steps)
    unpaid_limit_h = models.PositiveSmallIntegerField("未付款保留几小时", default=72)
    # What the buyer is told and how, each as `kind:how`; what is not listed is switched off.
    tells: Any = models.JSONField("主动告知买家", default=default_tells, blank=True)
    feedback_days = models.PositiveSmallIntegerField("签收几天后邀请评价", default=3)
    complete_days = models.PositiveSmallIntegerField("签收几天后自动完成", default=7, db_default=7)
    ship_by_h = models.PositiveSmallIntegerField("付款后几小时内发货", default=48)
    # How long an order may stand in a stage before somebody must look after it (SOP 5.c, 5.h).
    at_risk_h = models.PositiveSmallIntegerField(
        "承诺发货前几小时算快到期", default=12, db_default=12
    )
    paid_limit_h = models.PositiveSmallIntegerField(
        "付款后几小时没有下发算没人管", default=24, db_default=24
    )
    released_limit_h = models.PositiveSmallIntegerField(
        "下发后几小时没有开始配货算没人管", default=24, db_default=24
    )
    bench_limit_h = models.PositiveSmallIntegerField(
        "配货中、已打包停几小时算没人管", default=24, db_default=24
    )
    shipped_limit_h = models.PositiveSmallIntegerField(
        "发货后几小时没有签收算没人管", default=360, db_default=360
    )
    reserve_on_order = models.BooleanField(
        "下单即预占库存", default=False, help_text="不勾 = 付款时预占"
    )
    names_reason = models.BooleanField(
        "缺货退款请买家选“其它原因”",
        default=True,
        db_default=True,
        help_text="选“缺货”平台会下架商品；不勾 = 不告诉买家选什么原因",
    )
    top_up_codes: Any = models.JSONField("补差价商品", default=list, blank=True)
    # Review and release (SOP 2.b).
    auto_release = models.BooleanField(
        "没有疑点的自动下发", default=True, db_default=True, help_text="不勾 = 由人下发"
    )
    cooling_min = models.PositiveSmallIntegerField(
        "付款后冷静期（分钟）",
        default=30,
        db_default=30,
        help_text="这段时间里买家常会改地址、换商品；过了才自动下发",
    )
    review_limit: models.DecimalField[Decimal | None, Decimal | None] = money_field(
        verbose_name="超过多少元财务也要审", null=True, blank=True, help_text="空 = 不用财务审"
    )
    platform_labels = models.BooleanField(
        "有平台电子面单",
        default=True,
        db_default=True,
        help_text="平台遮盖了个人信息的订单，由平台打印面单；没有的话要人补全",
    )
    history = History()

    class Meta:
        verbose_name = verbose_name_plural = "店铺"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
