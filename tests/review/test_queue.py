"""The review queue: most urgent first, reasons as chips, passed one by one or together (2.b)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.acts import Actor
from desk.queues import counted
from orders.factories import OrderFactory, ShopFactory
from orders.models import Claim, Hold, Order
from orders.services.calls import ask_buyer
from orders.services.claims import take
from orders.services.release_due import review_due
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from tests.acts.pages import do, fields, page_of, send

pytestmark = pytest.mark.django_db


def doubtful(**values: Any) -> Order:
    now = timezone.now()
    order: Order = OrderFactory.create(**{"buyer_message": "周五再发", "review_at": now} | values)
    review_due(now)
    order.refresh_from_db()
    return order


def text(answer: Any) -> str:
    return str(answer.content.decode())


def numbers(answer: Any) -> list[str]:
    return [order.order_no for order in answer.context["page"].rows]


def client_of(**values: Any) -> Client:
    client = Client()
    client.force_login(UserFactory.create(**values))
    return client


def test_the_most_urgent_comes_first_and_an_expedited_one_before_it(agent_client: Client) -> None:
    now = timezone.now()
    calm = doubtful(ship_by=now + timedelta(hours=9))
    urgent = doubtful(ship_by=now + timedelta(hours=1))
    first = doubtful(ship_by=now + timedelta(hours=20), expedited=True)
    answer = agent_client.get(reverse("review"))
    assert numbers(answer) == [first.order_no, urgent.order_no, calm.order_no]
    assert "周五再发" in text(answer)


def test_a_filter_stands_in_the_address(agent_client: Client) -> None:
    message, place = doubtful(), doubtful(buyer_message="", street="")
    assert numbers(agent_client.get("/review?what=address")) == [place.order_no]
    assert numbers(agent_client.get("/review?what=message")) == [message.order_no]
    assert len(numbers(agent_client.get("/review?what=nonsense"))) == 2
    assert "没有要审的订单" in text(agent_client.get("/review?what=blocked"))


def test_only_the_shops_that_one_works_for() -> None:
    doubtful()
    mine = doubtful(shop=ShopFactory.create(code="jd1", channel="jd"))
    client = client_of(role="agent", shop_codes=["jd1"])
    assert numbers(client.get("/review")) == [mine.order_no]
    assert numbers(client.get("/review?shop=tb1")) == [mine.order_no], "a foreign shop says nothing"


def test_the_queue_asks_a_fixed_number_of_queries(
    agent_client: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(8):
        doubtful(street="")
    with django_assert_max_num_queries(12):
        assert len(numbers(agent_client.get("/review"))) == 8


def test_the_header_counts_it(agent: User) -> None:
    doubtful()
    assert [(q.label, q.count) for q in counted(agent)[0]][:2] == [("审单", "1"), ("待联系", "0")]


def test_an_altered_page_address_leads_to_the_first_page(agent_client: Client) -> None:
    assert agent_client.get("/review?page=nonsense")["Location"] == "/review"


# Passing


def test_the_page_asks_a_reason_for_each_hit_and_says_what_cannot_be_passed(
    agent_client: Client,
) -> None:
    order = doubtful(street="", lines_unclear="两种合在一格")
    shown = text(agent_client.get(reverse("pass-review", args=[order.order_no])))
    assert 'name="why_message"' in shown
    assert 'name="why_address"' not in shown
    assert "要由资深客服或主管放行" in shown
    assert "在订单上确认商品明细" in shown


def test_passed_and_released_in_one_step(agent_client: Client) -> None:
    order = doubtful()
    answer = do(agent_client, "pass-review", order, why_message="已看，照常发")
    assert answer.status_code == 302
    order.refresh_from_db()
    assert order.released_at
    assert order.hits.get().passed_why == "已看，照常发"
    shown = text(agent_client.get(answer.url))
    assert "已放行" in shown
    assert "已看，照常发" in shown


def test_one_may_pass_and_not_release_yet(agent_client: Client) -> None:
    order = doubtful()
    do(agent_client, "pass-review", order, why_message="已看", hold_back="on")
    order.refresh_from_db()
    assert (order.released_at, order.review_by) == (None, None)


def test_without_a_reason_the_form_says_so(agent_client: Client) -> None:
    answer = do(agent_client, "pass-review", doubtful())
    assert answer.status_code == 422
    assert "至少一条要写明" in text(answer)


def test_a_conflict_keeps_what_was_typed(agent_client: Client) -> None:
    order = doubtful()
    data = page_of(agent_client, "pass-review", order)
    Order.objects.filter(pk=order.pk).update(version=5)
    answer = send(agent_client, "pass-review", order, data, why_message="已看")
    assert answer.status_code == 409
    assert 'value="已看"' in text(answer)


def test_done_from_the_queue_one_comes_back_to_it_with_its_filter(agent_client: Client) -> None:
    order = doubtful()
    back = {"back": "what=message&shop=tb1", "why_message": "已看"}
    answer = do(agent_client, "pass-review", order, **back)
    assert answer.url == "/review?what=message&shop=tb1"
    order = doubtful()
    answer = do(agent_client, "pass-review", order, back="//evil.example/?x", why_message="已看")
    assert answer.url == "/review"


def test_a_row_leads_to_what_helps(agent_client: Client) -> None:
    """To the buyer's orders that go in one parcel, to a split, to the goods that are unclear."""
    two = [(SkuFactory.create(), 2)]
    first = OrderFactory.create(lines=two, buyer_message="尽快", review_at=timezone.now())
    other = doubtful(buyer=first.buyer, mobile=first.mobile)
    unclear = doubtful(buyer_message="", lines_unclear="两种合在一格")
    rows = {row.pk: row for row in agent_client.get("/review").context["page"].rows}
    found = {row.pk: [hit.mend.verb for hit in row.open_hits if hit.mend] for row in rows.values()}
    assert found[first.pk] == ["split_order", "merge_orders"]
    assert found[other.pk] == ["merge_orders"], "one piece cannot be split"
    assert found[unclear.pk] == ["confirm_lines"]
    assert f'href="{reverse("merge-orders", args=[first.order_no])}?back=list"' in text(
        agent_client.get("/review")
    )


