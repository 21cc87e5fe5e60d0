"""What the tests of the search share: one order with every key among others, and the box."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from django.utils import timezone

from core.acts import TIMER, act_on
from orders.factories import BuyerFactory, OrderFactory
from orders.models import BuyerAccount, Hold, Order
from orders.words import AccountKind
from staff.factories import UserFactory

NO = "G2611230001"
PLATFORM = "35153131473290001"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def sign_in(client: Client) -> Any:
    """An agent, signed in."""
    user = UserFactory.create()
    client.force_login(user)
    return user


def the_order() -> Order:
    """One order with every key, among others that have none of them."""
    others(3)
    buyer = BuyerFactory.create(wangwang="清风明月")
    BuyerAccount.objects.create(buyer=buyer, kind=AccountKind.QQ.value, account="30998721")
    return OrderFactory.create(
        order_no=NO,
        platform_no=PLATFORM,
        buyer=buyer,
        consignee="陈建生",
        mobile="13800138000",
        telephone="0755-83901234",
        carrier="YTO",
        waybill="YT8962646785389",
        state="shipped",
    )


def others(count: int, **values: Any) -> list[Order]:
    return [
        OrderFactory.create(consignee="王小明", mobile="15912345678", **values)
        for _ in range(count)
    ]


def hold(order: Order, kind: str) -> Hold:
    with act_on("seed", [], by=TIMER):
        return Hold.objects.create(
            order=order, kind=kind, reason="等", by_name="系统", opened_at=timezone.now()
        )


def ask(client: Client, text: str) -> Any:
    """Type into the box and send it, as the browser does."""
    return client.post("/orders", {"q": text}, follow=True)


def found(client: Client, text: str, **filters: str) -> list[str]:
    """The numbers on the page, or the order that opened at once."""
    sent = client.post("/orders", {"q": text})
    page = client.get(sent.headers["Location"], {**address(sent), **filters})
    if page.status_code == 302:
        return [page.headers["Location"].rsplit("/", 1)[-1]]
    return [row.order_no for row in page.context["found"].page.rows]


def address(sent: Any) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(sent.headers["Location"]).query).items()}
