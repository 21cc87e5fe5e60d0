"""The pictures of the README, taken from the demo: `make screenshots`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page

from config.paths import BASE_DIR
from orders.models import Hold, Order, OrderLine, Shop
from staff.models import User
from staff.services.reveal import reveal
from tests.conftest import NewPage, SignedIn
from tests.formats.files import as_csv, taobao

PICTURES = BASE_DIR / "docs" / "pictures"
WIDE = {"width": 1280, "height": 860}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def demo(transactional_db: None) -> None:
    call_command("seed_demo", verbosity=0)
    PICTURES.mkdir(exist_ok=True)


def shoot(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png", caret="initial")  # hiding it needs a style


def swappable() -> Order:
    """A paid order of one product, which has other sizes."""
    line = OrderLine.objects.filter(
        order__state="paid", order__released_at=None, order__holds=None, sku__isnull=False
    ).first()
    assert line is not None
    return line.order


def test_order(new_page: NewPage, signed_in: SignedIn) -> None:
    hold = Hold.objects.filter(kind="top_up", state="open").select_related("order").first()
    assert hold is not None
    page = signed_in(new_page(viewport=WIDE), User.objects.get(username="agent"))
    page.goto(hold.order.get_absolute_url())
    shoot(page, "order")


def test_order_dark_and_narrow(new_page: NewPage, signed_in: SignedIn) -> None:
    order = Order.objects.filter(state="shipped").first()
    assert order is not None
    agent = User.objects.get(username="agent")
    page = signed_in(new_page(viewport={"width": 390, "height": 844}, color_scheme="dark"), agent)
    page.goto(order.get_absolute_url())
    shoot(page, "narrow-dark")


def test_results(new_page: NewPage, signed_in: SignedIn) -> None:
    page = signed_in(new_page(viewport=WIDE), User.objects.get(username="agent"))
    page.goto("/orders?state=paid")
    shoot(page, "results")


def test_home(new_page: NewPage, signed_in: SignedIn) -> None:
    page = signed_in(new_page(viewport=WIDE), User.objects.get(username="agent"))
    page.goto("/")
    shoot(page, "home")


def test_swap(new_page: NewPage, signed_in: SignedIn) -> None:
    page = signed_in(new_page(viewport=WIDE), User.objects.get(username="agent"))
    page.goto(swappable().get_absolute_url())
    page.keyboard.press("p")
    page.locator("dialog select").first.wait_for()
    shoot(page, "products")


def test_conflict(new_page: NewPage, signed_in: SignedIn) -> None:
    order = swappable()
    people = [User.objects.get(username=name) for name in ("agent", "senior")]
    pages = []
    for person in people:
        reveal(person, "order", order.pk, reason="修改收货信息", now=timezone.now())
        page = signed_in(new_page(viewport=WIDE), person)
        page.goto(f"{order.get_absolute_url()}/modify-receiving")
        pages.append(page)
    for page, street in zip(pages, ("文三路 1 号", "文三路 2 号 3 栋"), strict=True):
        page.locator("#id_street").fill(street)
        page.locator("button.main").click()
        page.wait_for_load_state("networkidle")
    shoot(pages[1], "conflict")


def test_import(new_page: NewPage, signed_in: SignedIn, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = tmp_path / "ExportOrderList.csv"
    rows = taobao(*[{} for _ in range(40)], {"总金额": "两百"}, {"订单编号": "3.51531E+16"})
    file.write_bytes(as_csv(rows))
    page = signed_in(new_page(viewport=WIDE), User.objects.get(username="supervisor"))
    page.goto("/imports")
    shop = Shop.objects.filter(channel="taobao").first()
    assert shop is not None
    page.locator("#id_shop").select_option(shop.code)
    page.locator("#id_orders").set_input_files(file)
    page.locator("button.main").click()
    page.get_by_text("被拒的行").first.wait_for()
    shoot(page, "import")
