"""Screens that one works in for eight hours, each point in a real browser (screens 1–41)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from desk.queues import queues_of
from orders.factories import OrderFactory
from orders.models import Order
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from tests.acts.pages import show_personal
from tests.browser.places import go
from tests.conftest import NewPage, SignedIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

SHIFTS = """() => new Promise(done => {
  let sum = 0;
  const add = each => { if (!each.hadRecentInput) sum += each.value; };
  new PerformanceObserver(list => list.getEntries().forEach(add))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 300);
})"""


@pytest.fixture
def agent() -> User:
    return UserFactory.create(full_name="王芳")


@pytest.fixture
def order(agent: User) -> Order:
    shirt = SkuFactory.create(style_no="A2031", colour="藏青", size="L", price="159.00")
    return OrderFactory.create(order_no="G2611230001", lines=[(shirt, 2)])


# -- 5, 6, 9, 11, 38: by keyboard alone -----------------------------------------------------------


def test_tab_walks_the_page_as_it_is_read_and_every_stop_is_seen(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    go(signed_in(page, agent), order.get_absolute_url())
    tops: list[float] = []
    names: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => { const el = document.activeElement, style = getComputedStyle(el);
            return {name: el.textContent.trim(), top: el.getBoundingClientRect().top + scrollY,
              main: !!el.closest('main'), bubble: !!el.closest('.why'),
              outline: parseFloat(style.outlineWidth)}; }"""
        )
        if names and not stop["main"]:
            break
        if stop["main"]:
            assert stop["outline"] >= 2, stop
            if stop["bubble"]:  # the reason hangs below its button
                continue
            tops.append(stop["top"])
            names.append(stop["name"].split()[0])
    back = [
        (names[i], tops[i], tops[i + 1]) for i in range(len(tops) - 1) if tops[i + 1] < tops[i] - 60
    ]
    assert not back
    for act in ("下发仓库", "修改收货信息", "修改商品", "修改配送", "关闭订单", "挂起", "备注"):
        assert act in names
    assert names.index("下发仓库") < names.index("修改收货信息") < names.index("显示")


def test_a_note_is_written_with_the_keyboard_alone(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    go(signed_in(page, agent), order.get_absolute_url())
    page.keyboard.press("n")
    expect(page.locator("#id_text")).to_be_focused()
    page.keyboard.insert_text("买家要求周三前到")
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.main')"):
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?done="))
    assert order.notes.get().text == "买家要求周三前到"


def test_the_reason_of_every_greyed_button_stays_on_a_narrow_screen(
    new_page: NewPage, signed_in: SignedIn, agent: User
) -> None:
    shipped = OrderFactory.create(state="shipped")
    narrow: Any = {"width": 390, "height": 844}
    page = signed_in(new_page(viewport=narrow, has_touch=True), agent)
    go(page, shipped.get_absolute_url())
    greyed = page.locator(".acts > .act", has=page.locator("[aria-disabled=true]"))
    assert greyed.count() > 3
    for act in greyed.all():
        act.locator("[aria-disabled=true]").focus()
        box = act.locator(".why").bounding_box()
        assert box
        assert (box["x"] >= 0, box["x"] + box["width"] <= 390) == (True, True)


@pytest.mark.parametrize("touch", [False, True])
def test_a_greyed_button_says_why_on_focus_and_on_a_tap(
    new_page: NewPage, signed_in: SignedIn, agent: User, touch: bool
) -> None:
    shipped = OrderFactory.create(state="shipped")
    page = signed_in(new_page(has_touch=touch), agent)
    go(page, shipped.get_absolute_url())
    act = page.locator(".act", has_text="挂起").first
    button = act.locator("[aria-disabled=true]")
    expect(act.locator(".why")).to_be_hidden()
    if touch:
        button.tap(force=True)  # Playwright waits for greyed buttons to be enabled
    else:
        button.focus()
    expect(act.locator(".why")).to_be_visible()
    expect(act.locator(".why")).to_contain_text("SOP 2.b")
    expect(button).to_have_accessible_description(re.compile("挂起没有用了"))


def test_esc_closes_the_keys_and_an_open_menu_and_focus_goes_back(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    go(signed_in(page, agent), order.get_absolute_url())
    page.locator("h1").click()
    page.keyboard.press("?")
    keys = page.locator("dialog#keys")
    expect(keys).to_contain_text("修改收货信息")
    expect(keys).to_contain_text("复制告知买家的话")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    menu = page.locator("details.menu > summary", has_text="王芳")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="退出")).to_be_hidden()
    expect(menu).to_be_focused()


