"""Macros: a sentence and an act under one name, shared by the team (快捷)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from aftersales.words import MacroAct
from core.acts import History
from orders.models import Shop


class Macro(models.Model):
    """What one press does: the act with its inputs (`text`, `days`), and what the customer hears.

    `sentence` "": the act's own. `shop` None: for all shops.
    """

    lock_rank: ClassVar[int] = 86

    name = models.CharField("名称", max_length=30)
    shop = models.ForeignKey(
        Shop, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    does = models.CharField("做什么", max_length=12, choices=MacroAct.choices)
    text = models.CharField("写什么", max_length=200)
    days = models.PositiveSmallIntegerField("几天后", default=0)
    sentence = models.CharField("告诉买家", max_length=60, blank=True)
    active = models.BooleanField("在用", default=True)
    version = models.PositiveIntegerField(default=1)
    by_name = models.CharField("谁写的", max_length=64)
    at = models.DateTimeField("何时写的")
    history = History(no_db_index=["shop"])

    class Meta:
        verbose_name = verbose_name_plural = "快捷"

    def __str__(self) -> str:
        return self.name
