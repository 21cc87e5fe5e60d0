"""The generic format: a table of any shop system, whose columns a user has mapped once."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from decimal import Decimal

from core.money import ZERO
from core.tables.cells import clean, plain
from orders.formats import ali1688, douyin, jd, pdd, taobao, youzan
from orders.formats.goods import NO_GOODS, draft, priced, share, told
from orders.formats.layout import Format, Layout, Lines, Money, Row
from orders.formats.money import settle
from orders.formats.states import (
    CLOSED,
    COMPLETED,
    PAID,
    RECEIVED,
    SHIPPED,
    UNPAID,
    read_word,
)

FIELDS: dict[str, str] = {
    "number": "订单号",
    "ordered_at": "下单时间",
    "paid_at": "付款时间",
    "shipped_at": "发货时间",
    "received_at": "签收时间",
    "completed_at": "完成时间",
    "status": "订单状态",
    "after_sale": "售后状态",
    "close_reason": "关闭原因",
    "pay_way": "付款方式",
    "buyer_account": "买家账号",
    "pay_account": "付款账号",
    "trade_no": "支付单号",
    "consignee": "收货人",
    "mobile": "手机",
    "telephone": "电话",
    "province": "省",
    "city": "市",
    "district": "区县",
    "town": "街道/乡镇",
    "address": "收货地址",
    "zip_code": "邮编",
    "delivery": "配送方式",
    "carrier": "快递公司",
    "waybill": "运单号",
    "total": "订单总金额（整单）",
    "paid": "买家实付（整单）",
    "freight": "运费（整单）",
    "shop_discount": "店铺优惠（整单）",
    "platform_discount": "平台优惠（整单）",
    "refunded": "已退款金额（整单）",
    "title": "商品名称",
    "code": "商家编码",
    "spec": "规格",
    "colour": "颜色",
    "size": "尺码",
    "quantity": "数量",
    "price": "单价",
    "amount": "商品金额（这一行）",
    "item_id": "商品ID",
    "sku_id": "规格ID",
    "line_no": "子订单号",
    "buyer_message": "买家留言",
    "seller_memo": "卖家备注",
    "flag": "旗帜",
    "invoice_title": "发票抬头",
    "presale_steps": "预售信息",
    "shop_name": "店铺名称",
}
STATES = (UNPAID, PAID, SHIPPED, RECEIVED, COMPLETED, CLOSED)
_MORE = {
    "number": "单号|平台单号|交易号|平台订单号|原始单号|网店订单号",
    "consignee": "姓名|收货人|收件人|客户",
    "mobile": "手机号|手机号码|电话|收货电话|收件人电话|联系方式",
    "address": "地址|详细地址|收件地址|收货人地址",
    "total": "订单金额|总价|订单总额|应付金额|合计金额",
    "paid": "实付金额|实付|已付金额|支付金额|付款金额",
    "freight": "邮费|运费金额|快递费",
    "quantity": "件数|购买数量|商品件数",
    "title": "商品|品名|货品名称|产品名称|宝贝名称",
    "code": "SKU|商品编码|货品编号|款号|规格编码",
    "price": "售价|成交价",
    "amount": "小计|金额|商品总价",
    "ordered_at": "创建时间|拍单时间|日期|订单时间",
    "status": "状态|交易状态",
    "buyer_account": "旺旺|会员名|买家|买家昵称|用户名",
    "carrier": "物流公司|快递",
    "waybill": "快递单号|物流单号|物流编号",
    "seller_memo": "备注|客服备注|商家备注",
    "province": "省份",
    "city": "城市",
    "district": "区|县",
}
_READ_ONCE = (
    "total",
    "paid",
    "freight",
    "shop_discount",
    "platform_discount",
    "refunded",
    "status",
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column of the file is which field, and which of its status words is which state."""

    columns: Dict[str, str]
    states: Dict[str, str] = field(default_factory=dict)


def guess_mapping(header: list[str]) -> Mapping:
    """A proposal by the names that the platforms use, for a person to correct."""
    known = _known_names()
    columns: dict[str, str] = {}
    for name in header:
        ours = known.get(plain(name))
        if ours and clean(name):
            columns.setdefault(ours, clean(name))
    return Mapping(columns)


