"""Before the parcel leaves: what may still be changed, and how the money goes back (1.1, 1.2)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from aftersales.models import Case
from orders.factories import OrderFactory
from refunds.models import Refund
from tests.browser.stories.house import House, fresh
from warehouse.factories import begun

pytestmark = pytest.mark.django_db(transaction=True)


def test_another_address_after_release(house: House) -> None:
    """SOP 1.1.e, 3.a: the warehouse stops the parcel, the address is changed, it leaves again."""
    order = house.order(released=True)
    begun(house.warehouse.user, timezone.now())
    house.agent.contact(order, "下发、发货以后要改", "手机")
    house.agent.types("要改成什么", "改到公司")
    house.agent.does_it()

    house.warehouse.opens("/warehouse/intercepts")
    house.warehouse.reads("改到公司")
    house.warehouse.presses(f"{order.order_no} 回答")
    house.warehouse.presses("拦下了")
    house.warehouse.reads("已拦下")
    house.time_goes_by()

    house.agent.opens(Case.objects.get())
    house.agent.presses("修改收货信息")
    house.agent.presses("核对身份")
    house.agent.types("粘贴", "林秀英 13912345678 浙江省杭州市西湖区文三路478号")
    house.agent.presses("分栏")
    house.agent.reads("已分栏")
    house.agent.does_it()
    house.agent.takes_up(Case.objects.get(), "改好了，重新下发")
    house.agent.does_it()
    house.agent.reads("已解决")
    house.sends(order)
    assert (fresh(order).state, fresh(order).city) == ("shipped", "杭州市")


def test_the_money_back_before_shipping(house: House) -> None:
    """SOP 1.2.c, 1.2.f, 1.5: asked for, told when, agreed to, paid back, closed."""
    order = house.order()
    house.agent.contact(order, "退款", "手机")
    house.agent.picks("真实原因", "买家不想要了")
    house.agent.does_it()
    house.agent.tells("1–2 个工作日")
    house.agrees(Refund.objects.get())
    house.agent.opens(order)
    house.agent.reads("已关闭", "已退款")


def test_unpaid_and_closed_and_wanted_after_all(house: House) -> None:
    """SOP 1.2.e: closed at once after the identity check; opened again, and paid."""
    order = OrderFactory.create(shop=house.shop, state="unpaid")
    house.agent.contact(order, "没付款，不要了", "手机")
    house.agent.does_it()
    house.agent.tells("订单已经帮您关闭了")
    house.agent.takes_up(order, "重新打开")
    house.agent.does_it()
    house.supervisor.takes_up(order, "登记付款")
    house.supervisor.picks("收款方式", "支付宝")
    house.supervisor.types("交易号", "2026112600001")
    house.supervisor.does_it()
    house.supervisor.reads("已付款")
