"""A shift without JavaScript: everything at the desk works by plain forms (screens 28)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from core.models import Job
from orders.factories import OrderFactory
from staff.factories import UserFactory
from stock.factories import SkuFactory
from tests.conftest import NewPage, SignedIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]
DONE = re.compile(r"\?done=")


@pytest.fixture
def plain(new_page: NewPage) -> Page:
    """A browser that runs no script."""
    return new_page(java_script_enabled=False)


def test_an_agents_shift(plain: Page) -> None:
    agent = UserFactory.create(username="wangfang", full_name="王芳")
    agent.set_password("gendan-demo")
    agent.save()
    shirt = SkuFactory.create(style_no="A2031", colour="藏青", size="L", price="159.00")
    SkuFactory.create(style_no="A2010", name="棉布衬衫", colour="白", size="L", price="129.00")
    order = OrderFactory.create(order_no="G2611230001", lines=[(shirt, 1)])
    OrderFactory.create(order_no="G2611230002", lines=[(shirt, 1)], consignee="林小明")

    plain.goto("/sign-in")
    plain.fill("#id_username", "wangfang")
    plain.fill("#id_password", "gendan-demo")
    plain.get_by_role("button", name="登录").click()
    _search_and_open(plain)
    _show_personal(plain)
    _modify_receiving(plain)
    _swap_downward(plain)
    _note(plain)
    plain.locator(".situation").get_by_role("link", name="审单放行").click()
    for why in plain.locator("#act-form input[type=text], #act-form textarea").all():
        why.fill("备注看过，照办")
    plain.locator(".foot .main").click()
    expect(plain).to_have_url(DONE)
    expect(plain.locator(".situation")).to_contain_text("已下发仓库，等配货")
    order.refresh_from_db()
    assert (order.consignee, order.city) == ("林秀英", "杭州市")
    assert order.owed_back == 30
    assert order.released_at


def _search_and_open(plain: Page) -> None:
    expect(plain.get_by_role("heading", level=1)).to_contain_text("王芳")
    plain.goto("/orders")
    plain.get_by_label("状态", exact=True).select_option("paid")
    plain.get_by_role("button", name="筛选", exact=True).click()
    expect(plain.locator("a.num")).to_have_count(2)
    plain.fill("#q", "陈建生")
    plain.keyboard.press("Enter")
    expect(plain).to_have_url(re.compile("/orders/G2611230001$"))


def _show_personal(plain: Page) -> None:
    plain.get_by_role("link", name="显示").click()
    plain.get_by_role("button", name="核对身份").click()
    expect(plain.locator("#address")).to_contain_text("农园路66号")


def _modify_receiving(plain: Page) -> None:
    plain.get_by_role("link", name="修改收货信息").click()
    plain.fill("#id_paste", "林秀英 13912345678 浙江省杭州市西湖区文三路478号")
    plain.get_by_role("button", name="分栏").click()
    expect(plain.locator("#id_consignee")).to_have_value("林秀英")
    plain.locator(".foot .main").click()
    expect(plain.locator(".sentence")).to_contain_text("收货信息已经帮您改好了")


def _swap_downward(plain: Page) -> None:
    plain.get_by_role("link", name="修改商品").click()
    plain.locator("input[name$=find]").first.fill("A2010")
    plain.get_by_role("button", name="算差价").click()
    expect(plain.locator("#preview")).to_contain_text("应退差价 30.00 元")
    plain.locator("#act-do").click()
    expect(plain.locator(".sentence")).to_contain_text("便宜了 30.00 元")


def _note(plain: Page) -> None:
    plain.get_by_role("link", name="备注").click()
    plain.fill("#id_text", "周三前到")
    plain.locator(".foot .main").click()
    expect(plain.get_by_role("region", name="备注与关联")).to_contain_text("周三前到")


def test_an_unpaid_order_is_closed(plain: Page, signed_in: SignedIn) -> None:
    agent = UserFactory.create()
    order = OrderFactory.create(state="unpaid")
    signed_in(plain, agent).goto(order.get_absolute_url())
    plain.get_by_role("link", name="关闭订单").click()
    for key in ("订单号", "手机"):
        plain.get_by_role("checkbox", name=key).check()
    plain.locator(".foot .main").click()
    expect(plain.locator(".sentence")).to_contain_text("订单已经帮您关闭了")
    order.refresh_from_db()
    assert order.state == "closed"


def test_a_supervisor_exports(plain: Page, signed_in: SignedIn) -> None:
    supervisor = UserFactory.create(role="supervisor")
    OrderFactory.create()
    signed_in(plain, supervisor).goto("/orders?state=paid")
    plain.get_by_role("button", name="导出 CSV").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("导出")
    assert Job.objects.get(kind="export_orders").by == supervisor
