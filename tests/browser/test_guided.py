"""New contact by keyboard: at most twelve presses from “hello” to the act (screens: acting).

What each cost stands in docs/benchmarks.md; `-s` prints the table again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from orders.factories import OrderFactory
from orders.models import Order, Shop
from staff.models import User
from stock.factories import SkuFactory
from tests.aftersales import asking
from tests.conftest import NewPage, SignedIn
from tests.refunds.asking import by_alipay, goods, own_shop, paid_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]
MOST = 12
POLLED = ("/static/", "/live", "/orders/recent", "/favicon")


class Hand:
    """A person at the keyboard; pasting what the customer wrote is one press."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses, self.trips = page, 0, 0
        page.on("request", self._count)

    def _count(self, request: Request) -> None:
        self.trips += not urlsplit(request.url).path.startswith(POLLED)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def paste(self, text: str) -> None:
        self.page.keyboard.insert_text(text)
        self.presses += 1

    def at(self, pattern: str) -> None:
        """Wait until the page of this address is there."""
        self.page.wait_for_url(re.compile(f"^[^?]*{pattern}"))
        self.page.wait_for_load_state()

    def begin(self, pattern: str) -> None:
        """The page is there, and the cursor stands where work begins."""
        self.at(pattern)
        self.page.wait_for_selector("[autofocus]:focus")

    def want(self, words: str) -> None:
        """Press the digit that stands before what the customer wants."""
        self.at(r"/contact/G")
        button = self.page.locator(".wants button", has_text=words)
        self.press(button.get_attribute("data-key") or "?")

    def find(self, text: str, channel: str = "1") -> None:
        self.press("l")
        self.at(r"/contact$")
        self.press(channel)
        self.paste(text)
        self.press("Enter")

    def agree(self, key: str = "e") -> None:
        self.at(r"/contact/G")
        self.press(key)

    def done(self) -> None:
        self.press("Control+Enter")
        self.at(r"\?.*done=")


def received(**values: Any) -> Order:
    """One piece of one product, which may still come back."""
    at = timezone.now() - timedelta(days=2)
    return asking.received(shop=the_shop(), received_at=at, lines=[(goods(), 1)], **values)


def the_shop() -> Shop:
    return Shop.objects.filter(code="own1").first() or own_shop()


def shipped(**values: Any) -> Order:
    values.setdefault("state", "shipped")
    waybill = f"YT{880000000000 + Order.objects.count()}"
    return OrderFactory.create(waybill=waybill, handed_over_at=timezone.now(), **values)


def _close(hand: Hand) -> None:
    hand.find(OrderFactory.create(state="unpaid", paid=0).order_no)
    hand.agree()
    hand.want("没付款，不要了")
    hand.at("/close")
    hand.done()


def _receiving(hand: Hand) -> None:
    hand.find(OrderFactory.create().order_no)
    hand.agree()
    hand.want("改收货人")
    hand.at("/reveal")
    hand.press("Enter")
    hand.at("/modify-receiving")
    hand.paste("林秀英 13912345678 浙江省杭州市西湖区文三路478号")
    hand.press("Tab", "Enter")
    expect(hand.page.locator("#id_consignee")).to_have_value("林秀英")
    hand.done()


def _delivery(hand: Hand) -> None:
    hand.find(OrderFactory.create().order_no)
    hand.want("换快递")
    hand.at("/modify-delivery")
    hand.press("ArrowDown")
    hand.done()


def _refund(hand: Hand) -> None:
    now = timezone.now()
    order = by_alipay(paid_order(now=now, shop=the_shop(), lines=[(goods(), 1)]))
    hand.find(order.order_no)
    hand.agree()
    hand.want("退款")
    hand.begin("/refund")
    hand.press("ArrowDown", "ArrowDown")  # the reason is chosen on purpose (1.5.e)
    hand.done()


def _too_late(hand: Hand) -> None:
    """A modification that is refused: the request is kept, the sentence is there to paste."""
    hand.find(shipped().order_no)
    hand.want("改收货人")
    hand.at("/modify-receiving")
    summary = hand.page.locator("details summary", has_text="买家提了这个要求")
    summary.focus()
    hand.press("Enter", "Tab", "Tab", "Tab", "Enter")
    hand.at(r"\?.*done=")


