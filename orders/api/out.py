"""Orders as the API shows them; personal data masked, as everywhere but on labels."""

from __future__ import annotations

from django.urls import reverse

from core.masking import mask_address, mask_name, mask_phone
from orders.api.schemas import HoldOut, LineOut, OrderOut, PaymentOut, ReceivingOut
from orders.models import Hold, Order, OrderLine, Payment

_SAME = (
    *("order_no", "platform_no", "part", "state", "version", "terms", "delivery", "carrier"),
    *("waybill", "goods_total", "freight", "due", "paid", "paid_by_platform", "topped_up"),
    *("owed_back", "is_top_up", "ordered_at", "paid_at", "released_at", "shipped_at"),
    *("received_at", "completed_at", "closed_at", "closed_why"),
)


def order_out(order: Order) -> OrderOut:
    """The order as it stands; lines, payments (with trades) and holds are loaded with it."""
    return OrderOut(
        **{name: getattr(order, name) for name in _SAME},
        shop=order.shop.code,
        state_label=order.get_state_display(),
        discount=order.shop_discount,
        receiving=_receiving(order),
        lines=[_line(line) for line in order.lines.all()],
        payments=[_payment(each) for each in order.payments.all()],
        holds=[_hold(hold) for hold in order.holds.all() if hold.state == "open"],
        merged_into=order.merged_into.order_no if order.merged_into else "",
        merged_from=[each.platform_no for each in order.merged_from.all()],
        url=reverse("api-order", args=[order.order_no]),
    )


def _receiving(order: Order) -> ReceivingOut:
    return ReceivingOut(
        consignee=mask_name(order.consignee),
        phone=mask_phone(order.mobile or order.telephone),
        province=order.province,
        city=order.city,
        district=order.district,
        street=mask_address(order.street),
    )


def _line(line: OrderLine) -> LineOut:
    return LineOut(
        sku=line.code,
        title=line.title,
        spec=line.spec,
        quantity=line.quantity,
        price=line.price,
        amount=line.amount,
    )


def _payment(payment: Payment) -> PaymentOut:
    values = {name: getattr(payment, name) for name in ("side", "amount", "reversed", "at")}
    trade = {"gateway": payment.trade.gateway, "trade_no": payment.trade.number}
    return PaymentOut.model_validate(values | trade)


def _hold(hold: Hold) -> HoldOut:
    return HoldOut(
        kind=hold.kind, label=hold.get_kind_display(), amount=hold.amount, opened_at=hold.opened_at
    )
