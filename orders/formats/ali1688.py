"""1688: one row for each product; the rows below the first leave the order's columns empty."""

from __future__ import annotations

from core.money import ZERO
from orders.formats.goods import row_lines
from orders.formats.layout import Format, Money, Row
from orders.formats.money import settle


def money(rows: list[Row], row: Row, was_paid: bool) -> Money:
    freight, change, paid = row.money("freight"), row.signed("change"), row.money("paid")
    goods = sum((each.money("goods_amount") for each in rows), ZERO)  # below the first row: empty,
    owed = max(goods + freight + change, ZERO)  # or what that product costs
    return settle(
        total=paid or owed,
        freight=freight,
        was_paid=was_paid,
        paid=paid or owed,
        shop=max(-change, ZERO),
        refunded=row.money("refunded"),
    )


ORDERS = Format(
    code="ali1688",
    name="1688 订单",
    channels=(),
    signatures=(
        "订单编号|订单号,货品标题,实付款(元)|实付款",
        "订单编号|订单号,买家公司名,卖家公司名",
    ),
    columns={
        "number": "订单编号|订单号",
        "buyer_account": "买家会员名|买家|买家公司名",
        "goods_amount": "货品总价(元)",
        "freight": "运费(元)|运费",
        "change": "涨价或折扣(元)",
        "paid": "实付款(元)|实付款",
        "refunded": "退款金额(元)|退款金额",
        "status": "订单状态",
        "after_sale": "退款状态|退货状态",
        "ordered_at": "订单创建时间|下单时间",
        "paid_at": "订单付款时间|付款时间",
        "shipped_at": "发货时间",
        "consignee": "收货人姓名|收货人",
        "province": "省",
        "city": "市",
        "district": "区",
        "address": "收货地址",
        "zip_code": "邮编",
        "telephone": "联系电话",
        "mobile": "联系手机",
        "title": "货品标题",
        "price": "单价(元)|单价",
        "quantity": "数量",
        "code": "单品货号|货号",
        "other_code": "型号",
        "item_id": "Offer ID",
        "sku_id": "SKU ID",
        "spec": "规格|货品规格",
        "buyer_message": "买家留言",
        "seller_memo": "卖家备忘|订单备注",
        "carrier": "物流公司",
        "waybill": "运单号",
        "invoice_title": "发票：购货单位名称",
    },
    blanks=frozenset({"-", "null"}),
    money=money,
    lines=row_lines,
    many_rows=True,
    runs_on=True,
    repeated=("freight", "paid", "status"),
)