def _stop(hand: Hand) -> None:
    now = timezone.now()
    hand.find(OrderFactory.create(released_at=now, state="picking").order_no)
    hand.want("先别发货")
    hand.at("/ask-stop")
    hand.done()


def _carrier(hand: Hand) -> None:
    hand.find(shipped().waybill)
    hand.want("路上要改地址")
    hand.at("/ask-carrier")
    hand.done()


def _return_size(hand: Hand) -> None:
    hand.find(received().order_no)
    hand.agree()
    hand.want("要退货")
    hand.begin("/after-sales/return")
    hand.press("ArrowDown", "ArrowDown")
    hand.done()


def _return_one_of_several(hand: Hand) -> None:
    received(consignee="陈晓生")
    received(consignee="陈晓生")
    hand.find("陈晓生")
    hand.at(r"/contact\?")
    hand.press("2")
    hand.want("要退货")
    hand.begin("/after-sales/return")
    hand.press("ArrowDown", "ArrowDown")
    hand.done()


def _another_size(hand: Hand) -> None:
    """Before it is shipped: the next size of the same style."""
    about = {"style_no": "Z9010", "price": "60.00"}
    small = SkuFactory.create(size="M", code="Z9010-M", on_hand=5, **about)
    SkuFactory.create(size="L", code="Z9010-L", on_hand=5, **about)
    hand.find(OrderFactory.create(shop=the_shop(), lines=[(small, 1)]).order_no)
    hand.agree()
    hand.want("发货前换一件")
    hand.begin("/after-sales/swap")
    hand.press("ArrowDown", "Tab", "Tab", "ArrowDown")
    hand.done()


def _part_of_the_money(hand: Hand) -> None:
    hand.find(received().order_no)
    hand.agree()
    hand.want("退一部分钱")
    hand.begin("/after-sales/partial")
    hand.press("ArrowDown", "Tab")
    hand.paste("10")
    hand.press("Tab")
    hand.paste("袖口有一块污渍")
    hand.done()


def _repair(hand: Hand) -> None:
    hand.find(received().order_no)
    hand.agree()
    hand.want("要维修")
    hand.begin("/after-sales/repair")
    hand.press("ArrowDown")
    hand.done()


def _got_it(hand: Hand) -> None:
    hand.find(shipped().order_no)
    hand.want("告诉我们收到了")
    hand.at("/receive")
    hand.done()


def _note(hand: Hand) -> None:
    hand.find(OrderFactory.create().order_no)
    hand.want("别的事")
    hand.at("/note")
    hand.paste("周末送，到之前打电话")
    hand.done()


def _progress(hand: Hand) -> None:
    """Where is it? The order's page says it, with the sentence to paste."""
    hand.find(shipped().order_no)
    hand.at("/contact/G")
    hand.press("o")
    hand.at("/orders/G")
    expect(hand.page.locator(".situation .sentence, .tell .sentence").first).to_be_visible()


CASES: list[tuple[str, Callable[[Hand], None]]] = [
    ("没付款，关闭", _close),
    ("改收货信息", _receiving),
    ("换快递", _delivery),
    ("没发货，退款", _refund),
    ("发货了要改地址：拒绝并记下", _too_late),
    ("先别发货", _stop),
    ("路上，请快递改", _carrier),
    ("退货，尺码", _return_size),
    ("退货，几单里的一单", _return_one_of_several),
    ("发货前换一件", _another_size),
    ("部分退款", _part_of_the_money),
    ("维修", _repair),
    ("收到了", _got_it),
    ("记一句话", _note),
    ("问到哪了", _progress),
]


def test_a_usual_contact_takes_twelve_presses_at_most(
    new_page: NewPage, signed_in: SignedIn, agent: User
) -> None:
    """By keyboard alone, from the home page to the act that is done."""
    print()
    for name, play in CASES:
        page = signed_in(new_page(), agent)
        page.goto("/")
        hand, began = Hand(page), timezone.now()
        play(hand)
        took = (timezone.now() - began).total_seconds()
        print(f"| {name} | {hand.presses} | {hand.trips} | {took:.1f} |")
        assert hand.presses <= MOST, name
        page.context.close()
