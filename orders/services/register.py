"""Register an order by hand: telephone, e-mail, fax, own shop (SOP 5.a, 5.g)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.acts import Actor, act_on
from core.models import Act
from core.money import ZERO, spread, yuan
from core.verdict import Say, no
from orders.models import Buyer, BuyerAccount, Contact, Order, OrderLine, Shop
from orders.models.order import tail
from orders.policy import Contacted, Receiving
from orders.services.hold import open_hold
from orders.services.modify import check_again
from orders.services.news import received
from orders.services.note import new_account
from orders.services.numbers import take
from orders.services.products import put, recount
from orders.services.stocking import reserve_goods
from orders.services.telling import tell_buyers
from orders.services.timers import start_timers
from orders.words import BY_HAND, AccountKind, Delivery, HoldKind, Terms
from stock.models import Sku


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as it was told on the telephone, or stands in an e-mail. Money in yuan."""

    shop: Shop
    goods: Sequence[tuple[Sku, int]]
    receiving: Receiving
    terms: Terms = Terms.PREPAID
    delivery: Delivery = Delivery.EXPRESS
    carrier: str = ""
    account_kind: AccountKind = AccountKind.QQ
    account: str = ""
    freight: Decimal = ZERO
    discount: Decimal = ZERO
    message: str = ""
    their_no: str = ""
    ordered_at: datetime | None = None  # None: now
    digest: str = ""  # of the request of another system, so that it can be told from a second one

    @property
    def goods_total(self) -> Decimal:
        """List prices without the discount, yuan."""
        return sum((yuan(sku.price * quantity) for sku, quantity in self.goods), ZERO)

    @property
    def due(self) -> Decimal:
        return self.goods_total - self.discount + self.freight


def register_order(
    new: NewOrder,
    *,
    by: Actor,
    now: datetime,
    contact: Contacted | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Register an order by hand through the same checks as an import (SOP 5.a).

    Without a contact where another system sends it.

    Cash on delivery and on account go on without a payment (5.g). Raises Refused, Repeated.
    """
    rows: list[Order] = []
    channel = contact.channel if contact else ""
    with act_on("register_order", rows, by=by, now=now, token=token, channel=channel) as (_, log):
        _check(new)
        order = _write(new, now)
        _hold(order, by, now)
        reserve_goods(order, now)
        start_timers(order, now)
        order.save()
        if new.terms is not Terms.PREPAID:
            tell_buyers([received(order, order.ordered_at)], now)
        if contact is not None:
            Contact.objects.create(
                order=order,
                channel=contact.channel,
                said=contact.said,
                about="register_order",
                act=log.act.id,
                by_id=by.user_id,
                at=now,
            )
        log.about(order)
        log.noted(f"登记订单，{new.terms.label}，应付 {order.due} 元", clause="5.a")
        log.tell(_said(order, new))
    return log.act


def _check(new: NewOrder) -> None:
    if new.shop.channel not in BY_HAND:
        no("5.a", f"“{new.shop.name}”的订单由平台导入，不能手工登记。").require()
    if not new.goods:
        no("5.a", "至少要有一种商品。").require()
    if not ZERO <= new.discount <= new.goods_total or new.freight < ZERO:
        no("5.a", "优惠不能比货款多，运费不能小于 0。").require()
    if new.their_no and new.shop.orders.filter(platform_no=new.their_no).exists():
        no(
            "5.a",
            f"对方单号 {new.their_no} 已经登记过了。",
            instead="先查一下这个单号，不要重复登记。",
        ).require()


def _write(new: NewOrder, now: datetime) -> Order:
    number = take(timezone.localdate(now))[0]
    order = Order(
        order_no=number,
        platform_no=new.their_no or number,
        shop=new.shop,
        buyer=_buyer(new),
        buyer_account=new.account,
        buyer_message=new.message,
        terms=new.terms.value,
        delivery=new.delivery.value,
        carrier="" if new.delivery is Delivery.PICKUP else new.carrier,
        freight=new.freight,
        shop_discount=new.discount,
        due=new.due,
        ordered_at=new.ordered_at or now,
        created_at=now,
        import_digests=[new.digest] if new.digest else [],
        mobile_tail=tail(new.receiving.mobile),
        **new.receiving.values(),
    )
    if new.terms is not Terms.PREPAID:
        order.accept(now)
    try:
        with transaction.atomic():
            order.save()
    except IntegrityError:  # the same number is being registered by somebody else
        no("5.a", f"对方单号 {new.their_no} 刚刚被登记了。").require()
    _write_lines(order, new)
    return order


def _write_lines(order: Order, new: NewOrder) -> None:
    full = [yuan(sku.price * quantity) for sku, quantity in new.goods]
    off = spread(new.discount, full)
    for (sku, quantity), amount, less in zip(new.goods, full, off, strict=True):
        line = OrderLine(order=order, quantity=quantity, amount=amount - less)
        put(line, sku)
        line.save()
    recount(order)


def _buyer(new: NewOrder) -> Buyer | None:
    """Whose account it is; a new one becomes a new buyer."""
    if not new.account:
        return None
    same = BuyerAccount.objects.filter(account=new.account, kind=new.account_kind)
    known = same.filter(channel__in=["", new.shop.channel]).order_by("channel").first()
    known = known or same.order_by("id").first()
    if known is not None:
        return known.buyer
    return new_account(new.account_kind, new.account, Buyer.objects.create()).buyer


def _hold(order: Order, by: Actor, now: datetime) -> None:
    """What a person must look at before it goes to the warehouse (SOP 2.b)."""
    check_again(order, by, now)
    if order.buyer is not None and order.buyer.blocked:
        text = f"买家在黑名单：{order.buyer.blocked_why or '原因没有写'}"
        open_hold(order, HoldKind.REVIEW, text, by=by, now=now, cause="blocked")


def _said(order: Order, new: NewOrder) -> Say:
    values = {"order_no": order.order_no, "amount": str(order.due)}
    if new.terms is Terms.PREPAID:
        return Say("register.unpaid", values)
    return Say("register.accepted", values | {"terms": new.terms.label})
