"""Guidance for using the product: searched, and what fits an order or a case (SOP 7.d)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from aftersales.models import Article, ArticleStyle, Case
from core.keyset import Page, page
from core.verdict import Say
from orders.models import Order, OrderLine

FEW = 5
WORDS = 6
COLUMNS = ("title", "tags", "styles", "body")


def articles_page(words: str, cursor: str, *, withdrawn: bool = False) -> Page[Article]:
    """Those in which each word stands somewhere, newest first. Raises BadCursor."""
    rows = Article.objects.filter(active=not withdrawn)
    return page(rows, ("-at", "-id"), cursor, where=_each(words), mark=f"articles-{withdrawn:d}")


def _each(words: str) -> Q | None:
    found = Q()
    for word in words.replace("\0", "").split()[:WORDS]:
        found &= Q(*((f"{column}__icontains", word) for column in COLUMNS), _connector=Q.OR)
    return found or None


def get_article(article_id: int) -> Article:
    """Raises Http404."""
    found = Article.objects.filter(pk=article_id).first()
    if found is None:
        raise Http404("没有这篇使用说明")
    return found


def versions_of(article: Article) -> list[Any]:
    """As it was, newest first: simple-history's rows."""
    return list(article.history.order_by("-history_id")[:20])


def has_guidance() -> dict[str, Any]:
    """An annotation of an order: is there an article for its goods? Most have none."""
    styles = OrderLine.objects.filter(order=OuterRef(OuterRef("pk"))).values("style_no")
    rows = ArticleStyle.objects.filter(article__active=True, style_no__in=styles)
    return {"any_guidance": Exists(rows)}


def guidance_for(order: Order) -> list[Article]:
    """What fits the order's goods; the order was read with `has_guidance`."""
    if not order.any_guidance:  # type: ignore[attr-defined]
        return []
    return list(_fit(order)[:FEW])


def guidance_beside(case: Case) -> list[Article]:
    """What fits the case's kind; where it has an order, of that order's goods first."""
    by_kind = list(_active().filter(kinds__contains=f" {case.kind} ")[:FEW])
    mine = list(_fit(case.order)[:FEW]) if by_kind and case.order else []
    return list({article.pk: article for article in (*mine, *by_kind)}.values())[:FEW]


def _active() -> QuerySet[Article]:
    return Article.objects.filter(active=True).order_by("-at", "-id")


def _fit(order: Order) -> QuerySet[Article]:
    styles = OrderLine.objects.filter(order=order).values("style_no")
    about = ArticleStyle.objects.filter(style_no__in=styles).values("article")
    return _active().filter(pk__in=about)


def say_of(article: Article) -> Say:
    """As the customer reads it."""
    return Say("guidance.sent", {"title": article.title, "body": article.body})
