"""Douyin (抖音): one row for each order, or for each sub-order; personal data encrypted.

In the first kind several sub-orders are joined by `;` with one total quantity: nobody can split
them by rule. In the second an amount may be the order's, repeated, or the row's own: where the
rows differ, or it is exactly the row's own price, it is the row's.
"""

from __future__ import annotations

from decimal import Decimal

from core.money import ZERO
from orders.formats.goods import MIXED, NO_GOODS, draft, priced, share, told
from orders.formats.layout import Format, Lines, Money, Row
from orders.formats.money import settle


def money(rows: list[Row], row: Row, was_paid: bool) -> Money:
    each = rows if _per_row(rows) else [row]
    due = sum((r.money("due") for r in each), ZERO)
    platform = sum((r.sum("platform") for r in each), ZERO)
    return settle(
        total=due + platform,
        freight=sum((r.money("freight") for r in each), ZERO),
        was_paid=was_paid,
        paid=due,
        platform=platform,
        shop=sum((r.sum("shop") for r in each), ZERO),
        refunded=row.money("refunded"),
    )


def _per_row(rows: list[Row]) -> bool:
    """Do the amounts of several rows belong to each row? Then they are added up."""
    if len({row.text("due") for row in rows}) > 1:
        return True
    return len(rows) > 1 and all(row.money("due") == _own(row) for row in rows)


def _own(row: Row) -> Decimal:
    """What the row's own goods cost by its price, freight and discounts; -1 without a price."""
    if not row.text("price") or not row.text("quantity"):
        return Decimal(-1)
    goods = row.money("price") * row.count("quantity")
    return goods + row.money("freight") - row.sum("shop") - row.sum("platform")


def lines(rows: list[Row], paid: Money, _: list[Row]) -> Lines:
    if not rows[0].has("title") or not rows[0].has("quantity"):
        return Lines(unclear=told(rows[0], NO_GOODS))
    if any(MIXED.search(row.text("line_no")) for row in rows):
        return Lines(unclear=told(rows[0], "多个子订单合在一行，只有总数量，请人工核对每样几件。"))
    drafts = [draft(row) for row in rows]
    if not _per_row(rows):
        return Lines(share(drafts, paid.goods_amount))
    owed = [r.money("due") - r.money("freight") + r.sum("platform") for r in rows]
    if sum(owed, ZERO) != paid.goods_amount or min(owed) < 0:
        return Lines(share(drafts, paid.goods_amount))
    return Lines(priced(drafts, owed))


ORDERS = Format(
    code="douyin",
    name="抖音订单",
    channels=("douyin",),
    signatures=(
        "主订单编号,子订单编号,选购商品",
        "主订单编号,订单应付金额",
        "主订单编号,子订单编号,商品ID",
    ),
    columns={
        "number": "主订单编号",
        "line_no": "子订单编号",
        "title": "选购商品|商品名称",
        "spec": "商品规格|规格",
        "quantity": "商品数量",
        "item_id": "商品ID",
        "code": "商家编码",
        "other_code": "货号",
        "price": "商品单价|商品金额",
        "due": "订单应付金额",
        "freight": "运费",
        "refunded": "退款金额",
        "pay_way": "支付方式",
        "consignee": "收件人|收货人",
        "mobile": "收件人手机号|收货人手机号",
        "province": "省",
        "city": "市",
        "district": "区",
        "town": "街道",
        "address": "详细地址",
        "buyer_message": "买家留言",
        "ordered_at": "订单提交时间|下单时间",
        "flag": "旗帜颜色",
        "seller_memo": "商家备注",
        "completed_at": "订单完成时间",
        "paid_at": "支付完成时间",
        "status": "订单状态",
        "after_sale": "售后状态",
        "close_reason": "取消原因",
        "shipped_at": "发货时间",
        "waybill": "快递信息|快递单号|物流单号",
        "carrier": "快递公司|物流公司",
        "presale_steps": "订单类型",
    },
    sums={
        "platform": "平台实际承担优惠金额|达人实际承担优惠金额",
        "shop": "商家实际承担优惠金额",
    },
    blanks=frozenset({"-", "null"}),
    money=money,
    lines=lines,
    many_rows=True,
)
