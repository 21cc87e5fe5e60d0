"""The people of a story, each at a window of their own, and what goes on outside of windows."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from aftersales.models import Case
from core.acts import Actor
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order, Shop
from orders.services.release import release
from refunds.models import Refund
from refunds.paying import Way
from refunds.services.money import Said, take_answer
from refunds.words import Outcome
from staff.factories import UserFactory
from staff.models import User
from stock.models import Sku
from tests.conftest import NewPage, SignedIn
from tests.dice.steps import SWEEPS, warehouse_sends
from tests.refunds.asking import by_alipay, goods, own_shop, paid_order
from warehouse import factories
from warehouse.models import Enquiry, ShopPacking

DONE = re.compile(r"[?&]done=")
NAMES = {
    "agent": "王芳",
    "senior": "赵敏",
    "aftersales": "孙丽",
    "warehouse": "张伟",
    "supervisor": "陈静",
}


PATIENCE = 30_000  # ms; a busy machine is slow, not wrong


@dataclass
class Window:
    """Somebody's browser: what they look up, press, type and read."""

    page: Page
    user: User

    def contact(self, order: Order, wants: str, *agree: str) -> None:
        """A customer on Wangwang names the order; what else agrees; what they want (1.1.b)."""
        self.page.goto("/contact")
        self.page.get_by_role("radio", name="旺旺").check()
        self.page.locator("#id_q").fill(order.order_no)
        self.page.get_by_role("button", name="查订单").click()
        for key in agree:
            self.page.get_by_role("checkbox", name=key).check()
        self.page.locator(".wants button", has_text=wants).click()
        self._form()

    def _form(self) -> None:
        expect(self.page.locator("#act-form")).to_be_visible(timeout=PATIENCE)

    def opens(self, row: Any) -> None:
        """The page of an order, a case, or of an address."""
        self.page.goto(row if isinstance(row, str) else row.get_absolute_url())

    def takes_up(self, row: Any, label: str) -> None:
        """Open its page, and by a button the form of what can be done with it."""
        self.opens(row)
        self.presses(label)
        self._form()

    def presses(self, label: str) -> None:
        """A button, or a link that looks like one."""
        here = self.page.locator("main, dialog[open]")
        button = here.get_by_role("button", name=label)
        here.get_by_role("link", name=label).or_(button).first.click()

    def types(self, label: str, text: str) -> None:
        self.page.get_by_label(label).first.fill(text)

    def picks(self, label: str, choice: str) -> None:
        """From a list."""
        field = self.page.get_by_label(label, exact=True)
        option = field.locator("option", has_text=choice).first
        field.select_option(option.get_attribute("value"))

    def chooses(self, choice: str) -> None:
        """A radio button."""
        self.page.get_by_role("radio", name=choice).check()

    def scans(self, *codes: str) -> None:
        """The scanner types a code and Enter; the page answers."""
        for code in codes:
            self.page.locator("input.scan, input[data-scan]").first.fill(code)
            with self.page.expect_response(lambda answer: answer.request.method == "POST"):
                self.page.keyboard.press("Enter")
            self.page.wait_for_load_state()

    def does_it(self) -> None:
        """The form's main button; afterwards the page says what was done."""
        self.page.locator("#act-form button.main").last.click()
        expect(self.page).to_have_url(DONE, timeout=PATIENCE)

    def reads(self, *texts: str) -> None:
        """All of it stands on the page."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text, timeout=PATIENCE)

    def tells(self, text: str) -> None:
        """The sentence that the customer gets."""
        expect(self.page.locator(".sentence").first).to_contain_text(text, timeout=PATIENCE)


@dataclass
class House:
    """Windows by role, opened when somebody first looks; the shop and its goods."""

    window: Callable[[str], Window]
    shop: Shop
    windows: dict[str, Window] = field(default_factory=dict)

    def __getattr__(self, role: str) -> Window:
        if role not in NAMES:
            raise AttributeError(role)
        if role not in self.windows:
            self.windows[role] = self.window(role)
        return self.windows[role]

    def order(self, *lines: tuple[Sku, int], hours: float = 30, **about: Any) -> Order:
        """Bought in our own shop, paid by Alipay so many hours ago."""
        about |= {"lines": list(lines) or [(goods("60.00"), 1)], "carrier": "YTO"}
        return by_alipay(paid_order(hours, now=timezone.now(), shop=self.shop, **about))

    def arrived(self, *lines: tuple[Sku, int], **about: Any) -> Order:
        """Received the day before yesterday."""
        at = timezone.now() - timedelta(days=2)
        about = {"state": "received", "received_at": at, "waybill": "YT8962646785389"} | about
        return self.order(*lines, hours=24 * 6, **about)

    def sends(self, order: Order) -> None:
        """The warehouse picks, verifies, packs, weighs and ships what is released."""
        now = timezone.now()
        if fresh(order).released_at is None:
            with suppress(Refused):
                release(fresh(order), by=Actor.person(self.agent.user), now=now)
        if fresh(order).released_at is None:
            self.passes(order)
        warehouse_sends(fresh(order), self.warehouse.user, timezone.now())

    def passes(self, order: Order) -> None:
        """The review found something, such as a note; the agent looks and lets it go (2.b)."""
        self.agent.takes_up(order, "审单放行")
        for why in self.agent.page.locator("#act-form input[type=text], #act-form textarea").all():
            why.fill("备注看过，照办")
        self.agent.does_it()

    def time_goes_by(self, later: timedelta = timedelta()) -> None:
        """The timers of the house run."""
        for sweep in SWEEPS:
            sweep(timezone.now() + later)

    def comes_back(self, case: Case, *, good: int = 1, defect: int = 0) -> None:
        """The dock scans the slip and the goods; after-sales looks at them (1.4.f)."""
        self.warehouse.opens("/warehouse/arrivals")
        codes = case.lines.values_list("sku__code", flat=True)
        self.warehouse.scans(case.number)
        self.warehouse.page.wait_for_url("**/count-arrival")
        self.warehouse.scans(*codes)
        self.warehouse.presses("清点完成")
        self.warehouse.reads("退货到仓")
        self.aftersales.takes_up(case, "验货")
        self.aftersales.types("良品，入库", str(good))
        self.aftersales.types("次品", str(defect))
        self.aftersales.does_it()

    def carrier_says(self, order: Order, result: str, said: str) -> None:
        """Somebody at the desk writes down what the carrier answered."""
        asked = Enquiry.objects.get(order=order, state="open")
        self.agent.opens(f"{order.get_absolute_url()}/enquiries/{asked.pk}")
        self.agent.chooses(result)
        self.agent.types("快递怎么说", said)
        self.agent.does_it()
        self.time_goes_by()

    def agrees(self, refund: Refund) -> None:
        """A supervisor reads it in the queue and agrees; Alipay pays; those who wait hear of it."""
        self.supervisor.opens("/refunds")
        self.supervisor.presses(f"{refund.number} 通过")
        self.supervisor.reads("元已通过")
        self.time_goes_by(timedelta(minutes=1))
        row = Refund.objects.select_related("order__shop", "trade").get(pk=refund.pk)
        take_answer(row, Said(Outcome.SUCCEEDED), way=Way.ALIPAY, now=timezone.now())
        self.time_goes_by()


def fresh(order: Order) -> Order:
    return Order.objects.select_related("shop").get(pk=order.pk)


@pytest.fixture
def house(new_page: NewPage, signed_in: SignedIn) -> House:
    """Everybody at their place, nothing sold yet."""
    factories.boxes()

    def window(role: str) -> Window:
        user = UserFactory.create(role=role, full_name=NAMES[role])
        page = signed_in(new_page(), user)
        page.set_default_timeout(PATIENCE)
        return Window(page, user)

    shop = own_shop()
    with OrderFactory.act():
        ShopPacking.objects.create(shop=shop, carrier="YTO")
    return House(window, shop)
