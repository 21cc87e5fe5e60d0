"""SOP 7.d: guidance for using the product is written once, found by words and sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aftersales.models import Article
from aftersales.selectors.articles import articles_page, versions_of
from aftersales.services.articles import (
    Draft,
    change_article,
    send_article,
    withdraw_article,
    write_article,
)
from aftersales.services.questions import open_question
from aftersales.words import CaseKind
from core.acts import Actor
from core.verdict import Refused
from orders.models import Contact, Order
from orders.policy import Contacted
from tests.acts.pages import do, fields
from tests.aftersales.asking import newest, received
from tests.aftersales.test_pages import client
from tests.refunds.asking import WED

pytestmark = pytest.mark.django_db


def style_of(order: Order) -> str:
    return str(order.lines.order_by("id")[0].style_no)


def written(by: Actor, title: str = "亚麻怎么洗", **more: Any) -> Article:
    return write_article(Draft(title, "30 度以下手洗，\n不要烘干。", **more), by=by, now=WED)


def titles(words: str) -> list[str]:
    return [one.title for one in articles_page(words, "").rows]


def test_found_by_words_that_stand_anywhere_in_it(by: Actor) -> None:
    """Each word in title, text, tags or style numbers; what is withdrawn is not found."""
    linen = written(by, tags=("洗涤",), styles=("A1023",))
    written(by, "拉链卡住怎么办")
    assert titles("麻怎 手洗") == ["亚麻怎么洗"]
    assert titles("洗涤 a1023") == ["亚麻怎么洗"]
    assert titles("手洗") == ["拉链卡住怎么办", "亚麻怎么洗"]
    assert titles("熨") == []
    withdraw_article(linen, by=by, now=WED)
    assert titles("亚麻") == []
    with pytest.raises(Refused, match="停用"):
        send_article(received(), linen, by=by, now=WED)


def test_every_version_stays(by: Actor) -> None:
    article = written(by)
    change_article(article, Draft("亚麻怎么洗", "可以机洗。"), by=by, now=WED)
    assert [one.body for one in versions_of(article)] == [
        "可以机洗。",
        "30 度以下手洗，\n不要烘干。",
    ]


def test_sending_is_kept_as_a_contact_on_order_and_case(by: Actor) -> None:
    """The sentence is the article's text; the case's timeline tells it, too."""
    order = received()
    open_question(order, CaseKind.ENQUIRY, "怎么洗", by=by, now=WED)
    article, case = written(by), newest()
    said = Contacted("wangwang", frozenset(), "怎么洗")
    act = send_article(order, article, case=case, by=by, now=WED, contact=said)
    assert act.summary == f"发使用说明《亚麻怎么洗》（{case.number}）"
    assert "不要烘干" in act.say["values"]["body"]
    assert Contact.objects.filter(order=order, about="send_article", act=act.id).count() == 1
    assert case.history.filter(history_change_reason=act.id).exists()


@pytest.mark.sqlite
def test_from_the_senior_who_writes_it_to_the_customer(
    agent_client: Client, by: Actor, django_assert_max_num_queries: Any
) -> None:
    """Offered where the product fits and beside the enquiry; one press more than a copy."""
    order, senior = received(), client("senior")
    open_question(order, CaseKind.ENQUIRY, "怎么洗", by=by, now=WED)
    case, url = newest(), reverse("new-article")
    assert agent_client.get(url).status_code == 403
    assert "没有" in agent_client.get(reverse("articles")).content.decode()
    typed = fields(senior.get(url).content.decode())
    assert senior.post(url, typed).status_code == 422
    typed |= {"title": "亚麻怎么洗", "body": "<b>30 度</b>手洗", "styles": style_of(order)}
    senior.post(url, typed | {"kinds": ["enquiry"]})
    article = Article.objects.get()
    assert "&lt;b&gt;30 度" in agent_client.get(article.get_absolute_url()).content.decode()
    send = reverse("send-article", args=[order.order_no, article.pk])
    for row in (order, case):
        assert send in agent_client.get(row.get_absolute_url()).content.decode()
    with django_assert_max_num_queries(8):
        found = agent_client.get(f"{reverse('articles')}?q=亚麻&order={order.order_no}")
    assert send in found.content.decode()
    page = agent_client.get(f"{send}?case={case.number}").content.decode()
    answer = agent_client.post(send, fields(page) | {"channel": "qq"})
    assert "亚麻怎么洗" in agent_client.get(answer["Location"]).content.decode()
    assert "发使用说明" in agent_client.get(case.get_absolute_url()).content.decode()
    edit = reverse("edit-article", args=[article.pk])
    typed = fields(senior.get(edit).content.decode()) | {"body": "可以机洗"}
    senior.post(edit, typed)
    late = senior.post(edit, typed | {"token": "00000000-0000-4000-8000-000000000001"})
    assert late.status_code == 409
    assert "您写的还在" in late.content.decode()
    form = fields(page) | {"token": "00000000-0000-4000-8000-000000000002"}
    senior.post(reverse("withdraw-article", args=[article.pk]), form)
    assert do(agent_client, "note", order, text="x").status_code == 302
    assert send not in agent_client.get(order.get_absolute_url()).content.decode()
