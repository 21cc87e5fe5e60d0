"""Guidance for using the product, as agents send it (使用说明, SOP 7.d)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

from aftersales.words import CaseKind
from core.acts import History
from core.fields import KeyField


class Article(models.Model):
    """One article; its versions are its history. Plain text: an empty line begins a paragraph.

    `tags` and `styles` are words with a space between; `kinds`: codes of the kinds of cases beside
    which it is offered.
    """

    lock_rank: ClassVar[int] = 85

    title = models.CharField("标题", max_length=80)
    body = models.TextField("内容", max_length=1000)
    tags = models.CharField("标签", max_length=200, blank=True)
    styles = models.CharField("款号", max_length=500, blank=True)
    kinds = models.CharField("售后类型", max_length=120, blank=True)
    active = models.BooleanField("在用", default=True)
    version = models.PositiveIntegerField(default=1)
    by_name = models.CharField("谁写的", max_length=64)
    at = models.DateTimeField("何时写的")
    history = History()

    class Meta:
        verbose_name = verbose_name_plural = "使用说明"
        indexes = [models.Index(fields=["-at", "-id"], name="article_newest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("article", args=[self.pk])

    @property
    def kind_labels(self) -> list[str]:
        known = dict(CaseKind.choices())
        return [known[code] for code in self.kinds.split() if code in known]


class ArticleStyle(models.Model):
    """A product, by its style number, that an article is about."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    style_no = KeyField("款号", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "使用说明的商品"
        constraints = [
            models.UniqueConstraint(fields=["style_no", "article"], name="article_style_once")
        ]

    def __str__(self) -> str:
        return self.style_no
