"""Acting on an order as an agent does, beside a chat window (screens 5, 9, 10, 12, 13, 28, 38)."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import APIResponse, Dialog, Page, Route, expect

from orders.factories import OrderFactory
from orders.models import Order
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from tests.acts.pages import show_personal
from tests.conftest import NewPage, SignedIn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent() -> User:
    return UserFactory.create(full_name="王芳")


@pytest.fixture
def order(agent: User) -> Order:
    """One linen shirt, paid; its personal data is shown to the agent already."""
    shirt = SkuFactory.create(style_no="A2031", colour="藏青", size="L", price="159.00")
    SkuFactory.create(style_no="A2031", colour="藏青", size="M", price="159.00", on_hand=3)
    SkuFactory.create(style_no="A2040", name="真丝衬衫", colour="白", size="L", price="189.00")
    SkuFactory.create(style_no="A2010", name="棉布衬衫", colour="白", size="L", price="129.00")
    order = OrderFactory.create(order_no="G2611230001", lines=[(shirt, 1)])
    show_personal(agent, order)
    return order


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until it is reached, as a person without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_pasted_address_is_put_in_place_by_keyboard_alone(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    signed_in(page, agent).goto(order.get_absolute_url())
    page.keyboard.press("a")
    expect(page.locator("dialog#dialog")).to_be_visible()
    tab_to(page, "#id_paste")
    page.keyboard.insert_text("林秀英 13912345678 浙江省杭州市西湖区文三路478号")
    tab_to(page, "button[name=split]")
    page.keyboard.press("Enter")
    expect(page.locator("#id_consignee")).to_have_value("林秀英")
    expect(page.locator("#id_street")).to_have_value("文三路478号")
    expect(page.locator("#id_consignee")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?done="))
    expect(page.locator(".sentence")).to_contain_text("收货信息已经帮您改好了")
    order.refresh_from_db()
    assert (order.consignee, order.city, order.mobile) == ("林秀英", "杭州市", "13912345678")


def test_a_swap_upward_shows_the_difference_while_typing_and_waits_for_the_top_up(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    signed_in(page, agent).goto(order.get_absolute_url())
    page.keyboard.press("p")
    row = f"line{order.lines.get().pk}"
    page.locator(f"#id_{row}-find").fill("A2040")
    expect(page.locator("#preview")).to_contain_text("要补差价 30.00 元")
    expect(page.locator(f"#pick-{row} select")).to_contain_text("白 · L · 189.00 元 · 有货 20")
    expect(page.locator(f"#id_{row}-find")).to_be_focused()
    page.locator("#act-do").click()
    expect(page).to_have_url(re.compile(r"\?done="))
    expect(page.locator(".sentence")).to_contain_text("需要补差价 30.00 元，请拍下补差价链接")
    expect(page.locator(".situation")).to_contain_text("补差价挂起")
    assert order.holds.get().amount == Decimal("30.00")


def test_a_preview_asked_for_by_its_button_leaves_what_was_typed(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    signed_in(page, agent).goto(f"{order.get_absolute_url()}/modify-products")
    page.locator(f"#id_line{order.lines.get().pk}-quantity").fill("2")
    page.get_by_role("button", name="算差价").click()
    expect(page.locator("#preview")).to_contain_text("× 2")
    page.wait_for_timeout(500)  # the renewal by typing has answered, too
    page.locator("#act-do").click()
    expect(page).to_have_url(re.compile(r"\?done="))
    assert order.lines.get().quantity == 2


def test_what_is_chosen_as_an_answer_arrives_is_not_forgotten(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    """The answer to the first choice comes while the second waits to be sent."""
    held: list[tuple[Route, APIResponse]] = []
    signed_in(page, agent).goto(f"{order.get_absolute_url()}/modify-products")
    row = f"line{order.lines.get().pk}"
    page.route("**/modify-products", lambda route: held.append((route, route.fetch())), times=1)
    page.locator(f"#id_{row}-quantity").fill("2")
    while not held:
        page.wait_for_timeout(10)
    page.locator(f"#id_{row}-quantity").fill("3")
    held[0][0].fulfill(response=held[0][1])
    expect(page.locator("#preview")).to_contain_text("× 3")


def test_a_swap_downward_owes_back_and_another_size_nothing(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    signed_in(page, agent).goto(f"{order.get_absolute_url()}/modify-products")
    row = f"line{order.lines.get().pk}"
    page.locator(f"#id_{row}-sku").select_option(label="藏青 · M · 159.00 元 · 有货 3")
    expect(page.locator("#preview")).to_contain_text("没有差价")
    page.locator(f"#id_{row}-find").fill("A2010")
    expect(page.locator("#preview")).to_contain_text("应退差价 30.00 元")
    page.locator("#act-do").click()
    expect(page).to_have_url(re.compile(r"\?done="))
    expect(page.locator(".sentence")).to_contain_text("便宜了 30.00 元")
    order.refresh_from_db()
    assert order.owed_back == Decimal("30.00")


def test_a_shipped_order_says_why_and_what_to_tell(
    page: Page, signed_in: SignedIn, agent: User
) -> None:
    shipped = OrderFactory.create(state="shipped")
    signed_in(page, agent).goto(shipped.get_absolute_url())
    button = page.locator(".act", has_text="修改收货信息")
    button.locator("[aria-disabled=true]").focus()
    expect(button.locator(".why")).to_be_visible()
    expect(button.locator(".why")).to_contain_text("SOP 1.1.c")
    button.get_by_role("link", name="怎么回复买家").click()
    dialog = page.locator("dialog#dialog")
    expect(dialog.locator(".sentence")).to_contain_text("已经发货了，没办法再修改收货信息")
    dialog.get_by_text("买家提了这个要求").click()
    dialog.get_by_label("买家怎么说").fill("想改到公司")
    dialog.get_by_role("button", name="记下这次请求").click()
    expect(page).to_have_url(re.compile(r"\?done="))
    expect(page.locator(".situation")).to_contain_text("没有做，已记下")
    expect(page.locator(".timeline")).to_contain_text("被拒绝")
    expect(page.locator(".sentence")).to_contain_text("已经发货了")
    assert "想改到公司" in shipped.contacts.get().said


def test_a_second_persons_edit_is_caught_and_what_was_typed_stays(
    new_page: NewPage, signed_in: SignedIn, agent: User, order: Order
) -> None:
    other = UserFactory.create(full_name="李雷")
    show_personal(other, order)
    first, second = signed_in(new_page(), agent), signed_in(new_page(), other)
    for page in (first, second):
        page.goto(order.get_absolute_url())
        page.keyboard.press("a")
    first.locator("#id_street").fill("莲花路1号")
    second.locator("#id_street").fill("莲花路2号")
    first.get_by_role("button", name="保存", exact=True).click()
    expect(first).to_have_url(re.compile(r"\?done="))
    second.get_by_role("button", name="保存", exact=True).click()
    alert = second.locator("dialog .no")
    expect(alert).to_contain_text("王芳")
    expect(alert).to_contain_text("莲花路1号")
    expect(second.locator("#id_street")).to_have_value("莲花路2号")
    second.get_by_role("button", name="保存", exact=True).click()
    expect(second).to_have_url(re.compile(r"\?done="))
    order.refresh_from_db()
    assert (order.street, order.version) == ("莲花路2号", 3)


def test_esc_closes_the_dialog_and_the_focus_goes_back(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    signed_in(page, agent).goto(order.get_absolute_url())
    button = page.locator(".acts a", has_text="挂起")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog#dialog")).to_be_visible()
    expect(page.locator("#id_kind")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#dialog")).to_be_hidden()
    expect(button).to_be_focused()


def test_what_is_typed_is_not_lost_without_a_warning(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    signed_in(page, agent).goto(order.get_absolute_url())
    page.keyboard.press("n")
    page.locator("#id_text").fill("买家要求周三前到")
    page.keyboard.press("Escape")
    expect(page.locator("#id_text")).to_have_value("买家要求周三前到")
    page.get_by_role("link", name="取消").click()
    expect(page.locator("#id_text")).to_have_value("买家要求周三前到")
    assert asked == ["confirm", "confirm"]


def test_a_form_that_came_back_with_an_error_still_warns(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    signed_in(page, agent).goto(order.get_absolute_url())
    page.keyboard.press("a")
    page.locator("#id_mobile").fill("123")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#id_mobile_error")).to_contain_text("不像能打通的电话")
    expect(page.locator("#id_mobile")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#dialog")).to_be_hidden()
    assert asked == ["confirm"]


def test_a_double_click_does_it_once(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    signed_in(page, agent).goto(order.get_absolute_url())
    page.keyboard.press("n")
    page.locator("#id_text").fill("只写一次")
    page.get_by_role("button", name="保存", exact=True).dblclick()
    expect(page).to_have_url(re.compile(r"\?done="))
    assert order.notes.count() == 1


def test_without_javascript_a_swap_and_a_pasted_address_work(
    new_page: NewPage, signed_in: SignedIn, agent: User, order: Order
) -> None:
    page = signed_in(new_page(java_script_enabled=False), agent)
    page.goto(f"{order.get_absolute_url()}/modify-products")
    page.locator(f"#id_line{order.lines.get().pk}-find").fill("A2040")
    page.get_by_role("button", name="算差价").click()
    expect(page.locator("#preview")).to_contain_text("要补差价 30.00 元")
    page.locator("#act-do").click()
    expect(page.locator(".sentence")).to_contain_text("补差价 30.00 元")
    page.goto(f"{order.get_absolute_url()}/modify-receiving")
    page.locator("#id_paste").fill("林秀英 13912345678 浙江省杭州市西湖区文三路478号")
    page.get_by_role("button", name="分栏").click()
    expect(page.locator("#id_consignee")).to_have_value("林秀英")
    page.locator(".foot .main").click()
    expect(page.locator(".sentence")).to_contain_text("收货信息已经帮您改好了")
