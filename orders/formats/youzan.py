"""Youzan (有赞): one row for each order, its titles in one cell, no quantity; its items apart."""

from __future__ import annotations

from core.money import ZERO
from orders.formats import taobao
from orders.formats.goods import NO_GOODS, draft, share, told
from orders.formats.layout import Format, Lines, Money, Row
from orders.formats.money import settle


def money(rows: list[Row], row: Row, was_paid: bool) -> Money:
    freight, paid = row.money("freight"), row.money("paid")
    total = row.money("total")
    if not row.text("total"):
        listed = max(row.money("goods_amount") + freight - row.sum("shop"), ZERO)
        total = listed if row.text("goods_amount") else paid
    return settle(
        total=max(total, paid),
        freight=freight,
        was_paid=was_paid,
        paid=paid,
        platform=max(total - paid, ZERO) if was_paid else row.sum("platform"),
        shop=row.sum("shop"),
        refunded=row.money("refunded"),
    )


def lines(rows: list[Row], paid: Money, items: list[Row]) -> Lines:
    row = rows[0]
    if items:
        return taobao.lines(rows, paid, items)
    if not row.has("title"):
        return Lines(unclear=NO_GOODS)
    if row.text("kinds") not in ("", "1") or not row.text("quantity"):
        why = "订单里没有每样商品的数量，请上传有赞的商品明细，或人工核对。"
        return Lines(unclear=told(row, why))
    return Lines(share([draft(row)], paid.goods_amount))


ORDERS = Format(
    code="youzan",
    name="有赞订单",
    channels=("youzan", "own"),
    signatures=(
        "订单号,全部商品名称",
        "订单号,收货人手机号/提货人手机号,订单实付金额",
        "订单号,归属店铺,应收订单金额",
    ),
    columns={
        "number": "订单号",
        "shop_name": "归属店铺",
        "status": "订单状态",
        "ordered_at": "订单创建时间|下单时间",
        "paid_at": "买家付款时间",
        "completed_at": "交易成功时间",
        "pay_way": "付款方式",
        "trade_no": "支付流水号|外部订单号",
        "goods_amount": "商品金额合计",
        "freight": "运费",
        "total": "应收订单金额",
        "paid": "订单实付金额",
        "refunded": "订单已退款金额",
        "after_sale": "订单退款状态",
        "title": "全部商品名称",
        "kinds": "商品种类数",
        "quantity": "商品总数量|商品数量|商品件数",
        "delivery": "订单配送方式",
        "province": "收货人省份",
        "city": "收货人城市",
        "district": "收货人地区",
        "address": "详细收货地址/提货地址|收货地址/提货地址",
        "consignee": "收货人/提货人",
        "mobile": "收货人手机号/提货人手机号|收货人手机号/提货人手机",
        "buyer_message": "买家备注|买家留言",
        "flag": "订单星级",
        "buyer_account": "买家昵称|买家姓名|买家手机号",
        "seller_memo": "商家订单备注",
        "presale_steps": "周期购信息",
    },
    sums={"shop": "店铺优惠合计", "platform": "支付优惠合计|支付营销优惠"},
    blanks=frozenset({"-", "—", "——", "null"}),
    money=money,
    lines=lines,
)

ITEMS = Format(
    code="youzan_items",
    name="有赞商品明细",
    signatures=("订单号,订单商品状态,商品名称,商品数量",),
    columns={
        "number": "订单号",
        "title": "商品名称",
        "spec": "商品规格",
        "code": "规格编码",
        "other_code": "商品编码",
        "price": "商品优惠后价格|商品单价",
        "quantity": "商品数量",
        "amount": "商品实际成交金额",
        "line_status": "订单商品状态",
        "line_after_sale": "商品退款状态",
    },
    blanks=frozenset({"-", "—", "——", "null"}),
    money=money,
    lines=lines,
    many_rows=True,
    holds_items=True,
)