def test_merged_from_the_queue_one_comes_back_to_it(agent_client: Client) -> None:
    first = doubtful()
    other = doubtful(buyer=first.buyer, mobile=first.mobile)
    url = reverse("merge-orders", args=[first.order_no]) + "?back=what%3Dmerge"
    data = fields(text(agent_client.get(url)))
    assert data["orders"] == other.order_no
    answer: Any = send(agent_client, "merge-orders", first, data)
    assert answer.url == "/review?what=merge"
    assert "已合单" in text(agent_client.get(answer.url))
    other.refresh_from_db()
    assert other.merged_into_id == first.pk


def test_where_nothing_can_be_passed_the_accent_is_what_helps(agent_client: Client) -> None:
    order = doubtful(buyer_message="", lines_unclear="两种合在一格")
    assert agent_client.get(order.get_absolute_url()).context["main"].verb == "confirm_lines"
    order = doubtful(lines_unclear="两种合在一格")
    assert agent_client.get(order.get_absolute_url()).context["main"].verb == "pass_review"


def test_all_shown_are_looked_at_first_and_each_answers(agent_client: Client) -> None:
    """Screens 17."""
    easy, hard = doubtful(), doubtful(buyer_message="", lines_unclear="两种合在一格")
    rows = {"act": "pass_review", "no": [easy.order_no, hard.order_no]}
    preview = text(agent_client.get(reverse("bulk"), rows))
    assert "买家留言" in preview
    assert "明细待确认" in preview
    token = re.search(r'name="token" value="([^"]+)"', preview)
    assert token is not None
    done = agent_client.post(
        reverse("bulk"), rows | {"confirm": "1", "why": "都看过", "token": token[1]}
    )
    shown = text(agent_client.get(done["Location"]))
    assert "做了 1 单" in shown
    assert "商品明细没有确认" in shown


# The order page, claims, the call list


def test_the_order_page_shows_what_was_found_and_offers_to_pass_it(agent_client: Client) -> None:
    order = doubtful()
    answer = agent_client.get(order.get_absolute_url())
    assert answer.context["situation"].headline == "审单：买家留言"
    assert answer.context["main"].verb == "pass_review"
    assert "周五再发" in text(answer)


def test_who_took_a_row_is_shown_and_nobody_else_takes_it(
    agent: User, agent_client: Client
) -> None:
    order = doubtful()
    other = client_of(role="senior", full_name="李雷")
    page = text(other.get("/review"))
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    answer = other.post(reverse("claim", args=[order.order_no]), {"token": token[1]})
    assert answer["Location"].startswith(reverse("pass-review", args=[order.order_no]))
    assert "李雷在看" in text(agent_client.get("/review"))
    mine = agent_client.post(
        reverse("claim", args=[order.order_no]), {"token": token[1][:-4] + "abcd"}, follow=True
    )
    assert "李雷正在处理这一单" in text(mine)


def test_a_claim_ends_by_itself(agent: User) -> None:
    order, now = doubtful(), timezone.now()
    take(order, "review", by=Actor.person(UserFactory.create()), now=now - timedelta(minutes=16))
    take(order, "review", by=Actor.person(agent), now=now)
    assert Claim.objects.get().by == agent


def test_a_doubtful_order_goes_to_the_call_list_and_leaves_the_queue(agent_client: Client) -> None:
    order = doubtful()
    answer = do(agent_client, "ask-buyer", order, reason="问尺码", back="list")
    assert answer.url == "/review"
    assert numbers(agent_client.get("/review")) == []
    hold = Hold.objects.get(order=order)
    assert (hold.kind, hold.cause, hold.reason) == ("review", "call", "问尺码")
    assert "问尺码" in text(agent_client.get("/calls"))
    again = do(agent_client, "ask-buyer", OrderFactory.create(), reason="问颜色")
    assert again.status_code == 302


def test_asking_twice_is_refused(agent: User, agent_client: Client) -> None:
    order = doubtful()
    ask_buyer(order, "问尺码", by=Actor.person(agent), now=timezone.now())
    shown = text(agent_client.get(reverse("ask-buyer", args=[order.order_no])))
    assert "已经在待联系里了" in shown


# In the browser


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_the_keyboard_alone_passes_an_order(page: Page, signed_in: Any, agent: User) -> None:
    first, second = doubtful(), doubtful()
    signed_in(page, agent).goto("/review")
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.locator("#dialog textarea, #dialog input[name=why_message]")).to_be_visible()
    page.locator("#dialog input[name=why_message]").fill("已看")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{first.order_no} 已放行")).to_be_visible()
    assert page.url.endswith("/review")
    expect(page.get_by_role("link", name=second.order_no, exact=True)).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("转待联系")
