"""Guidance for using the product: written by seniors, sent by agents (使用说明, SOP 7.d)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from aftersales.models import Article, ArticleStyle, Case
from aftersales.policy import may_send_article
from aftersales.selectors.articles import say_of
from core.acts import Actor, Change, act, act_on, lock
from core.masking import scrub
from core.models import Act
from orders.models import Order
from orders.policy import Contacted
from orders.services.acting import order_act


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as it was typed."""

    title: str
    body: str
    tags: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


def write_article(
    draft: Draft, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Article:
    """A new one. Raises Repeated."""
    rows: list[Article] = []
    with act_on("write_article", rows, by=by, token=token, now=now) as (_, log):
        article = Article(by_name=by.name, at=now)
        _put(article, draft)
        article.save()
        _about(article, draft.styles)
        log.about(article)
        log.noted(f"写使用说明《{article.title}》", clause="7.d")
    return article


def change_article(
    article: Article,
    draft: Draft,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """A new version; the old one stays in its history. Raises Conflict, Repeated."""
    with act("write_article", article, by=by, seen=seen, token=token, now=now) as (row, log):
        before = row.title
        _put(row, draft)
        row.by_name, row.at = by.name, now
        ArticleStyle.objects.filter(article=row).delete()
        _about(row, draft.styles)
        log.changed([Change("使用说明", before, row.title)])
        log.noted(f"改使用说明《{row.title}》", clause="7.d")
    return log.act


def _put(article: Article, draft: Draft) -> None:
    article.title, article.body = scrub(draft.title), scrub(draft.body)
    article.tags, article.styles = " ".join(draft.tags), " ".join(draft.styles)
    article.kinds = f" {' '.join(draft.kinds)} " if draft.kinds else ""


def _about(article: Article, styles: tuple[str, ...]) -> None:
    ArticleStyle.objects.bulk_create(
        ArticleStyle(article=article, style_no=style) for style in dict.fromkeys(styles)
    )


def withdraw_article(
    article: Article, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Act:
    """Nobody finds or sends it any more; or, where it was withdrawn, they do again."""
    with act("withdraw_article", article, by=by, token=token, now=now) as (row, log):
        row.active = not row.active
        words = {True: "在用", False: "停用"}
        log.changed([Change("使用说明", words[not row.active], words[row.active])])
        log.noted(f"使用说明《{row.title}》{words[row.active]}", clause="7.d")
    return log.act


def send_article(
    order: Order,
    article: Article,
    *,
    by: Actor,
    now: datetime,
    case: Case | None = None,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """The agent sends it in the chat; the order, and a case, keep that they did (SOP 7.d).

    Raises Refused, Conflict, Repeated.
    """
    with order_act(
        "send_article", order, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (_, log):
        article = Article.objects.get(pk=article.pk)  # as it is now
        may_send_article(article.active).require()
        if case is not None:
            log.changed([Change("使用说明", "", article.title)], lock(case))
        about = f"（{case.number}）" if case else ""
        log.noted(f"发使用说明《{article.title}》{about}", clause="7.d")
        log.tell(say_of(article))
    return log.act
