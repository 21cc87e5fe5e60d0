"""Whatever is typed or forged: 302, 409 or 422, never 500; and no field that the form has not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from orders.words import Channel, OrderState
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from tests.acts.pages import fields, show_personal
from tests.acts.test_pages_open import PAGES

# Fields of an order that no form on these pages writes (failure mode 24).
FORGED = {
    "state": "completed",
    "paid": "0.01",
    "due": "0",
    "shop": "999",
    "shop_id": "999",
    "order_no": "G1",
    "version": "99",
    "buyer": "1",
    "released_at": "2026-01-01",
    "topped_up": "500",
    "refund_reserved": "1",
    "is_top_up": "1",
    "platform_no": "X",
}
MONEY = ("state", "paid", "due", "shop_id", "order_no", "buyer_id", "topped_up", "platform_no")

text = st.one_of(
    st.sampled_from(
        ["", "0", "-1", "1", "1e400", "NaN", "9" * 30, "2026-11-25", "\x00", "on", "true", "A2031"]
    ),
    st.sampled_from(["G2611010001", "import:lines", "theirs", "customer", "SF", "pickup", "qq"]),
    st.text(max_size=40),
    st.text("<>&'\"/\\%{}；，　０１２Ａ\n\t", max_size=20),
)


class TestTyped(TestCase):
    """Random values in every field of every page."""

    @settings(max_examples=120, deadline=None)
    @given(data=st.data())
    def test_no_page_answers_500(self, data: st.DataObject) -> None:
        owner = UserFactory.create(role="owner")
        order = self.an_order(data.draw(st.sampled_from(OrderState)), owner)
        name = data.draw(st.sampled_from(PAGES))
        client = Client()
        client.force_login(owner)
        url = reverse(name, args=[order.order_no])
        html = client.get(url).content.decode()
        form: dict[str, Any] = fields(html) if 'id="act-form"' in html else {"token": "x"}
        typed = data.draw(
            st.dictionaries(st.sampled_from(sorted({*form, "asked", "preview", "split"})), text)
        )
        answer = client.post(url, form | typed)
        assert answer.status_code in (200, 302, 409, 422), (name, typed)

    @settings(max_examples=40, deadline=None)
    @given(data=st.data())
    def test_nor_does_registering(self, data: st.DataObject) -> None:
        owner = UserFactory.create(role="owner")
        ShopFactory.create(code="tel", channel=Channel.TELEPHONE.value)
        if not Order.objects.exists():
            SkuFactory.create(style_no="A2031", code=f"c{owner.pk}")
        client = Client()
        client.force_login(owner)
        form = fields(client.get("/orders/register").content.decode())
        good = {
            "consignee": "陈建生",
            "mobile": "13800138000",
            "province": "广东省",
            "city": "深圳市",
            "district": "福田区",
            "street": "农园路66号",
            "new0-find": "A2031",
        }
        keys = sorted({*form, *good, "more", "split", "lookup", "rows"})
        typed = data.draw(st.dictionaries(st.sampled_from(keys), text, max_size=6))
        answer = client.post("/orders/register", form | good | typed)
        assert answer.status_code in (200, 302, 409, 422), typed

    def an_order(self, state: OrderState, owner: User) -> Order:
        order = OrderFactory.create(state=state)
        show_personal(owner, order)
        return order


@pytest.mark.parametrize("name", PAGES)
def test_fields_that_the_form_does_not_have_change_nothing(db: None, name: str) -> None:
    owner, order = UserFactory.create(role="owner"), OrderFactory.create()
    show_personal(owner, order)
    client = Client()
    client.force_login(owner)
    url = reverse(name, args=[order.order_no])
    before = Order.objects.values(*MONEY).get(pk=order.pk)
    html = client.get(url).content.decode()
    form = fields(html) if 'id="act-form"' in html else {}
    answer = client.post(url, FORGED | form)
    assert answer.status_code in (200, 302, 409, 422)
    assert Order.objects.values(*MONEY).get(pk=order.pk) == before


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_post_is_422_or_refused_and_says_so(db: None, name: str) -> None:
    owner, order = UserFactory.create(role="owner"), OrderFactory.create()
    client = Client()
    client.force_login(owner)
    answer = client.post(reverse(name, args=[order.order_no]))
    assert answer.status_code == 422
