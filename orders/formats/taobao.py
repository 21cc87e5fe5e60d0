"""Taobao and Tmall: ExportOrderList (30, 46, 61 columns and later), its reports, its items.

The list says what was paid after refunds: paid + refunded = total. Its titles are joined by `，`
and cannot be split; ExportOrderDetailList (later ExportItemList) has the products.
"""

from __future__ import annotations

from decimal import Decimal

from core.money import CENT, ZERO
from orders.formats.goods import NO_GOODS, draft, priced, share, told
from orders.formats.layout import Format, Lines, Money, Row
from orders.formats.money import settle

BLANKS = frozenset({"null", "NULL", "-", "--", "无退款申请", "没有申请退款"})


def money(rows: list[Row], row: Row, was_paid: bool) -> Money:
    freight, net, refunded = row.money("freight"), row.money("net_paid"), row.money("refunded")
    total = row.money("total") if row.has("total") else row.money("goods_amount") + freight
    points = int(row.sum("points"))
    return settle(
        total=total,
        freight=freight,
        was_paid=was_paid,
        paid=paid_at_first(total, net, refunded),
        platform=row.sum("platform") + points * CENT,  # 100 Tmall points are one yuan
        refunded=refunded,
        points=points,
    )


def paid_at_first(total: Decimal, net: Decimal, refunded: Decimal) -> Decimal:
    """The buyer's payment before refunds; an export that never took them off is seen by its sum."""
    return net + refunded if net + refunded <= total else max(net, refunded)


def lines(rows: list[Row], paid: Money, items: list[Row]) -> Lines:
    """The products from the second file; without it only an order of one kind is clear."""
    row = rows[0]
    if items:
        return _items(row, paid, items)
    if not row.has("title"):
        return Lines(unclear=NO_GOODS)
    kinds = row.text("kinds")
    one = kinds == "1" if row.has("kinds") else "，" not in row.text("title")
    if not one or not row.text("quantity"):
        return Lines(unclear=told(row, "多件商品合在一格里，请上传宝贝明细，或人工核对。"))
    return Lines(share([draft(row)], paid.goods_amount))


def _items(row: Row, paid: Money, items: list[Row]) -> Lines:
    drafts = [draft(item) for item in items]
    pieces = sum(each["quantity"] for each in drafts)
    unclear = ""
    if row.text("quantity") and row.count("quantity") != pieces:
        unclear = f"宝贝明细共 {pieces} 件，订单里写的是 {row.count('quantity')} 件，请核对。"
    owed = [item.money("amount") for item in items]
    if all(item.text("amount") for item in items) and sum(owed, ZERO) == paid.goods_amount:
        return Lines(priced(drafts, owed), unclear)
    return Lines(share(drafts, paid.goods_amount), unclear)


ORDERS = Format(
    code="taobao",
    name="淘宝/天猫订单",
    channels=("taobao", "tmall"),
    signatures=(
        "订单编号,买家会员名|买家昵称,总金额|买家应付货款",
        "订单编号,宝贝标题,买家实际支付金额",
        "订单编号,总金额,买家实际支付金额",
    ),
    columns={
        "number": "订单编号",
        "buyer_account": "买家会员名|买家昵称|买家旺旺",
        "pay_account": "买家支付宝账号",
        "trade_no": "支付单号",
        "goods_amount": "买家应付货款",
        "freight": "买家应付邮费",
        "total": "总金额",
        "net_paid": "买家实际支付金额|买家实付金额",
        "refunded": "退款金额",
        "status": "订单状态",
        "close_reason": "订单关闭原因",
        "after_sale": "退款状态|售后状态|异常信息",
        "buyer_message": "买家留言|买家备注",
        "seller_memo": "订单备注|商家备忘|商家备注|卖家备注",
        "flag": "备注标签|订单旗帜",
        "consignee": "收货人姓名",
        "address": "收货地址",
        "changed_address": "修改后的收货地址",
        "changed_sku": "修改后的sku",
        "delivery": "运送方式",
        "telephone": "联系电话",
        "mobile": "联系手机",
        "ordered_at": "订单创建时间",
        "paid_at": "订单付款时间",
        "shipped_at": "发货时间",
        "received_at": "确认收货时间",
        "title": "宝贝标题",
        "kinds": "宝贝种类",
        "quantity": "宝贝总数量",
        "waybill": "物流单号",
        "carrier": "物流公司",
        "shop_name": "店铺名称",
        "invoice_title": "发票抬头",
        "presale_steps": "分阶段订单信息",
    },
    sums={"platform": "天猫卡券抵扣|集分宝抵扣", "points": "买家实际支付积分"},
    blanks=BLANKS,
    money=money,
    lines=lines,
)

ITEMS = Format(
    code="taobao_items",
    name="宝贝明细（ExportOrderDetailList）",
    signatures=(
        "订单编号|主订单编号,标题|商品标题|宝贝标题,购买数量,外部系统编号|商品属性|商家编码",
    ),
    columns={
        "number": "主订单编号|订单编号",
        "line_no": "子订单编号",
        "title": "标题|商品标题|宝贝标题",
        "price": "价格|商品价格",
        "quantity": "购买数量",
        "code": "商家编码",
        "other_code": "外部系统编号",
        "spec": "商品属性",
        "item_id": "商品ID",
        "amount": "买家应付货款",
        "line_status": "订单状态",
        "line_after_sale": "退款状态",
    },
    blanks=BLANKS,
    money=money,
    lines=lines,
    many_rows=True,
    holds_items=True,
)