def test_single_keys_can_be_switched_off(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    go(signed_in(page, agent), order.get_absolute_url())
    page.locator("details.menu > summary", has_text="王芳").click()
    page.get_by_role("button", name="关闭单键快捷键").click()
    expect(page.locator("body")).to_have_attribute("data-shortcuts", "off")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_copying_takes_the_text_or_selects_it(
    new_page: NewPage, signed_in: SignedIn, agent: User, order: Order
) -> None:
    with_clipboard = new_page(permissions=["clipboard-read", "clipboard-write"])
    without = new_page()
    without.add_init_script("delete Navigator.prototype.clipboard")
    for page in (with_clipboard, without):
        go(signed_in(page, agent), order.get_absolute_url())
        sentence = page.locator(".sentence").inner_text()
        page.locator("h1").click()
        page.keyboard.press("c")
        if page is with_clipboard:
            expect(page.locator("#said")).to_have_text("已复制")
            assert page.evaluate("navigator.clipboard.readText()") == sentence
        else:
            expect(page.locator("#said")).to_have_text("已选中，按 Ctrl+C")
            assert page.evaluate("getSelection().toString()").strip() == sentence


def test_number_address_and_waybill_have_copy_buttons(
    page: Page, signed_in: SignedIn, agent: User
) -> None:
    order = OrderFactory.create(state="shipped", carrier="YTO", waybill="YT8962646785389")
    show_personal(agent, order)
    go(signed_in(page, agent), order.get_absolute_url())
    copied = page.locator("[data-copy]").evaluate_all("all => all.map(el => el.dataset.copy)")
    assert order.order_no in copied
    assert "YT8962646785389" in copied
    assert any("农园路66号" in text for text in copied)


def test_a_number_that_stands_nowhere_alone_can_still_be_selected(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    page.add_init_script("delete Navigator.prototype.clipboard")
    go(signed_in(page, agent), order.get_absolute_url())
    page.get_by_role("button", name="复制平台单号").click()
    box = page.get_by_label("要复制的内容")
    expect(box).to_have_value(order.platform_no)
    expect(box).to_be_focused()
    assert page.evaluate("getSelection().toString()") == order.platform_no
    page.keyboard.press("Tab")
    expect(box).to_have_count(0)


# -- 8, 19, 25, 27, 33, 36: colour, time, theme, paper, company -----------------------------------


def test_a_countdown_counts_and_turns_to_overdue(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    Order.objects.filter(pk=order.pk).update(ship_by=timezone.now() + timedelta(minutes=90))
    page.clock.install(time=timezone.now())
    go(signed_in(page, agent), order.get_absolute_url())
    left = page.locator(".situation [data-countdown]")
    expect(left).to_have_text(re.compile("剩 1 小时 (29|30) 分"))
    page.clock.fast_forward("01:00:00")
    expect(left).to_have_text(re.compile("剩 (29|30) 分"))
    page.clock.fast_forward("01:00:00")
    expect(left).to_have_text(re.compile("已超 (29|30|31) 分"))
    expect(page.locator(".situation .tag.bad")).to_have_count(1)


def test_dark_is_remembered_and_paper_is_always_light(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    go(signed_in(page, agent), order.get_absolute_url())
    page.locator("details.menu > summary", has_text="王芳").click()
    page.get_by_role("button", name="深色").click()
    ground = "getComputedStyle(document.querySelector('.panel')).backgroundColor"
    assert page.evaluate(ground) == "rgb(27, 33, 43)"
    go(page, "/")
    assert page.evaluate(ground) == "rgb(27, 33, 43)"
    go(page, order.get_absolute_url())
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    for frame in (".bar", ".acts", "[data-copy]", ".skip", "#live"):
        expect(page.locator(frame).first).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()


def test_whoever_looks_at_the_same_order_is_shown(
    new_page: NewPage, signed_in: SignedIn, agent: User, order: Order
) -> None:
    other = UserFactory.create(full_name="李雷")
    mine = signed_in(new_page(), agent)
    mine.clock.install()
    go(mine, order.get_absolute_url())
    theirs = signed_in(new_page(), other)
    theirs.clock.install()
    go(theirs, order.get_absolute_url())
    for page in (theirs, mine, theirs):
        with page.expect_response("**/live*"):
            page.clock.fast_forward(10_500)
    expect(theirs.locator("#presence")).to_have_text("王芳也在看")


# -- 29, 39, 41: light, calm, in sight ------------------------------------------------------------


def test_nothing_jumps_while_a_page_loads(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    sku = SkuFactory.create(style_no="B1107")
    for _ in range(20):
        OrderFactory.create(lines=[(sku, 1)])
    signed_in(page, agent)
    for address in ("/orders", order.get_absolute_url()):
        go(page, address)
        assert page.evaluate(SHIFTS) < 0.05, address


def test_text_is_set_for_chinese(
    page: Page, signed_in: SignedIn, agent: User, order: Order
) -> None:
    go(signed_in(page, agent), order.get_absolute_url())
    body = page.evaluate(
        "(s => [s.fontFamily, s.fontSize, parseFloat(s.lineHeight) / parseFloat(s.fontSize),"
        " s.fontVariantNumeric])(getComputedStyle(document.body))"
    )
    assert "PingFang SC" in body[0]
    assert "Noto Sans CJK SC" in body[0]
    assert (body[1], round(body[2], 1), body[3]) == ("14px", 1.6, "tabular-nums")


@pytest.mark.parametrize("width", [390, 960, 1440])
def test_every_queue_is_at_hand_at_every_width(
    new_page: NewPage, signed_in: SignedIn, width: int
) -> None:
    owner = UserFactory.create(role="owner")
    page = signed_in(new_page(viewport={"width": width, "height": 900}), owner)
    go(page, "/")
    page.locator(".bar details.menu summary", has_text="菜单").click()
    for queue in queues_of(owner):
        found = page.locator(".bar").get_by_role(
            "link", name=re.compile(rf"^{queue.label}[\d+ ]*$")
        )
        expect(found.filter(visible=True)).to_have_count(1)
