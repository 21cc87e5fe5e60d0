"""SOP 1.5: refunds of what is completed, closed by the platform, or bought for a swap in vain."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.acts import Actor
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order
from orders.selectors.filters import money_states
from orders.services.products import Wanted as Goods
from orders.services.products import modify_products
from orders.services.top_up import tie_top_up, untie_top_up
from orders.words import PaidLate
from refunds.models import Refund
from refunds.paying import Way
from refunds.services.decide import approve_refund
from refunds.services.money import Said, take_answer
from refunds.services.timers import send_approved
from refunds.words import Fault, Outcome, RefundKind, TrueReason
from staff.factories import UserFactory
from stock.factories import SkuFactory
from tests.refunds.asking import WED, again, ask, by_alipay, goods, own_shop, paid_order, wanted

pytestmark = pytest.mark.django_db
LATER = WED + timedelta(hours=1)
K, T = RefundKind, TrueReason


def go_back(refund: Refund) -> Order:
    """Approved by the owner, sent, and the gateway says that it went back."""
    owner = UserFactory.create(role="owner")
    order = again(refund.order)
    approve_refund(order, refund, role="owner", by=Actor.person(owner), now=LATER)
    send_approved(LATER + timedelta(minutes=1))
    take_answer(again(refund), Said(Outcome.SUCCEEDED), way=Way.ALIPAY, now=LATER)
    assert again(refund).state == "succeeded"
    return again(refund.order)  # type: ignore[no-any-return]


def own_order(**values: Any) -> Order:
    return by_alipay(paid_order(30, shop=own_shop(), **values))


def test_a_completed_order_gives_a_part_back_and_stays_completed(by: Actor) -> None:
    order = own_order(state="completed", lines=[(goods("100.00"), 1)])
    want = wanted(K.PARTIAL, T.QUALITY, extra=Decimal(30), fault=Fault.SELLER)
    order = go_back(ask(order, by, want))
    assert (order.state, order.refund_reserved, order.paid) == ("completed", 30, 100)


@pytest.mark.parametrize("late", ["", PaidLate.REFUND.value])
def test_what_the_platform_closed_with_money_in_it_goes_back_whole(by: Actor, late: str) -> None:
    order = own_order(lines=[(goods("100.00"), 1)])
    with OrderFactory.act():
        order.close(WED, "平台已关闭")
        order.paid_late, order.owed_back = late, Decimal(100) if late else Decimal(0)
        order.save()
    refund = ask(again(order), by)
    assert (refund.state, refund.amount) == ("review", 100)
    assert not order.holds.filter(state="open").exists()
    order = go_back(refund)
    assert (order.state, order.owed_back, order.refund_reserved) == ("closed", 0, 100)


def test_a_difference_that_went_back_is_owed_no_more(by: Actor) -> None:
    order = own_order(lines=[(goods("189.00"), 1)])
    line, cheap = order.lines.get(), goods("159.00")
    modify_products(order, [Goods(line.pk, cheap, 1)], by=by, now=WED)
    assert again(order).owed_back == 30
    want = wanted(K.DIFFERENCE, T.CHEAPER, extra=Decimal(30))
    refund = ask(again(order), by, want)
    assert again(order).owed_back == 30, "until it is back"
    order = go_back(refund)
    assert [order.owed_back, order.given_back, order.total_paid] == [0, 30, 159]
    assert [words for words in money_states(order) if "多付" in words or "应退" in words] == []
    # A dearer swap later asks for what was given back, and a whole refund for the rest alone.
    modify_products(order, [Goods(order.lines.get().pk, goods("189.00"), 1)], by=by, now=LATER)
    assert again(order).holds.get(state="open").amount == 30
    rest = ask(again(order), by)
    assert rest.amount == 159
    order = go_back(rest)
    assert (order.state, order.owed_back) == ("closed", 0)


def test_a_top_up_whose_swap_failed_goes_back_once_it_is_untied(by: Actor) -> None:
    main = own_order(lines=[(goods("159.00"), 1)])
    modify_products(main, [Goods(main.lines.get().pk, goods("189.00"), 1)], by=by, now=WED)
    sku = SkuFactory.create(name="补差价", is_top_up=True, price="30.00")
    top_up = own_order(buyer=main.buyer, lines=[(sku, 1)], is_top_up=True)
    tie_top_up(again(main), top_up, by=by, now=WED)
    main = go_back(ask(again(main), by))  # the goods cannot be had: all of the main order is back
    assert main.state == "closed"
    with pytest.raises(Refused, match="已经关联到主订单"):
        ask(again(top_up), by)
    untie_top_up(main, top_up, "没有货，换不了", by=by, now=LATER)
    assert not again(main).holds.filter(state="open").exists()
    top_up = go_back(ask(again(top_up), by))
    assert (top_up.state, top_up.refund_reserved) == ("closed", 30)
