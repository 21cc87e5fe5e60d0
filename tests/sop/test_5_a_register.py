"""SOP 5.a: telephone, e-mail, fax and own-shop orders are registered in one place, one check."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.acts import Actor
from core.models import Act
from core.verdict import Refused
from orders.factories import BuyerFactory, OrderFactory, ShopFactory
from orders.models import Buyer, Order, Shop
from orders.policy import Contacted, Receiving
from orders.services.register import NewOrder, register_order
from orders.words import AccountKind, Channel, Delivery
from staff.factories import UserFactory
from stock.factories import SkuFactory
from stock.models import Sku
from tests.acts.pages import fields

NOW = timezone.now()
HOME = Receiving("陈建生", "13800138000", "", "广东省", "深圳市", "福田区", "农园路66号")
CALLED = Contacted("telephone", said="要开发票")
URL = "/orders/register"


@pytest.fixture
def shop(db: None) -> Shop:
    return ShopFactory.create(code="tel", name="电话订购", channel=Channel.TELEPHONE.value)


@pytest.fixture
def shirt(db: None) -> Sku:
    return SkuFactory.create(style_no="A2031", colour="藏青", size="L", price="159.00")


def register(new: NewOrder, by: Actor) -> Order:
    act = register_order(new, by=by, now=NOW, contact=CALLED)
    return Order.objects.get(order_no=act.order_no)


def test_it_gets_a_number_lines_money_and_a_first_line_in_its_timeline(
    shop: Shop, shirt: Sku, by: Actor
) -> None:
    new = NewOrder(shop, [(shirt, 2)], HOME, freight=Decimal("10.00"), discount=Decimal("18.00"))
    order = register(new, by)
    assert order.order_no.startswith(f"G{timezone.localdate(NOW):%y%m%d}")
    assert (order.platform_no, order.state) == (order.order_no, "unpaid")
    assert (order.goods_total, order.due) == (Decimal("300.00"), Decimal("310.00"))
    assert order.lines.get().amount == Decimal("300.00")
    assert order.mobile_tail == "8000"
    act = Act.objects.get(order_no=order.order_no)
    assert (act.verb, act.clause, act.channel) == ("register_order", "5.a", "telephone")
    assert order.contacts.get().act == act.id


def test_the_account_finds_its_buyer(shop: Shop, shirt: Sku, by: Actor) -> None:
    buyer = BuyerFactory.create(wangwang="tb_chen88")
    kind = AccountKind.WANGWANG
    order = register(NewOrder(shop, [(shirt, 1)], HOME, account_kind=kind, account="tb_chen88"), by)
    assert (order.buyer, Buyer.objects.count()) == (buyer, 1)


def test_an_account_nobody_knows_is_a_new_buyers(shop: Shop, shirt: Sku, by: Actor) -> None:
    first = register(NewOrder(shop, [(shirt, 1)], HOME, account="30998721"), by)
    second = register(NewOrder(shop, [(shirt, 1)], HOME, account="30998721"), by)
    assert first.buyer == second.buyer is not None


def test_a_bad_address_comes_in_with_a_review_hold_like_an_import(
    shop: Shop, shirt: Sku, by: Actor
) -> None:
    nowhere = Receiving("陈建生", "13800138000", "", "广东省", "深圳市", "福田区", "")
    hold = register(NewOrder(shop, [(shirt, 1)], nowhere), by).holds.get()
    assert (hold.kind, hold.cause) == ("review", "address")


def test_pick_up_needs_no_address(shop: Shop, shirt: Sku, by: Actor) -> None:
    nowhere = Receiving("陈建生", "13800138000", "", "", "", "", "")
    order = register(NewOrder(shop, [(shirt, 1)], nowhere, delivery=Delivery.PICKUP), by)
    assert not order.holds.exists()


def test_a_blocked_buyers_order_waits_for_a_review(shop: Shop, shirt: Sku, by: Actor) -> None:
    BuyerFactory.create(wangwang="tb_bad", blocked=True, blocked_why="恶意退货")
    kind = AccountKind.WANGWANG
    order = register(NewOrder(shop, [(shirt, 1)], HOME, account_kind=kind, account="tb_bad"), by)
    assert "恶意退货" in order.holds.get().reason


def test_their_number_is_registered_once(shop: Shop, shirt: Sku, by: Actor) -> None:
    register(NewOrder(shop, [(shirt, 1)], HOME, their_no="PO-7"), by)
    with pytest.raises(Refused, match="已经登记过"):
        register(NewOrder(shop, [(shirt, 1)], HOME, their_no="PO-7"), by)


def test_a_platforms_shop_takes_imports_only(shirt: Sku, by: Actor) -> None:
    with pytest.raises(Refused, match="由平台导入"):
        register(NewOrder(ShopFactory.create(), [(shirt, 1)], HOME), by)


# On the screen


def typed(shop: Shop, **more: Any) -> dict[str, Any]:
    return {
        "shop": shop.pk,
        "consignee": "陈建生",
        "mobile": "13800138000",
        "province": "广东省",
        "city": "深圳市",
        "district": "福田区",
        "street": "农园路66号",
        "new0-find": "A2031",
        "new0-quantity": "2",
        **more,
    }


@pytest.fixture
def form(agent_client: Client, shop: Shop, shirt: Sku) -> dict[str, Any]:
    return fields(agent_client.get(URL).content.decode()) | typed(shop)


def test_an_order_is_registered_and_shown(agent_client: Client, form: dict[str, Any]) -> None:
    answer = agent_client.post(URL, form)
    assert answer.status_code == 302
    html = agent_client.get(answer["Location"]).content.decode()
    assert "已经登记好了，应付 318.00 元" in html


def test_twice_the_same_form_is_one_order(agent_client: Client, form: dict[str, Any]) -> None:
    first, second = agent_client.post(URL, form), agent_client.post(URL, form)
    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_the_buyers_earlier_orders_are_shown(agent_client: Client, form: dict[str, Any]) -> None:
    earlier = OrderFactory.create(buyer_account="30998721", consignee="陈建生")
    answer = agent_client.post(URL, form | {"account": "30998721", "lookup": "1"})
    html = answer.content.decode()
    assert earlier.order_no in html
    assert "陈*生" in html
    assert Order.objects.count() == 1


def test_a_pasted_address_is_split(agent_client: Client, form: dict[str, Any]) -> None:
    pasted = {"paste": "林秀英 13912345678 浙江省杭州市西湖区文三路478号", "split": "1"}
    html = agent_client.post(URL, form | pasted).content.decode()
    assert 'value="林秀英"' in html
    assert 'value="A2031"' in html


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"mobile": "123"}, "不像能打通的电话"),
        ({"new0-find": ""}, "至少要有一种商品"),
        ({"new0-find": "没有"}, "没有找到"),
        ({"discount": "400"}, "优惠不能比货款多"),
        ({"street": ""}, "请填详细地址"),
        ({"city": "长春市"}, 'aria-invalid="true"'),
        ({"token": "x"}, "这个页面已经不完整了"),
    ],
)
def test_what_is_wrong_is_422_and_says_so(
    agent_client: Client, form: dict[str, Any], wrong: dict[str, str], said: str
) -> None:
    answer = agent_client.post(URL, form | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Order.objects.exists()


def test_the_amount_is_shown_before_it_is_done(agent_client: Client, form: dict[str, Any]) -> None:
    answer = agent_client.post(
        URL, form | {"preview": "1", "freight": "12"}, headers={"HX-Request": "true"}
    )
    assert "应付 330.00 元" in answer.content.decode()


def test_another_shops_people_do_not_see_it(shop: Shop, form: dict[str, Any]) -> None:
    client = Client()
    client.force_login(UserFactory.create(shop_codes=["tb1"]))
    assert "没有可以登记的店铺" in client.get(URL).content.decode()
    assert client.post(URL, form).status_code == 422
