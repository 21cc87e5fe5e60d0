"""A new order as the registration act wants it, or every fault of it (SOP 5.a)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from core.money import ZERO
from orders.addresses import clean_phone, receiving_faults
from orders.api.problems import Fault, pointer, wrong
from orders.api.schemas import OrderIn, PaymentIn
from orders.models import Shop
from orders.policy import Receiving
from orders.services.pay import Paid
from orders.services.register import NewOrder
from orders.words import CARRIERS, AccountKind, Delivery, Gateway, Terms
from stock.models import Sku
from stock.selectors.goods import skus_by_text

LARGEST = Decimal("9999999.99")  # yuan, as a person may type it
EARLIEST = timedelta(days=366)
CLOCKS = timedelta(minutes=5)  # by which two machines' clocks may differ


def digest_of(body: OrderIn) -> str:
    """The same order sent again has the same."""
    return "api:" + hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:32]


def new_order(body: OrderIn, shop: Shop, now: datetime) -> NewOrder:
    """Raises Failed (422) with all that is wrong with the goods, the address, money and time."""
    goods = _skus(body)
    faults = [*_goods_faults(body, goods), *_receiving_faults(body), *_time_faults(body, now)]
    if body.carrier and body.carrier not in CARRIERS:
        choices = "、".join(CARRIERS)
        faults.append(Fault("#/carrier", "not_a_choice", f"只能是：{choices}。"))
    faults += _payment_faults(body.payments)
    known = [(sku, line.quantity) for line in body.lines if (sku := goods.get(line.sku))]
    new = NewOrder(
        shop=shop,
        goods=known,
        receiving=_receiving(body),
        terms=Terms(body.terms),
        delivery=Delivery(body.delivery),
        carrier=body.carrier,
        account_kind=AccountKind(body.buyer.kind if body.buyer else "platform"),
        account=body.buyer.account if body.buyer else "",
        freight=body.freight,
        discount=body.discount,
        message=body.message,
        their_no=body.platform_no,
        ordered_at=body.ordered_at,
        digest=digest_of(body),
    )
    if len(known) == len(body.lines):
        faults += _money_faults(body, new)
    wrong(faults)
    return new


def payments(body: list[PaymentIn]) -> list[Paid]:
    return [payment(each) for each in body]


def payment(body: PaymentIn) -> Paid:
    return Paid(body.trade_no, body.amount, Gateway(body.gateway), body.account)


def _skus(body: OrderIn) -> dict[str, Sku]:
    """What is known by code or barcode; a style number alone says no colour and size."""
    found = skus_by_text({line.sku for line in body.lines})
    return {
        text: skus[0]
        for text, skus in found.items()
        if skus and text.lower() in (skus[0].code.lower(), skus[0].barcode.lower())
    }


def _goods_faults(body: OrderIn, goods: dict[str, Sku]) -> Iterator[Fault]:
    for index, line in enumerate(body.lines):
        if line.sku not in goods:
            said = "没有在售的商品有这个商家编码或条码。"
            yield Fault(pointer(["lines", index, "sku"]), "unknown_sku", said)


def _receiving(body: OrderIn) -> Receiving:
    """Telephones written one way, so that the order is found by them."""
    told = body.receiving
    phones = {"mobile": clean_phone(told.mobile), "telephone": clean_phone(told.telephone)}
    return Receiving(**told.model_dump() | phones)


def _receiving_faults(body: OrderIn) -> Iterator[Fault]:
    address = body.delivery != Delivery.PICKUP.value
    for name, said in receiving_faults(body.receiving.model_dump(), address=address):
        yield Fault(pointer(["receiving", name]), "bad_receiving", said)


def _time_faults(body: OrderIn, now: datetime) -> Iterator[Fault]:
    at = body.ordered_at
    if at is not None and not now - EARLIEST < at < now + CLOCKS:
        yield Fault("#/ordered_at", "bad_time", "下单时间不能在将来，也不能早于一年前。")


def _money_faults(body: OrderIn, new: NewOrder) -> Iterator[Fault]:
    if body.discount > new.goods_total:
        said = f"优惠不能比货款多，货款 {new.goods_total} 元。"
        yield Fault("#/discount", "too_large", said)
    elif new.due > LARGEST:
        yield Fault("#/lines", "too_large", f"应付 {new.due} 元，超过了 {LARGEST} 元。")
    elif body.total is not None and body.total != new.due:
        said = f"按我们的售价应付 {new.due} 元，和这个数不一样。"
        yield Fault("#/total", "total_differs", said)


def _payment_faults(paid: list[PaymentIn]) -> Iterator[Fault]:
    for index, each in enumerate(paid):
        if each.amount == ZERO:
            yield Fault(pointer(["payments", index, "amount"]), "too_small", NOTHING_PAID)


NOTHING_PAID = "收款要大于 0 元。"
