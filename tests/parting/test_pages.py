"""The pages of splitting and merging, with and without a script (SOP 1.3.d, 2.b)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from orders.factories import BuyerFactory, OrderFactory
from orders.models import Order
from orders.selectors.reviewing import review_facts
from stock.factories import SkuFactory
from tests.acts.pages import do, page_of, send
from warehouse.models import Parcel
from warehouse.selectors.stations import notes_for

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "preview"}


@pytest.fixture
def order() -> Order:
    shirt, belt = SkuFactory.create(price="100.00"), SkuFactory.create(price="20.00")
    return OrderFactory.create(
        buyer=BuyerFactory.create(), mobile="13800138000", lines=[(shirt, 1), (belt, 2)]
    )


@pytest.fixture
def other(order: Order) -> Order:
    return OrderFactory.create(buyer=order.buyer, mobile=order.mobile)


def belt(order: Order) -> str:
    line = order.lines.last()
    assert line is not None
    return f"go-{line.pk}"


def test_the_order_page_offers_both(agent_client: Client, order: Order) -> None:
    html = agent_client.get(order.get_absolute_url()).content.decode()
    assert reverse("split-order", args=[order.order_no]) in html
    assert reverse("merge-orders", args=[order.order_no]) in html
    assert "撤销合单" not in html


def test_what_goes_is_previewed_and_then_done(agent_client: Client, order: Order) -> None:
    data = page_of(agent_client, "split-order", order) | {belt(order): "1", "preview": "1"}
    url = reverse("split-order", args=[order.order_no])
    shown = agent_client.post(url, data, headers=HTMX).content.decode()
    assert "<html" not in shown
    assert "120.00" in shown
    assert "20.00" in shown
    assert Order.objects.count() == 1
    answer = send(agent_client, "split-order", order, data | {"why": "先发有货的"}, preview="")
    assert answer.status_code == 200  # a preview without a script is the whole page
    del data["preview"]
    answer = send(agent_client, "split-order", order, data)
    assert answer.status_code == 302
    second = Order.objects.get(part=1)
    html = agent_client.get(answer["Location"]).content.decode()
    assert f'拆出 <a href="{second.get_absolute_url()}">' in html
    html = agent_client.get(second.get_absolute_url()).content.decode()
    assert f'拆自 <a href="{order.get_absolute_url()}">' in html


def test_nothing_chosen_or_all_is_told(agent_client: Client, order: Order) -> None:
    answer = do(agent_client, "split-order", order)
    assert answer.status_code == 409
    assert "还没有选拆出去的商品" in answer.content.decode()
    answer = do(agent_client, "split-order", order, **{belt(order): "9"})
    assert answer.status_code == 422
    answer = do(agent_client, "split-order", order, hold="customer", **{belt(order): "1"})
    assert answer.status_code == 422
    assert "挂起要写原因" in answer.content.decode()


def test_the_second_waits_for_the_customer(agent_client: Client, order: Order) -> None:
    typed = {belt(order): "2", "hold": "customer", "why": "腰带颜色明天定"}
    assert do(agent_client, "split-order", order, **typed).status_code == 302
    assert Order.objects.get(part=1).holds.get(state="open").reason == "腰带颜色明天定"


def test_candidates_are_shown_with_what_differs_and_why_not(
    agent_client: Client, order: Order, other: Order
) -> None:
    away = OrderFactory.create(buyer=order.buyer, mobile=order.mobile, street="莲花路1号")
    OrderFactory.create(buyer=order.buyer, state="shipped")
    html = agent_client.get(reverse("merge-orders", args=[order.order_no])).content.decode()
    assert f'value="{other.order_no}"' in html
    assert f'value="{away.order_no}"' not in html
    assert "详细地址不一样" in html


def test_ticked_orders_are_previewed_and_merged(
    agent_client: Client, order: Order, other: Order
) -> None:
    data = page_of(agent_client, "merge-orders", order) | {"orders": other.order_no}
    url = reverse("merge-orders", args=[order.order_no])
    shown = agent_client.post(url, data | {"preview": "1"}, headers=HTMX).content.decode()
    assert "合并以后" in shown
    answer = agent_client.post(url, data)
    assert answer.status_code == 302
    other.refresh_from_db()
    assert other.merged_into_id == order.pk
    html = agent_client.get(answer["Location"]).content.decode()
    assert "合并自" in html
    assert "撤销合单" in html
    html = agent_client.get(other.get_absolute_url()).content.decode()
    assert "已合并到" in html
    assert do(agent_client, "unmerge-orders", order).status_code == 302
    other.refresh_from_db()
    assert other.state == "paid"


def test_nothing_ticked_or_a_strangers_is_told(
    agent_client: Client, order: Order, other: Order
) -> None:
    data = page_of(agent_client, "merge-orders", order)
    assert data.pop("orders") == other.order_no, "what the review proposes is ticked"
    answer = send(agent_client, "merge-orders", order, data)
    assert answer.status_code == 422
    assert "请勾上要一起发的订单" in answer.content.decode()
    stranger = OrderFactory.create()
    answer = do(agent_client, "merge-orders", order, orders=stranger.order_no)
    assert answer.status_code == 422


def test_a_merge_that_is_over_says_so(agent_client: Client, order: Order) -> None:
    html = agent_client.get(reverse("unmerge-orders", args=[order.order_no])).content.decode()
    assert "没有合并过" in html
    html = agent_client.get(reverse("merge-orders", args=[order.order_no])).content.decode()
    assert "没有别的、已付款还没有下发的订单" in html


def test_the_candidates_cost_the_same_however_many(
    agent_client: Client, order: Order, django_assert_max_num_queries: object
) -> None:
    url = reverse("merge-orders", args=[order.order_no])
    counts = []
    for more in (1, 12):
        OrderFactory.create_batch(more, buyer=order.buyer, mobile=order.mobile)
        with django_assert_max_num_queries(30) as asked:  # type: ignore[operator]
            agent_client.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_its_buyer_wrote_goes_with_the_goods(agent_client: Client, order: Order) -> None:
    """On the order page, at the packing bench, and in the review of the one that is left."""
    wishes = {"buyer_message": "不要放驿站", "seller_memo": "送贺卡", "flag": "red"}
    other = OrderFactory.create(buyer=order.buyer, mobile=order.mobile, **wishes)
    do(agent_client, "merge-orders", order, orders=other.order_no)
    order.refresh_from_db()
    html = agent_client.get(order.get_absolute_url()).content.decode()
    assert f'不要放驿站 <span class="muted">合并自 {other.order_no}' in html
    assert f'送贺卡 <span class="muted">合并自 {other.order_no}' in html
    assert notes_for(Parcel(order=order)) == ["不要放驿站", "送贺卡"]
    (facts,) = review_facts([order])
    assert (facts.message, facts.memo, facts.flag) == ("不要放驿站", "送贺卡", "red")


def test_what_was_noted_on_a_merged_order_is_seen_on_the_one_that_is_left(
    agent_client: Client, order: Order, other: Order
) -> None:
    do(agent_client, "note", other, text="买家要礼盒")
    do(agent_client, "merge-orders", order, orders=other.order_no)
    assert "买家要礼盒" in agent_client.get(order.get_absolute_url()).content.decode()
