"""Pinduoduo (拼多多): one row for each order, one SKU an order.

商品总价 − 店铺优惠 + 邮费 is owed; 平台优惠 and 多多支付立减 are the platform's.
用户实付金额 stands there before it is paid, too, and there is no column for refunds.
"""

from __future__ import annotations

from core.money import ZERO
from orders.formats.goods import row_lines
from orders.formats.layout import Format, Money, Row
from orders.formats.money import settle


def money(rows: list[Row], row: Row, was_paid: bool) -> Money:
    freight, shop, platform = row.money("freight"), row.sum("shop"), row.sum("platform")
    paid = row.money("due")
    total = max(row.money("goods_amount") - shop, ZERO) + freight + row.sum("services")
    if not row.has("goods_amount"):
        total = row.money("income") or paid + platform
    if not row.has("due"):
        paid = max(total - platform, ZERO)
    return settle(
        total=max(total, paid),
        freight=freight,
        was_paid=was_paid,
        paid=paid,
        platform=platform,
        shop=shop,
        refunded=row.money("refunded"),
    )


ORDERS = Format(
    code="pdd",
    name="拼多多订单",
    channels=("pdd",),
    signatures=(
        "订单号,样式ID",
        "订单号,多多支付立减金额(元)",
        "订单号,商品总价(元),用户实付金额(元)|商家实收金额(元)",
        "订单号,商品数量(件),商品规格",
    ),
    columns={
        "number": "订单号",
        "status": "订单状态",
        "after_sale": "售后状态",
        "goods_amount": "商品总价(元)",
        "freight": "邮费(元)",
        "due": "用户实付金额(元)|顾客实付金额(元)",
        "income": "商家实收金额(元)",
        "refunded": "退款金额(元)|退款金额",
        "title": "商品|商品名称",
        "quantity": "商品数量(件)|商品数量",
        "ordered_at": "下单时间",
        "deal_at": "订单成交时间",
        "paid_at": "支付时间",
        "shipped_at": "发货时间",
        "received_at": "确认收货时间",
        "item_id": "商品id",
        "spec": "商品规格",
        "sku_id": "样式ID",
        "code": "商家编码-规格维度",
        "other_code": "商家编码-商品维度|商家编码",
        "seller_memo": "商家备注",
        "flag": "商家备注标签|备注标签",
        "buyer_message": "买家留言",
        "buyer_account": "买家昵称",
        "consignee": "收货人|收件人|收货人姓名",
        "mobile": "手机|收货人手机|收件人手机号|联系电话",
        "province": "省|省份",
        "city": "市|城市",
        "district": "区|区县",
        "town": "街道/镇|街道",
        "address": "详细地址|收货地址|地址",
        "waybill": "快递单号",
        "carrier": "快递公司",
        "trade_no": "支付ID",
        "pay_way": "支付方式",
        "shop_name": "店铺名称",
    },
    sums={
        "shop": "店铺优惠折扣(元)",
        "platform": "平台优惠折扣(元)|多多支付立减金额(元)|拼多多优惠券(元)",
        "services": "上门安装费(元)|送货入户费(元)|送货入户并安装费(元)",
    },
    blanks=frozenset({"-", "null", "无"}),
    money=money,
    lines=row_lines,
)
