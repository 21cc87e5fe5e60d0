"""The columns of an export, and what each says of an order; personal ones masked or in full."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.masking import mask_account, mask_address, mask_buyer, mask_name, mask_phone, scrub
from orders.models import Order

Value = str | int | Decimal
Read = Callable[[Order], Any]
Mask = Callable[[str], str]


def _at(name: str) -> Read:
    def read(order: Order) -> str:
        at: datetime | None = getattr(order, name)
        return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""

    return read


def _goods(order: Order) -> str:
    return "；".join(f"{line.label} ×{line.quantity}" for line in order.lines.all())


def _holds(order: Order) -> str:
    holds: list[Any] = getattr(order, "open_holds", [])
    return "、".join(hold.get_kind_display() for hold in holds)


def _value(name: str) -> Read:
    return lambda order: getattr(order, name)


# label, how it is read, and for personal data how it is masked
COLUMNS: list[tuple[str, Read, Mask | None]] = [
    ("订单号", _value("order_no"), None),
    ("平台单号", _value("platform_no"), None),
    ("渠道", lambda order: order.shop.get_channel_display(), None),
    ("店铺", lambda order: order.shop.name, None),
    ("状态", lambda order: order.get_state_display(), None),
    ("挂起", _holds, None),
    ("已修改", lambda order: "是" if order.modified_at else "", None),
    ("付款条件", lambda order: order.get_terms_display(), None),
    ("买家账号", _value("buyer_account"), mask_buyer),
    ("付款账号", _value("buyer_pay_account"), mask_account),
    ("收货人", _value("consignee"), mask_name),
    ("手机", _value("mobile"), mask_phone),
    ("电话", _value("telephone"), mask_phone),
    ("省", _value("province"), None),
    ("市", _value("city"), None),
    ("区县", _value("district"), None),
    ("详细地址", _value("street"), mask_address),
    ("邮编", _value("zip_code"), None),
    ("配送方式", lambda order: order.get_delivery_display(), None),
    ("快递公司", _value("carrier_name"), None),
    ("运单号", _value("waybill"), None),
    ("商品", _goods, None),
    ("件数", _value("goods_count"), None),
    ("货款", _value("goods_total"), None),
    ("运费", _value("freight"), None),
    ("店铺优惠", _value("shop_discount"), None),
    ("平台优惠", _value("platform_discount"), None),
    ("应付", _value("due"), None),
    ("实付", _value("paid"), None),
    ("平台承担", _value("paid_by_platform"), None),
    ("补差价已付", _value("topped_up"), None),
    ("应退差价", _value("owed_back"), None),
    ("已退差价", _value("given_back"), None),
    ("买家留言", _value("buyer_message"), scrub),
    ("卖家备注", _value("seller_memo"), scrub),
    ("发票抬头", _value("invoice_title"), mask_name),
    ("下单时间", _at("ordered_at"), None),
    ("付款时间", _at("paid_at"), None),
    ("下发仓库时间", _at("released_at"), None),
    ("承诺发货", _at("ship_by"), None),
    ("发货时间", _at("shipped_at"), None),
    ("签收时间", _at("received_at"), None),
    ("完成时间", _at("completed_at"), None),
    ("关闭时间", _at("closed_at"), None),
    ("关闭原因", _value("closed_why"), scrub),
    ("拆单序号", lambda order: order.part or "", None),
    ("合并到", lambda order: order.merged_into.order_no if order.merged_into else "", None),
]
HEADER = [label for label, _, _ in COLUMNS]


def row_of(order: Order, *, personal: bool) -> list[Value]:
    """One order as a row; wants its shop, lines, open holds and what it was merged into."""
    row: list[Value] = []
    for _, read, mask in COLUMNS:
        value = read(order)
        row.append(mask(value) if mask and value and not personal else value)
    return row
