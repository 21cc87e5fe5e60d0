"""New contact: from the channel to the act's own page, filled in (SOP 1.1.b, 1.4.a)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales.kinds import KINDS
from orders.factories import OrderFactory
from orders.models import Contact
from tests.acts.pages import fields
from tests.aftersales import asking
from tests.aftersales.asking import back, newest

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def start(client: Client, text: str, channel: str = "qq") -> Any:
    return client.post(reverse("new-contact"), {"channel": channel, "q": text})


def test_the_key_that_found_the_order_has_agreed(agent_client: Client) -> None:
    """One hit goes straight on; what was typed stands in no address."""
    order = OrderFactory.create(consignee="陈晓生", mobile="13812345678")
    for text, agreed in (
        (order.order_no, ["order_no"]),
        ("13812345678", ["mobile"]),
        ("陈晓生", ["consignee"]),
        ("5678", None),
    ):
        went = urlsplit(start(agent_client, text)["Location"])
        assert went.path == reverse("contact-order", args=[order.order_no])
        assert parse_qs(went.query).get("identity") == agreed, text
        assert text == order.order_no or text not in went.query
    assert start(agent_client, "", "qq").status_code == 422
    assert start(agent_client, "1", "pigeon").status_code == 422


def test_several_orders_are_told_apart_by_their_goods(agent_client: Client) -> None:
    orders = [OrderFactory.create(consignee="陈晓生") for _ in range(3)]
    went = start(agent_client, "陈晓生")["Location"]
    assert "陈晓生" not in went
    html = agent_client.get(went).content.decode()
    for order in orders:
        assert f"{reverse('contact-order', args=[order.order_no])}?channel=qq" in html
    assert 'data-key="3"' in html
    assert (
        "没有查到订单"
        in agent_client.get(start(agent_client, "没这人")["Location"]).content.decode()
    )


def test_each_answer_is_the_rooms_own_offer(
    agent_client: Client, django_assert_max_num_queries: Any
) -> None:
    """What cannot be done stands below with reason, clause and sentence."""
    order = OrderFactory.create(
        state="shipped", waybill="YT1234567890", handed_over_at=timezone.now()
    )
    with django_assert_max_num_queries(12):
        html = agent_client.get(reverse("contact-order", args=[order.order_no])).content.decode()
    for kind in KINDS.values():
        assert not kind.page or reverse(kind.page, args=[order.order_no]) in html
    can, cannot = html.index("收到了，要退货"), html.index("改收货人、电话、地址")
    assert can < cannot
    for text in ("现在办不了", "SOP 1.1.c", "告知买家"):
        assert text in html[cannot:]
    assert Client().get(reverse("new-contact")).status_code == 302


def test_the_acts_page_knows_channel_and_identity(agent_client: Client) -> None:
    order = OrderFactory.create(state="unpaid", paid=0)
    known = "channel=qq&identity=order_no&identity=mobile&identity=nonsense"
    url = f"{reverse('close-order', args=[order.order_no])}?{known}"
    typed = fields(agent_client.get(url).content.decode())
    assert typed["channel"] == "qq"
    html = agent_client.get(url).content.decode()
    assert html.count(" checked") == 2
    agent_client.post(url, typed | {"identity": ["order_no", "mobile"]})
    kept = Contact.objects.get()
    assert (kept.channel, kept.identity) == ("qq", ["mobile", "order_no"])


def test_an_open_case_is_gone_on_with(agent_client: Client, by: Any) -> None:
    order = asking.received(received_at=timezone.now() - timedelta(days=2))
    case = asking.opened(order, by, back(order, "quality"), now=timezone.now())
    html = agent_client.get(reverse("contact-order", args=[order.order_no])).content.decode()
    assert html.index("接着办退货") < html.index("收到了，要退货")
    assert newest().get_absolute_url() in html
    assert case.number in html