def _known_names() -> dict[str, str]:
    """Header → field: the labels first, then our own list, then what the formats call them."""
    known = {plain(label): name for name, label in FIELDS.items()}
    formats = (taobao.ORDERS, taobao.ITEMS, jd.ORDERS, pdd.ORDERS, douyin.ORDERS)
    lists = [_MORE, *(each.columns for each in (*formats, youzan.ORDERS, ali1688.ORDERS))]
    for columns in lists:
        for name, headers in columns.items():
            for header in headers.split("|"):
                if name in FIELDS:
                    known.setdefault(plain(header), name)
    return known


def guess_states(words: list[str]) -> dict[str, str]:
    """Our state for each status word that some platform uses, too."""
    found = {word: read_word(word) for word in words}
    return {word: state.state for word, state in found.items() if state}


def validate_mapping(header: list[str], mapping: Mapping) -> list[str]:
    """What is wrong with a mapping for this header, in Chinese; [] when it can be used."""
    names = [plain(name) for name in header]
    problems = []
    if not mapping.columns.get("number"):
        problems.append("请指定哪一列是订单号，没有它不能导入。")
    for ours, theirs in mapping.columns.items():
        if ours not in FIELDS:
            problems.append(f"没有“{ours}”这个字段，请重新选择。")
        elif plain(theirs) not in names:
            problems.append(f"文件里没有“{theirs}”这一列，请重新选择“{FIELDS[ours]}”对应的列。")
    chosen = [plain(theirs) for theirs in mapping.columns.values()]
    for name in sorted({name for name in chosen if chosen.count(name) > 1}):
        problems.append(f"“{name}”这一列选了两次，请只对应一个字段。")
    for word, state in mapping.states.items():
        if state not in STATES:
            problems.append(f"状态“{word}”没有对应到系统里的状态，请选择一个。")
    return problems


def lay_mapping(header: list[str], mapping: Mapping) -> Layout:
    """The generic format over a header; the mapping must be valid."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        places.setdefault(plain(name), place)
    index = {ours: places[plain(theirs)] for ours, theirs in mapping.columns.items()}
    format_ = Format(
        code="mapped",
        name="自定义表格",
        signatures=(),
        columns={},
        blanks=frozenset({"-", "--", "null", "NULL", "无"}),
        states=dict(mapping.states),
        money=money,
        lines=lines,
        many_rows=True,
        repeated=_READ_ONCE,
    )
    return Layout(format_, header, index, {})


def money(rows: list[Row], row: Row, was_paid: bool) -> Money:
    freight, platform = row.money("freight"), row.money("platform_discount")
    total = row.money("total") if row.text("total") else _added(rows) + freight
    if not total:
        total = row.money("paid") + platform
    paid = row.money("paid") if row.text("paid") else max(total - platform, ZERO)
    return settle(
        total=total,
        freight=freight,
        was_paid=was_paid,
        paid=paid,
        platform=platform,
        shop=row.money("shop_discount"),
        refunded=row.money("refunded"),
    )


def _added(rows: list[Row]) -> Decimal:
    if rows[0].has("amount"):
        return sum((row.money("amount") for row in rows), ZERO)
    counted = [row for row in rows if row.text("price") and row.text("quantity")]
    return sum((row.money("price") * row.count("quantity") for row in counted), ZERO)


def lines(rows: list[Row], owed: Money, _: list[Row]) -> Lines:
    row = rows[0]
    if not (row.has("title") or row.has("code") or row.has("sku_id")):
        return Lines(unclear=NO_GOODS)
    if not row.has("quantity"):
        return Lines(unclear=told(row, "文件里没有商品数量。"))
    drafts = [draft(each) for each in rows]
    amounts = [each.money("amount") for each in rows]
    if sum(amounts, ZERO) == owed.goods_amount:
        return Lines(priced(drafts, amounts))
    return Lines(share(drafts, owed.goods_amount))
