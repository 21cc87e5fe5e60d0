"""SOP 2.h: a line of the platform whose pieces go in two parcels is told once, with the first."""

from __future__ import annotations

import pytest
from django.utils import timezone

from connectors.sandbox import taobao as imitated
from connectors.sandbox.server import Sandbox
from core.acts import TIMER, Actor, act
from orders.factories import OrderFactory, ShopFactory
from orders.models import HandTask, Note, Order, Shop
from orders.services.split import Wish, split_order
from stock.factories import SkuFactory
from tests.connectors.trades import NUMBER, line, trade
from tests.platform.conftest import done, put, shop  # noqa: F401 - a fixture
from tests.tracking.conftest import WAYBILL, deliver, ship
from warehouse.models import Dispatch
from warehouse.services.waybill import correct_waybill

pytestmark = pytest.mark.django_db
SECOND, THIRD = "YT8962646780001", "YT8962646780002"
AGENT = Actor("person", "李雷")
OID = str(NUMBER)
OTHER = str(NUMBER + 1)


def packed(order: Order) -> Order:
    """As the warehouse leaves it before the ship station."""
    with act("pack", order, by=TIMER, now=timezone.now()) as (row, _):
        row.begin()
        row.pack()
    return order


def two_parts(about: Shop, oids: tuple[str, ...], cut: dict[int, int]) -> tuple[Order, Order]:
    """An order of two pieces of each line, split: so many of the n-th line go."""
    goods = [(SkuFactory.create(), 2) for _ in oids]
    order = OrderFactory.create(shop=about, platform_no=str(NUMBER), lines=goods)
    lines = list(order.lines.order_by("pk"))
    with act("seed", order, by=TIMER, now=timezone.now()):
        for row, oid in zip(lines, oids, strict=True):
            row.platform_line_no = oid
            row.save()
    pieces = {lines[place].pk: count for place, count in cut.items()}
    split_order(order, Wish(pieces), by=AGENT, now=timezone.now())
    order.refresh_from_db()
    return packed(order), packed(Order.objects.get(part=1))


def told() -> list[tuple[str, str]]:
    return list(Dispatch.objects.order_by("id").values_list("lines", "waybill"))


def test_the_second_parcel_of_a_line_is_noted_and_not_sent_again(
    sandbox: Sandbox,
    shop: Shop,  # noqa: F811
) -> None:
    put(sandbox, trade())
    first, second = two_parts(shop, (OID,), {0: 1})
    ship(first)
    ship(second, SECOND)
    deliver()
    assert told() == [(OID, WAYBILL)]
    assert [what for what, _ in done(sandbox)] == ["send", "memo"]
    assert not Dispatch.objects.filter(state="failed").exists(), "nobody has to look at it"
    known = imitated.trades(sandbox.state)[OID]
    assert known["orders"]["order"][0]["invoice_no"] == WAYBILL
    assert SECOND in known["seller_memo"]
    assert SECOND in Note.objects.get(order=second).text


def test_what_else_is_in_the_second_parcel_is_sent(
    sandbox: Sandbox,
    shop: Shop,  # noqa: F811
) -> None:
    both = [line(NUMBER), line(NUMBER + 1)]
    put(sandbox, trade(orders={"order": both}))
    first, second = two_parts(shop, (OID, OTHER), {0: 1, 1: 2})
    ship(second, SECOND)  # whichever leaves first
    ship(first)
    deliver()
    ((lines, waybill),) = told()
    assert (sorted(lines.split(",")), waybill) == ([OID, OTHER], SECOND)
    rows = imitated.trades(sandbox.state)[OID]["orders"]["order"]
    assert [row["invoice_no"] for row in rows] == [SECOND, SECOND]
    assert WAYBILL in Note.objects.get(order=first).text


def test_a_line_that_is_whole_in_the_second_parcel_is_told_with_it(
    sandbox: Sandbox,
    shop: Shop,  # noqa: F811
) -> None:
    put(sandbox, trade(orders={"order": [line(NUMBER), line(NUMBER + 1)]}))
    first, second = two_parts(shop, (OID, OTHER), {0: 1, 1: 2})
    ship(first)
    ship(second, SECOND)
    deliver()
    assert told() == [(OID, WAYBILL), (OTHER, SECOND)]
    assert Dispatch.objects.filter(state="told").count() == 2


def test_a_corrected_waybill_of_the_first_is_told_and_of_the_second_is_noted(
    sandbox: Sandbox,
    shop: Shop,  # noqa: F811
) -> None:
    put(sandbox, trade())
    first, second = two_parts(shop, (OID,), {0: 1})
    ship(first)
    ship(second, SECOND)
    deliver()
    for order, new in ((first, THIRD), (second, "YT8962646780003")):
        order.refresh_from_db()
        correct_waybill(order, "YTO", new, by=AGENT, now=timezone.now())
    deliver()
    assert told() == [(OID, WAYBILL), (OID, THIRD)]
    texts = Note.objects.filter(order=second).order_by("id").values_list("text", flat=True)
    assert [SECOND in texts[0], "YT8962646780003" in texts[1]] == [True, True]


def test_an_order_whose_lines_have_no_numbers_is_told_as_a_whole_with_the_first() -> None:
    about = ShopFactory.create(code="jd", channel="jd")
    first, second = two_parts(about, ("", ""), {1: 2})
    ship(first)
    ship(second, SECOND)
    tasks = HandTask.objects.order_by("id").values_list("kind", "order", "text")
    (kind, order, text), (memo, other, more) = tasks
    assert (kind, order, memo, other) == ("dispatch", first.pk, "memo", second.pk)
    assert WAYBILL in text
    assert SECOND in more
