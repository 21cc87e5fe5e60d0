"""What is out of stock: the customer decides, one choice does it (1.3)."""

from __future__ import annotations

import pytest

from orders.models import Hold, Order
from refunds.models import Refund
from stock.factories import SkuFactory
from tests.browser.stories.house import House, fresh
from tests.refunds.asking import goods

pytestmark = pytest.mark.django_db(transaction=True)


def called(house: House, order: Order) -> None:
    """The agent takes the row of the call list; the customer is on the telephone."""
    hold = Hold.objects.get(order=order, kind="stock_out", state="open")
    house.agent.opens("/calls")
    house.agent.reads(order.order_no)
    house.agent.opens(f"{order.get_absolute_url()}/holds/{hold.pk}/call")
    house.agent.presses("登记买家决定")


def test_the_missing_part_is_refunded_and_the_rest_ships(house: House) -> None:
    """SOP 1.3.c, 1.5.b: split off and paid back, the reason on the platform is “other”."""
    gone = SkuFactory.create(price="60.00", on_hand=0)
    order = house.order((gone, 1), (goods("40.00"), 2))
    called(house, order)
    house.agent.chooses("退款")
    house.agent.chooses("有货的先发")
    house.agent.does_it()
    house.sends(order)
    refund = Refund.objects.get()
    house.agrees(refund)
    house.agent.opens(refund.order)
    house.agent.reads("已关闭", "缺货")
    assert (fresh(order).state, refund.amount) == ("shipped", 60)


def test_the_customer_waits_for_the_goods(house: House) -> None:
    """SOP 1.3.d: nobody calls again; what comes in goes to them and they go on by themselves."""
    gone = SkuFactory.create(price="60.00", on_hand=0, weight_g=260)
    order = house.order((gone, 1))
    called(house, order)
    house.agent.chooses("等货")
    house.agent.does_it()
    house.agent.reads("等货")
    house.warehouse.opens("/stock/receive")
    house.warehouse.scans(gone.barcode)
    house.warehouse.reads(order.order_no)
    house.time_goes_by()
    house.sends(order)
    house.agent.opens(order)
    house.agent.reads("已发货")
