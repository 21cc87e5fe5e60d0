"""The demo's orders that were split or merged, and two that could be merged (SOP 1.3.d, 2.b)."""

from __future__ import annotations

from orders.policy import Contacted
from orders.services.merge import merge_orders
from orders.services.note import note
from orders.services.seed.demo.stage import Stage, enter
from orders.services.split import Wish, split_order
from orders.words import ContactChannel, HoldKind, IdentityKey

CHECKED = frozenset({IdentityKey.ORDER_NO, IdentityKey.MOBILE})


def play(stage: Stage) -> None:
    """One of each."""
    _split(stage)
    _merged(stage)
    _mergeable(stage)


def _split(stage: Stage) -> None:
    """What is in stock goes first; for the rest the buyer is still choosing."""
    goods = [(stage.sku("B2051"), 1), (stage.sku("C3012", "30"), 2)]
    order = enter(stage, "taobao", stage.ago(hours=21), lines=goods)
    note(order, "买家要赶周末穿，先发有货的", by=stage.by("agent"), now=stage.ago(hours=8))
    line = order.lines.last()
    if line is None:
        raise ValueError("the order has no lines")
    wish = Wish({line.pk: line.quantity}, hold=HoldKind.CUSTOMER, why="裤子的颜色买家明天定")
    contact = Contacted(ContactChannel.TELEPHONE, CHECKED, "上衣先发，裤子再想想")
    by, at = stage.by("aftersales"), stage.ago(hours=7)
    split_order(order, wish, by=by, now=at, contact=contact)


def _merged(stage: Stage) -> None:
    """Two orders of one buyer go in one parcel."""
    customer = next(stage.customers)
    first = enter(stage, "tmall", stage.ago(hours=19), customer=customer)
    second = enter(stage, "tmall", stage.ago(hours=17), customer=customer)
    contact = Contacted(ContactChannel.WANGWANG, frozenset(), "两单一起发吧")
    by, at = stage.by("agent"), stage.ago(hours=15)
    merge_orders(first, [second], by=by, now=at, contact=contact)


def _mergeable(stage: Stage) -> None:
    """Two more that could."""
    customer = next(stage.customers)
    for hours in (14, 13):
        enter(stage, "taobao", stage.ago(hours=hours), customer=customer)
