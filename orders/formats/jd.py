"""JD (京东): one row for each SKU, the order's amounts repeated on each row.

订单金额 are the goods before any discount, 结算金额 less the shop's discount, 应付金额 and 余额支付
what the buyer pays; freight comes on top.
"""

from __future__ import annotations

from core.money import ZERO
from orders.formats.goods import row_lines
from orders.formats.layout import Format, Money, Row
from orders.formats.money import settle


def money(rows: list[Row], row: Row, was_paid: bool) -> Money:
    freight, listed = row.money("freight"), row.money("total")
    settled = row.money("settled") if row.text("settled") else listed
    due = row.money("due") + row.money("balance")
    total = settled + freight if listed or settled else due
    if not row.text("due"):
        due = total
    return settle(
        total=max(total, due),
        freight=freight,
        was_paid=was_paid,
        paid=due,
        platform=max(total - due, ZERO),
        shop=max(listed - settled, ZERO),
        refunded=row.money("refunded"),
    )


ORDERS = Format(
    code="jd",
    name="京东订单",
    channels=("jd",),
    signatures=(
        "订单号|订单编号,京东价",
        "订单号,下单帐号|下单账号,客户姓名|客户地址",
        "订单号,商品ID|商品编号,订购数量",
    ),
    columns={
        "number": "订单号|订单编号",
        "sku_id": "商品ID|商品编号|SKUID",
        "title": "商品名称",
        "quantity": "订购数量|商品数量",
        "pay_way": "支付方式",
        "ordered_at": "下单时间|订单创建时间",
        "price": "京东价|商品单价",
        "total": "订单金额",
        "settled": "结算金额",
        "balance": "余额支付",
        "due": "应付金额|订单应付金额",
        "status": "订单状态",
        "buyer_account": "下单帐号|下单账号",
        "consignee": "客户姓名|收货人姓名|收货人",
        "address": "客户地址|收货地址",
        "mobile": "联系电话|联系手机|收货人电话",
        "zip_code": "邮政编码",
        "buyer_message": "订单备注|买家留言",
        "invoice_title": "发票抬头",
        "seller_memo": "商家备注",
        "flag": "商家备注等级（等级1-5为由高到低）|商家备注等级",
        "freight": "运费金额|运费",
        "paid_at": "付款确认时间|付款时间",
        "code": "货号|商家SKUID|商家编码",
        "completed_at": "订单完成时间",
        "shipped_at": "发货时间|出库时间",
        "carrier": "物流公司|承运商",
        "waybill": "运单号|快递单号",
        "after_sale": "售后状态|退款状态",
        "refunded": "退款金额",
    },
    blanks=frozenset({"-", "null", "暂无"}),
    money=money,
    lines=row_lines,
    many_rows=True,
    repeated=("total", "settled", "due", "balance", "freight", "status"),
)
