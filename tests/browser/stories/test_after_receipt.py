"""After receipt: goods come back for money, or for others (1.4)."""

from __future__ import annotations

import pytest

from aftersales.models import Case
from orders.models import Order
from refunds.models import Refund
from tests.browser.stories.house import House
from tests.refunds.asking import goods, paid_order

pytestmark = pytest.mark.django_db(transaction=True)


def asks(house: House, order: Order, wants: str, reason: str) -> Case:
    """The customer says what is wrong; the agent reads who pays, and writes it down."""
    house.agent.contact(order, wants, "手机")
    house.agent.picks("原因", reason)
    house.agent.reads("运费谁出")
    house.agent.does_it()
    return Case.objects.get()


def money(house: House, case: Case) -> None:
    """The agent asks for what was accepted, a supervisor agrees, the case ends by itself."""
    house.agent.takes_up(case, "退款")
    house.agent.does_it()
    house.agrees(Refund.objects.get())
    house.agent.opens(case)
    house.agent.reads("已解决：已退款")


def new_order(case: Case) -> Order:
    return case.orders.get(role="new").order


def test_a_size_that_does_not_fit_comes_back_for_the_money(house: House) -> None:
    """SOP 1.4.c to 1.4.e: the customer pays the parcel, and tells the waybill."""
    case = asks(house, house.arrived(), "收到了，要退货", "尺码不合适")
    house.agent.tells("寄回的运费由您承担")
    house.agent.takes_up(case, "填寄回运单号")
    house.agent.types("运单号", "YT8800112233")
    house.agent.does_it()
    house.comes_back(case)
    money(house, case)


def test_a_defect_comes_back_at_our_cost(house: House) -> None:
    """SOP 1.4.c: quality; the piece goes to the defects."""
    case = asks(house, house.arrived(), "收到了，要退货", "质量问题")
    house.comes_back(case, good=0, defect=1)
    money(house, case)
    assert case.lines.get().stocked


def test_an_exchange_is_topped_up_before_it_leaves(house: House) -> None:
    """SOP 1.4.e, 1.1.f: dearer by 15 and 12 freight; the new order waits until it is paid."""
    new, top_up = goods("75.00"), goods("27.00")
    order = house.arrived()
    house.agent.contact(order, "收到了，要换货", "手机")
    house.agent.types("款号 / 编码 / 条码", new.code)
    house.agent.picks("原因", "尺码不合适")
    house.agent.reads("请先补拍")
    house.agent.does_it()
    case = Case.objects.get()
    house.comes_back(case)
    house.agent.takes_up(case, "寄换货")
    house.agent.does_it()
    paid = paid_order(shop=house.shop, lines=[(top_up, 1)], is_top_up=True, buyer=order.buyer)
    house.agent.takes_up(new_order(case), "关联补差价")
    house.agent.types("或者填补差价订单号", paid.order_no)
    house.agent.does_it()
    house.time_goes_by()
    house.sends(new_order(case))
    house.time_goes_by()
    house.agent.opens(case)
    house.agent.reads("已解决：已补发或换货")


def test_our_mistake_is_made_good_before_the_goods_are_back(house: House) -> None:
    """SOP 1.4.c: a senior sends the right one at once; what was wrong comes back afterwards."""
    new, order = goods("60.00"), house.arrived()
    house.agent.contact(order, "收到了，要换货", "手机")
    house.agent.types("款号 / 编码 / 条码", new.code)
    house.agent.picks("原因", "发错货")
    house.agent.does_it()
    case = Case.objects.get()
    house.senior.takes_up(case, "先寄换货")
    house.senior.does_it()
    house.sends(new_order(case))
    house.comes_back(case)
    house.agent.takes_up(case, "换货办完")
    house.agent.does_it()
    house.agent.reads("已解决：已补发或换货")
