"""Made-up shops, buyers and orders, for tests and the demo."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone

from core.factories import SeedFactory
from core.money import ZERO, spread, yuan
from orders import policy
from orders.models import Buyer, BuyerAccount, Order, OrderLine, Payment, Shop, Trade
from orders.services.products import summary
from orders.services.stocking import reserve_goods
from orders.words import AccountKind, Channel, Gateway, OrderState, Terms
from stock.factories import SkuFactory
from stock.models import Sku

S = OrderState
REACHED = [S.UNPAID, S.PAID, S.PICKING, S.PACKED, S.SHIPPED, S.RECEIVED, S.COMPLETED]


class ShopFactory(SeedFactory[Shop]):
    """A Taobao shop; the same code is the same shop."""

    class Meta:
        model = Shop
        django_get_or_create = ("code",)

    code: Any = "tb1"
    name: Any = "棉麻生活馆"
    channel: Any = Channel.TAOBAO.value


class BuyerFactory(SeedFactory[Buyer]):
    """A buyer with a Wangwang account: `BuyerFactory.create(wangwang="tb_chen88")`."""

    class Meta:
        model = Buyer

    wangwang: Any = factory.Sequence(lambda n: f"tb_buyer{n}")

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **values: Any) -> Any:
        wangwang = values.pop("wangwang")
        buyer = super()._create(model_class, *args, **values)
        BuyerAccount.objects.create(buyer=buyer, kind=AccountKind.WANGWANG.value, account=wangwang)
        return buyer


class OrderFactory(SeedFactory[Order]):
    """An order with its lines and, when it is paid, its trade and payment.

    `OrderFactory.create(state="shipped", lines=[(sku, 2)])`. What is due follows from lines,
    freight and `discount`; times from the state. `released=True`: handed to the warehouse.
    """

    class Meta:
        model = Order

    order_no: Any = factory.Sequence(lambda n: f"G261101{n + 1:04d}")
    platform_no: Any = factory.Sequence(lambda n: f"3515311702{n:08d}")
    shop: Any = factory.SubFactory(ShopFactory)
    buyer: Any = factory.SubFactory(BuyerFactory)
    buyer_account: Any = factory.LazyAttribute(
        lambda o: o.buyer.accounts.first().account if o.buyer else ""
    )
    state: Any = S.PAID.value
    terms: Any = Terms.PREPAID.value
    consignee: Any = "陈建生"
    mobile: Any = factory.Sequence(lambda n: f"138{n % 100_000_000:08d}")
    province: Any = "广东省"
    city: Any = "深圳市"
    district: Any = "福田区"
    street: Any = "香蜜湖街道农园路66号"
    freight: Any = ZERO
    discount: Any = ZERO
    lines: Any = None
    released: Any = False
    ordered_at: Any = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=30))

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **values: Any) -> Any:
        with cls.act():
            wanted = values.pop("lines")
            discount, released = Decimal(values.pop("discount")), values.pop("released")
            lines = _lines([(SkuFactory.create(), 1)] if wanted is None else wanted, discount)
            known = _money(lines, values, discount) | _times(values, released=released)
            order = super()._create(model_class, *args, **known | values)
            _hang(order, lines)
            _keep(order)
        return order


def _lines(wanted: list[tuple[Sku, int]], discount: Decimal) -> list[OrderLine]:
    """The goods; the discount is spread over them, so that the amounts add up to what is due."""
    full = [yuan(sku.price * quantity) for sku, quantity in wanted]
    off = spread(discount, full)
    return [
        OrderLine(
            sku=sku,
            code=sku.code,
            style_no=sku.style_no,
            title=sku.name,
            colour=sku.colour,
            size=sku.size,
            spec=sku.spec,
            quantity=quantity,
            price=sku.price,
            amount=amount - less,
        )
        for (sku, quantity), amount, less in zip(wanted, full, off, strict=True)
    ]


def _money(lines: list[OrderLine], values: dict[str, Any], discount: Decimal) -> dict[str, Any]:
    goods = sum((line.amount for line in lines), ZERO)
    due = goods + Decimal(values["freight"])
    prepaid = values["terms"] == Terms.PREPAID and values["state"] not in (S.UNPAID, S.CLOSED)
    return {
        "goods_total": goods,
        "goods_count": sum(line.quantity for line in lines),
        "goods_summary": summary(lines),
        "shop_discount": discount,
        "due": due,
        "paid": due if prepaid else ZERO,
        "mobile_tail": values["mobile"][-4:],
        "created_at": values["ordered_at"],
    }


def _times(values: dict[str, Any], *, released: bool) -> dict[str, Any]:
    """The times that an order in this state has; an hour between the steps."""
    ordered, state = values["ordered_at"], values["state"]
    rank = REACHED.index(S(state)) if state in REACHED else 0
    at = [ordered + timedelta(hours=hour) for hour in range(len(REACHED))]
    paid_at = at[1] if rank >= 1 else None
    in_warehouse = rank in (2, 3)
    return {
        "paid_at": paid_at if values["terms"] == Terms.PREPAID else None,
        "ship_by": policy.ship_by(paid_at, values["shop"].ship_by_h) if paid_at else None,
        "released_at": at[2] if released or in_warehouse else None,
        "shipped_at": at[4] if rank >= 4 else None,
        "received_at": at[5] if rank >= 5 else None,
        "completed_at": at[6] if rank >= 6 else None,
        "closed_at": at[1] if state == S.CLOSED else None,
        "closed_from": S.UNPAID.value if state == S.CLOSED else "",
    }


def _keep(order: Order) -> None:
    """Goods are kept for it as for any other; what is short becomes a hold (SOP 5.b)."""
    released = order.released_at
    reserve_goods(order, order.ordered_at)
    if order.released_at != released:
        order.save()


def _hang(order: Order, lines: list[OrderLine]) -> None:
    """Lines, trade and payment."""
    for line in lines:
        line.order = order
        line.save()
    if order.paid:
        at = order.paid_at or order.ordered_at
        trade = Trade.objects.create(
            number=f"T{order.platform_no}",
            gateway=Gateway.PLATFORM.value,
            paid=order.paid,
            paid_at=at,
        )
        Payment.objects.create(order=order, trade=trade, amount=order.paid, at=at)
