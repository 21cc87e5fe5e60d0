"""The pages of guidance for using the product: search, read, write, send (SOP 7.d)."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from aftersales.forms.articles import ArticleForm, SendArticleForm
from aftersales.models import Article, Case
from aftersales.policy import may_send_article
from aftersales.selectors.articles import (
    articles_page,
    get_article,
    guidance_beside,
    say_of,
    versions_of,
)
from aftersales.selectors.cases import get_case
from aftersales.services.articles import (
    change_article,
    send_article,
    withdraw_article,
    write_article,
)
from core.acts import Actor, Conflict, Repeated
from core.keyset import BadCursor
from core.models import Act
from core.once import TokenForm
from core.sentences import render as said
from orders.models import Order
from orders.selectors.order import get_order
from orders.views.act_page import ActPage, show_or_do
from staff.http import Request
from staff.matrix import allow, may


@allow("view_articles")
def articles(request: Request) -> HttpResponse:
    """Search by words; reached from an order or a case, each row leads to sending it."""
    asked = {name: request.GET.get(name, "")[:100] for name in ("q", "order", "case", "withdrawn")}
    withdrawn = asked["withdrawn"] == "1"
    try:
        found = articles_page(asked["q"], request.GET.get("page", ""), withdrawn=withdrawn)
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("articles")
    kept = {name: text for name, text in asked.items() if text}
    context = {
        "page": found,
        "asked": asked,
        "base": f"?{urlencode(kept)}",
        "may_write": may(request.user, "write_article"),
    }
    return render(request, "aftersales/articles.html", context)


@allow("view_articles")
def article(request: Request, article_id: int) -> HttpResponse:
    """One, as the customer will read it, with its versions."""
    row = get_article(article_id)
    context = {
        "article": row,
        "sentence": said(say_of(row)),
        "versions": versions_of(row),
        "may_write": may(request.user, "write_article"),
    }
    return render(request, "aftersales/article.html", context)


# -- writing ---------------------------------------------------------------------------------------


@allow("write_article")
def write(request: Request, article_id: int = 0) -> HttpResponse:
    """A new one, or a new version; on a conflict what was typed stays."""
    row = get_article(article_id) if article_id else None
    data = request.POST if request.method == "POST" else None
    form = ArticleForm(data, row=row) if row else ArticleForm.empty(data)
    if data is None or not form.is_valid():
        return _writing(request, form, row, status=422 if data is not None else 200)
    common: dict[str, Any] = {"by": Actor.person(request.user), "now": timezone.now()}
    common["token"] = form.cleaned_data["token"]
    try:
        if row is None:
            return redirect(write_article(form.draft(), **common))
        change_article(row, form.draft(), seen=form.cleaned_data["seen"], **common)
    except Repeated as repeated:
        return redirect("article", repeated.act.subject_id or 0)
    except Conflict:
        return _conflict(request, get_article(article_id))
    return redirect(row)


def _conflict(request: Request, fresh: Article) -> HttpResponse:
    typed = request.POST.copy()
    typed["seen"] = str(fresh.version)  # the next press goes through
    text = f"{fresh.by_name}刚改过这一篇；您写的还在，看一下再保存。"
    return _writing(request, ArticleForm(typed, row=fresh), fresh, status=409, said=text)


def _writing(
    request: Request, form: ArticleForm, row: Article | None, *, status: int, said: str = ""
) -> HttpResponse:
    context = {"form": form, "article": row, "said": said}
    return render(request, "aftersales/write_article.html", context, status=status)


@allow("withdraw_article")
def withdraw(request: Request, article_id: int) -> HttpResponse:
    """Take it out of use, or bring it back: one button that does either."""
    row, form = get_article(article_id), TokenForm(request.POST)
    if request.method == "POST" and form.is_valid():
        by, token = Actor.person(request.user), form.cleaned_data["token"]
        with suppress(Repeated):
            withdraw_article(row, by=by, now=timezone.now(), token=token)
    return redirect(row)


# -- sending ---------------------------------------------------------------------------------------


@allow("send_article")
def send(request: Request, order_no: str, article_id: int) -> HttpResponse:
    """The text to paste; then it is kept with the order, and with the case (SOP 7.d)."""
    row = get_article(article_id)
    page = ActPage(
        "send_article",
        f"发使用说明《{row.title}》",
        partial(_form, request),
        lambda order: may_send_article(row.active),
        partial(_send, request, row),
        "已经发给买家",
        template="aftersales/send_article.html",
        more=lambda order, form: {"text": said(say_of(row), order.shop.code)},
    )
    return show_or_do(request, page, get_order(request.user, order_no))


def _form(request: Request, data: Any = None, *, order: Order) -> SendArticleForm:
    return SendArticleForm(data, order=order, initial={"case": request.GET.get("case", "")[:40]})


def _send(
    request: Request, row: Article, order: Order, form: SendArticleForm, common: dict[str, Any]
) -> Act:
    number = form.cleaned_data["case"]
    case = get_case(request.user, number) if number else None
    about = case if case is not None and case.order_id == order.pk else None
    return send_article(order, row, case=about, **common)


def beside(request: Request, case: Case) -> dict[str, Any]:
    """What a case's page offers of it."""
    if not may(request.user, "send_article") or case.order is None or not case.is_open:
        return {}
    return {"guidance": guidance_beside(case), "may_send": True}


urlpatterns = [
    path("guidance", articles, name="articles"),
    path("guidance/new", write, name="new-article"),
    path("guidance/<int:article_id>", article, name="article"),
    path("guidance/<int:article_id>/edit", write, name="edit-article"),
    path("guidance/<int:article_id>/withdraw", withdraw, name="withdraw-article"),
    path("orders/<str:order_no>/guidance/<int:article_id>", send, name="send-article"),
]
