"""What customers say of an order that arrived."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from aftersales.listening import LONGEST, MOST_STARS, Answer
from aftersales.models.case import Case
from orders.models import Order


class Feedback(models.Model):
    """The customer's answer to “is it intact, how was it?”, once an order (SOP 6.c).

    `by_customer`: through the progress link; else a colleague wrote it down. `case`: the
    complaint that a bad one became, or was added to.
    """

    order = models.ForeignKey(
        Order, models.PROTECT, related_name="+", verbose_name="订单", db_index=False
    )
    intact = models.BooleanField("商品完好")
    stars = models.PositiveSmallIntegerField("几星")
    text = models.CharField("买家的话", max_length=LONGEST, blank=True)
    by_customer = models.BooleanField("买家自己填的")
    by_name = models.CharField("谁登记的", max_length=64)
    at = models.DateTimeField("时间")
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, related_name="+", verbose_name="售后单", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "买家评价"
        constraints = [
            models.UniqueConstraint(fields=["order"], name="feedback_once"),
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=MOST_STARS), name="feedback_stars"
            ),
        ]

    def __str__(self) -> str:
        return self.answer.said

    @property
    def answer(self) -> Answer:
        return Answer(self.intact, self.stars, self.text)
