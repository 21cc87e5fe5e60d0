"""SOP 1.1.a, 1.1.f: modify products; what it costs the buyer more or less."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.acts import Actor
from core.models import Act
from core.money import ZERO
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order
from orders.services.products import Wanted, draft, lacking, modify_products
from orders.services.settle import settle
from orders.situation import situation
from refunds.models import Refund
from refunds.services.withdraw import withdraw_refund
from staff.factories import UserFactory
from stock.factories import SkuFactory
from stock.models import Sku
from tests.acts.pages import fields, page_of, send
from tests.refunds.asking import WED, ask, paid_order
from tests.stock.orders import paid

NOW = timezone.now()
D = Decimal


@pytest.fixture
def linen(db: None) -> Sku:
    return SkuFactory.create(style_no="A2031", colour="藏青", size="L", price="159.00")


@pytest.fixture
def silk(db: None) -> Sku:
    return SkuFactory.create(style_no="A2040", colour="白", size="L", price="189.00", on_hand=14)


@pytest.fixture
def order(linen: Sku) -> Order:
    """One linen shirt, paid with 150.00 after a discount of 9.00."""
    return OrderFactory.create(lines=[(linen, 1)], discount=D("9.00"))


def swap(order: Order, sku: Sku, by: Actor, quantity: int = 1) -> Order:
    line = order.lines.get()
    modify_products(order, [Wanted(line.pk, sku, quantity)], by=by, now=NOW)
    order.refresh_from_db()
    return order


def test_dearer_waits_for_a_top_up_of_the_difference(order: Order, silk: Sku, by: Actor) -> None:
    swap(order, silk, by)
    hold = order.holds.get()
    assert (order.due, order.paid, order.owed_back) == (D("180.00"), D("150.00"), ZERO)
    assert (hold.kind, hold.state, hold.amount) == ("top_up", "open", D("30.00"))


def test_the_new_style_colour_and_size_are_written_down(order: Order, silk: Sku, by: Actor) -> None:
    swap(order, silk, by)
    line = order.lines.get()
    assert (line.style_no, line.colour, line.size, line.amount) == ("A2040", "白", "L", D("180.00"))
    assert order.goods_summary == "亚麻衬衫 白 L × 1"


def test_more_of_what_was_given_for_nothing_is_paid(silk: Sku, by: Actor) -> None:
    """A gift, or what is sent again: the pieces that were agreed stay free, no more of them."""
    order = OrderFactory.create(lines=[(silk, 1)], discount=silk.price)
    assert order.lines.get().amount == ZERO
    [more] = draft(order, [Wanted(order.lines.get().pk, None, 3)]).changed
    assert more.difference == 2 * silk.price
    [other] = draft(
        order, [Wanted(order.lines.get().pk, SkuFactory.create(price="189"), 1)]
    ).changed
    assert other.difference == ZERO


def test_goods_that_are_not_there_are_not_promised(
    order: Order, silk: Sku, by: Actor, agent_client: Client
) -> None:
    """SOP 1.3, 5.b: the preview says what is missing, and the sentence does not promise it."""
    line, data = order.lines.get(), page_of(agent_client, "modify-products", order)
    typed = {f"line{line.pk}-find": silk.code, f"line{line.pk}-quantity": "20"}
    draft = send(agent_client, "modify-products", order, data, preview="1", **typed)
    html = draft.content.decode()
    assert ("可用 14 件，缺 6 件" in html, "现货不够" in html) == (True, True)
    assert "马上安排发货" not in html
    swap(order, silk, by, 20)
    say = Act.objects.filter(order_no=order.order_no, verb="modify_products").latest("at").say
    assert say["key"] == "modify.products.short"


def test_more_of_what_is_kept_already_asks_for_the_rest_only(silk: Sku, by: Actor) -> None:
    order = paid((silk, 10))
    line = order.lines.get()
    assert lacking(draft(order, [Wanted(line.pk, None, 14)])) == []
    [lack] = lacking(draft(order, [Wanted(line.pk, None, 15)]))
    assert (lack.available, lack.missing) == (4, 1)


def test_a_second_dearer_swap_renews_the_one_hold(order: Order, silk: Sku, by: Actor) -> None:
    swap(order, silk, by)
    swap(order, SkuFactory.create(price="209.00"), by)
    assert [hold.amount for hold in order.holds.all()] == [D("50.00")]


def test_swapping_up_and_back_owes_nothing(order: Order, linen: Sku, silk: Sku, by: Actor) -> None:
    swap(order, silk, by)
    swap(order, linen, by)
    assert (order.due, order.owed_back) == (D("150.00"), ZERO)
    assert not order.holds.filter(state="open").exists()


def test_cheaper_is_owed_back(order: Order, by: Actor) -> None:
    swap(order, SkuFactory.create(price="129.00"), by)
    assert (order.due, order.owed_back) == (D("120.00"), D("30.00"))
    assert not order.holds.exists()


def test_cheaper_of_a_platforms_order_says_what_the_buyer_does(order: Order, by: Actor) -> None:
    """Nobody sends it by itself: the buyer applies (1.5, reading), and the desk is told so."""
    swap(order, SkuFactory.create(price="129.00"), by)
    say = Act.objects.get(order_no=order.order_no, verb="modify_products").say
    assert say["key"] == "modify.products.cheaper.platform"
    assert say["values"]["amount"] == "30.00"
    order.refresh_from_db()
    assert "应退差价 30.00 元还没有申请：点“申请退款”，选“退差价”" in detail(order)
    assert "还没有申请" not in detail(order, refund_reserved=D("30.00"))


def detail(order: Order, **about: Any) -> str:
    facts = replace(order.facts(), **about)
    return situation(facts, now=timezone.now()).detail


def test_unpaid_changes_what_is_due_and_nothing_else(linen: Sku, silk: Sku, by: Actor) -> None:
    order = swap(OrderFactory.create(state="unpaid", lines=[(linen, 1)]), silk, by)
    assert (order.due, order.owed_back, order.state) == (D("189.00"), ZERO, "unpaid")
    assert not order.holds.exists()


@pytest.mark.parametrize("terms", ["cod", "account"])
def test_cash_on_delivery_and_account_wait_for_no_top_up(
    linen: Sku, silk: Sku, by: Actor, terms: str
) -> None:
    order = swap(OrderFactory.create(terms=terms, lines=[(linen, 1)]), silk, by)
    assert order.due == D("189.00")
    assert not order.holds.exists()


def test_another_size_of_the_same_price_costs_nothing(order: Order, by: Actor) -> None:
    swap(order, SkuFactory.create(style_no="A2031", size="M", price="159.00"), by)
    assert order.due == D("150.00")
    assert not order.holds.exists()


def test_a_platforms_price_below_the_list_makes_no_size_dearer(by: Actor) -> None:
    """Bought at 139 where the list says 159: the other size is no dearer."""
    large = SkuFactory.create(style_no="B1", size="L", price="159.00")
    order = OrderFactory.create(lines=[(large, 1)], discount=D("20.00"))
    swap(order, SkuFactory.create(style_no="B1", size="M", price="159.00"), by)
    assert order.due == order.paid == D("139.00")


def test_a_line_is_added_and_one_removed(order: Order, silk: Sku, by: Actor) -> None:
    line = order.lines.get()
    wanted = [Wanted(line.pk, None, 0), Wanted(None, silk, 2)]
    act = modify_products(order, wanted, by=by, now=NOW)
    order.refresh_from_db()
    assert (order.goods_count, order.due) == (2, D("378.00"))
    assert ["商品", "A2031 亚麻衬衫 藏青 · L × 1", ""] in act.changes
    assert ["商品", "", "A2040 亚麻衬衫 白 · L × 2"] in act.changes


def test_removing_everything_is_refused_with_what_to_do(order: Order, by: Actor) -> None:
    with pytest.raises(Refused, match="不能全部去掉") as refused:
        modify_products(order, [Wanted(order.lines.get().pk, None, 0)], by=by, now=NOW)
    assert "申请退款" in refused.value.verdict.instead


@pytest.mark.parametrize("what", [{"is_top_up": True}, {"active": False}])
def test_what_is_not_sold_is_refused(order: Order, by: Actor, what: dict[str, bool]) -> None:
    with pytest.raises(Refused):
        swap(order, SkuFactory.create(**what), by)


def test_a_later_import_still_knows_what_the_platform_had_said(
    order: Order, silk: Sku, by: Actor
) -> None:
    line = order.lines.get()
    swap(order, silk, by)
    assert order.before_hand["lines"] == [[line.code, line.title, line.spec, "1"]]


def test_goods_whose_money_goes_back_are_not_swapped(silk: Sku, by: Actor) -> None:
    """SOP 1.2.d: as many pieces would be given back as the order has no more."""
    order = ask(paid_order(), by).order
    line = order.lines.order_by("id")[0]
    with pytest.raises(Refused, match="已经在退款了"):
        modify_products(order, [Wanted(line.pk, silk, 1)], by=by, now=WED)
    withdraw_refund(order, Refund.objects.get(), "不退了", by=by, now=WED)
    modify_products(Order.objects.get(pk=order.pk), [Wanted(line.pk, silk, 1)], by=by, now=WED)


def test_no_change_writes_none(order: Order, by: Actor) -> None:
    act = modify_products(order, [Wanted(order.lines.get().pk, None, 1)], by=by, now=NOW)
    order.refresh_from_db()
    assert (order.version, order.modified_at, act.changes, act.say) == (1, None, [], None)


@pytest.mark.parametrize("state", ["picking", "packed", "shipped", "received", "completed"])
def test_from_the_warehouse_on_nothing_is_swapped(silk: Sku, by: Actor, state: str) -> None:
    with pytest.raises(Refused):
        swap(OrderFactory.create(state=state), silk, by)


class TestMoney(TestCase):
    """Whatever is swapped, the money adds up."""

    @settings(max_examples=25, deadline=None)
    @given(
        prices=st.lists(st.decimals("0.01", "999.99", places=2), min_size=2, max_size=4),
        quantity=st.integers(1, 7),
        off=st.decimals("0.00", "0.99", places=2),
        steps=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), max_size=4),
    )
    def test_any_way_there_and_back_owes_nothing_to_the_cent(
        self,
        prices: list[Decimal],
        quantity: int,
        off: Decimal,
        steps: list[tuple[int, int]],
    ) -> None:
        by = Actor.person(UserFactory.create())
        skus = [SkuFactory.create(price=price) for price in prices]
        order = OrderFactory.create(
            lines=[(skus[0], quantity)], discount=min(off, prices[0] * quantity)
        )
        due = order.due
        for choice, count in [*steps, (0, quantity)]:
            line = order.lines.get()
            sku = skus[choice % len(skus)]
            modify_products(order, [Wanted(line.pk, sku, count)], by=by, now=NOW)
            order.refresh_from_db()
            line.refresh_from_db()
            held = order.holds.filter(kind="top_up", state="open").first()
            rest = order.due - order.total_paid
            assert order.due == line.amount >= ZERO
            assert (held.amount if held else ZERO) == max(rest, ZERO)
            assert order.owed_back == max(-rest, ZERO)
        assert (order.due, order.owed_back) == (due, ZERO)

    @settings(max_examples=25, deadline=None)
    @given(
        lines=st.lists(
            st.tuples(st.decimals("0.01", "999.99", places=2), st.integers(1, 5)),
            min_size=1,
            max_size=3,
        ),
        wanted=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=4),
    )
    def test_the_difference_of_a_draft_is_the_sum_of_its_lines(
        self, lines: list[tuple[Decimal, int]], wanted: list[tuple[int, int]]
    ) -> None:
        skus = [SkuFactory.create(price=price) for price, _ in lines]
        order = OrderFactory.create(lines=[(s, n) for s, (_, n) in zip(skus, lines, strict=True)])
        own = list(order.lines.all())
        asked = [
            Wanted(own[i].pk if i < len(own) else None, skus[n % len(skus)], n) for i, n in wanted
        ]
        plan = draft(order, list({want.line: want for want in asked}.values()))
        after = sum((drafted.after for drafted in plan.lines), ZERO)
        assert plan.difference == after - order.goods_total
        assert all(drafted.after >= ZERO for drafted in plan.lines)


def test_settling_twice_changes_nothing(order: Order, silk: Sku, by: Actor) -> None:
    swap(order, silk, by)
    with OrderFactory.act():
        assert settle(order, "再算", by=by, now=NOW) == D("30.00")
    assert order.holds.count() == 1


# On the screen


def test_the_difference_and_the_sentence_stand_above_the_button_before_it_is_done(
    agent_client: Client, order: Order, silk: Sku
) -> None:
    data = page_of(agent_client, "modify-products", order)
    line = order.lines.get()
    typed = {f"line{line.pk}-find": "A2040", "preview": "1"}
    html = send(agent_client, "modify-products", order, data | typed).content.decode()
    for shown in ("+30.00", "180.00", "要补差价 30.00 元", "请拍下补差价链接"):
        assert shown in html
    assert html.index("请拍下补差价链接") < html.index("确认修改")
    order.refresh_from_db()
    assert order.due == D("150.00")


def test_what_was_previewed_is_confirmed(agent_client: Client, order: Order, silk: Sku) -> None:
    data = page_of(agent_client, "modify-products", order)
    typed = {f"line{order.lines.get().pk}-find": "A2040"}
    first = send(agent_client, "modify-products", order, data | typed)
    assert first.status_code == 422  # not previewed: it is now
    second = send(agent_client, "modify-products", order, fields(first.content.decode()))
    assert second.status_code == 302
    order.refresh_from_db()
    assert order.due == D("180.00")


def test_a_style_of_several_sizes_asks_which(agent_client: Client, order: Order, silk: Sku) -> None:
    other = SkuFactory.create(style_no="A2040", colour="白", size="M", price="189.00")
    line = order.lines.get()
    data = page_of(agent_client, "modify-products", order)
    typed = {f"line{line.pk}-find": "a2040"}
    first = send(agent_client, "modify-products", order, data | typed)
    html = first.content.decode()
    assert first.status_code == 422
    assert "请选颜色和尺码" in html
    assert "有货 14" in html
    typed |= {f"line{line.pk}-sku": str(other.pk), "preview": "1"}
    assert "白 · M" in send(agent_client, "modify-products", order, data | typed).content.decode()


@pytest.mark.parametrize("by_what", ["code", "barcode", "style_no"])
def test_goods_are_found_by_style_code_and_barcode(
    agent_client: Client, order: Order, silk: Sku, by_what: str
) -> None:
    data = page_of(agent_client, "modify-products", order)
    typed = {"new0-find": getattr(silk, by_what), "preview": "1"}
    html = send(agent_client, "modify-products", order, data | typed).content.decode()
    assert "+189.00" in html


def test_goods_that_nobody_knows_are_422(agent_client: Client, order: Order) -> None:
    data = page_of(agent_client, "modify-products", order)
    answer = send(agent_client, "modify-products", order, data | {"new0-find": "没有这款"})
    assert answer.status_code == 422
    assert "没有找到" in answer.content.decode()


def test_another_row_is_given_without_javascript(agent_client: Client, order: Order) -> None:
    data = page_of(agent_client, "modify-products", order)
    html = send(agent_client, "modify-products", order, data | {"more": "1"}).content.decode()
    assert 'name="new1-find"' in html


def test_htmx_gets_only_the_preview_and_the_choices(
    agent_client: Client, order: Order, silk: Sku
) -> None:
    data = page_of(agent_client, "modify-products", order)
    typed = {f"line{order.lines.get().pk}-find": "A2040", "preview": "1"}
    answer = agent_client.post(
        reverse("modify-products", args=[order.order_no]),
        data | typed,
        headers={"HX-Request": "true", "HX-Target": "preview"},
    )
    html = answer.content.decode()
    assert html.lstrip().startswith('<div id="preview"')
    assert 'hx-swap-oob="true"' in html
    assert "act-card" not in html


def test_a_preview_that_is_out_of_date_is_shown_again(
    agent_client: Client, order: Order, silk: Sku
) -> None:
    """The price changed between preview and confirmation."""
    line = order.lines.get()
    data = page_of(agent_client, "modify-products", order)
    typed = {f"line{line.pk}-find": "A2040"}
    shown = send(agent_client, "modify-products", order, data | typed | {"preview": "1"})
    with SkuFactory.act():
        silk.price = D("199.00")
        silk.save()
    answer = send(agent_client, "modify-products", order, fields(shown.content.decode()))
    assert answer.status_code == 422
    assert "补差价 40.00 元" in answer.content.decode()
