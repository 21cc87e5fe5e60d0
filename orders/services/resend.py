"""Send goods once more for an order: an order of its own, tied to the first (SOP 1.2.d, 1.4.f)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from core.acts import Actor, act_on
from core.money import ZERO, spread, yuan
from core.verdict import no
from orders import policy
from orders.models import Order, OrderLine, OrderLink
from orders.services.note import write_note
from orders.services.numbers import take
from orders.services.products import put, recount
from orders.services.review import review_again
from orders.services.settle import settle
from orders.services.stocking import put_back, reserve_goods
from orders.words import OrderState, Relation, Terms
from stock.models import Sku

# What the new order has from the first: whose it is, and where it goes.
_SAME = (
    *("shop_id", "buyer_id", "buyer_account", "consignee", "mobile", "mobile_tail", "telephone"),
    *("province", "city", "district", "street", "zip_code", "masked", "delivery"),
)


@dataclass(frozen=True, slots=True)
class Resend:
    """What is sent once more. `difference` and `freight`: what is still to be paid for it, yuan.

    `own`: the customer's own goods, which are no stock of ours: they come on the books with the
    order, and leave with it.
    """

    goods: Sequence[tuple[Sku, int]]
    kind: Relation
    why: str
    difference: Decimal = ZERO
    freight: Decimal = ZERO
    expedited: bool = False
    own: bool = False


def send_again(first: Order, what: Resend, *, by: Actor, now: datetime) -> Order:
    """A new order under a number of our own; what is to be paid holds it as a top-up does (1.1.f).

    Both orders link each other and have a note with style, colour and size. Inside a running act
    on `first`. Raises Refused.
    """
    _check(what)
    rows: list[Order] = []
    with act_on("send_again_goods", rows, by=by, now=now, clause="1.2.d") as (_, log):
        order = _write(first, what, now)
        if what.own:
            put_back(order, now)
        else:
            reserve_goods(order, now)
        settle(order, what.kind.label, by=by, now=now)
        review_again(order, now)
        order.save()
        _tie(first, order, what, by, now)
        log.about(order)
        log.noted(f"{what.kind.label}：{first.order_no} 的商品再寄一次", reason=what.why)
    return order


def _check(what: Resend) -> None:
    for sku, _ in what.goods:
        if not what.own and (sku.is_top_up or not sku.active):
            no("1.1.f", f"{sku.code} 不能寄，不在售。", instead="换一个在售的款。").require()
    if not what.goods:
        no("1.2.d", "还没有选寄什么。").require()


def _write(first: Order, what: Resend, now: datetime) -> Order:
    number = take(timezone.localdate(now))[0]
    order = Order(
        order_no=number,
        platform_no=number,
        state=OrderState.PAID.value,
        terms=Terms.PREPAID.value,
        due=what.difference + what.freight,
        freight=what.freight,
        expedited=what.expedited,
        ordered_at=now,
        created_at=now,
        review_at=now,
        **{name: getattr(first, name) for name in _SAME},
    )
    order.ship_by = policy.ship_by(now, first.shop.ship_by_h)
    order.save(force_insert=True)
    shares = spread(what.difference, [yuan(sku.price * count) for sku, count in what.goods])
    for (sku, count), amount in zip(what.goods, shares, strict=True):
        line = OrderLine(order=order, quantity=count, amount=amount)
        put(line, sku)
        line.save()
    recount(order)
    return order


def _tie(first: Order, order: Order, what: Resend, by: Actor, now: datetime) -> None:
    """Linked notes on the old order and on the new one (SOP 1.2.d)."""
    goods = "、".join(f"{sku.label} × {count}" for sku, count in what.goods)
    text = f"{goods}（{what.why}）" if what.why else goods
    OrderLink.objects.create(order=first, other=order, kind=what.kind.value, text=text[:200])
    label = what.kind.label
    write_note(first, f"{label}：新单 {order.order_no}，{text}", by=by, now=now, for_shop=True)
    write_note(order, f"{label}：原单 {first.order_no}，{text}", by=by, now=now, for_shop=False)
