"""A trade as Taobao's open platform tells it, to the record that an import makes (SOP 5.a).

The amounts are the buyer's: `payment` is what the trade costs the buyer with freight, discounts
off. What a coupon of the platform paid does not stand in it, so it is not counted (decision 0020).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from core.money import ZERO
from core.tables.cells import amount, count, moment, order_number
from core.tables.errors import Bad
from orders.addresses import clean_phone
from orders.formats.build import CUT, CUT_IN_LINE, WHOLE, WHOLE_IN_LINE, closed_lines
from orders.formats.goods import colour_and_size, priced, share
from orders.formats.layout import Lines, Money
from orders.formats.money import settle
from orders.formats.receiving import hidden
from orders.formats.records import ImportedLine, ImportedOrder
from orders.formats.states import CLOSED, COMPLETED, UNPAID, after_sale_open, read_word

Trade = Mapping[str, Any]
# Its states in the words of its exports, which we know.
STATUS = {
    "TRADE_NO_CREATE_PAY": "没有创建支付宝交易",
    "WAIT_BUYER_PAY": "等待买家付款",
    "PAY_PENDING": "国际信用卡支付付款确认中",
    "WAIT_PRE_AUTH_CONFIRM": "等待付款确认",
    "WAIT_SELLER_SEND_GOODS": "买家已付款,等待卖家发货",
    "PAID_FORBID_CONSIGN": "买家已付款,等待卖家发货",
    "SELLER_CONSIGNED_PART": "卖家部分发货",
    "WAIT_BUYER_CONFIRM_GOODS": "卖家已发货,等待买家确认",
    "TRADE_BUYER_SIGNED": "买家已签收",
    "TRADE_FINISHED": "交易成功",
    "TRADE_CLOSED": "付款以后用户退款成功,交易自动关闭",
    "TRADE_CLOSED_BY_TAOBAO": "付款以前,卖家或买家主动关闭交易",
}
REFUND = {
    "WAIT_SELLER_AGREE": "退款待处理",
    "WAIT_BUYER_RETURN_GOODS": "待买家退货",
    "WAIT_SELLER_CONFIRM_GOODS": "待卖家收退货",
    "SELLER_REFUSE_BUYER": "卖家拒绝退款",
    "CLOSED": "退款关闭",
    "SUCCESS": "退款成功",
}
STEPS = {
    "FRONT_NOPAID_FINAL_NOPAID": "定金未付，尾款未付",
    "FRONT_PAID_FINAL_NOPAID": "定金已付，尾款未付",
    "FRONT_PAID_FINAL_PAID": "定金已付，尾款已付",
}
FLAGS = {"1": "红", "2": "黄", "3": "绿", "4": "蓝", "5": "粉"}
NOT_YET = "平台暂不允许发货（拼团中或管控），处理中"


def read_trade(trade: Trade) -> ImportedOrder:
    """The order that a trade is; raises Bad with what cannot be read."""
    word = _status(trade.get("status"))
    known = read_word(word)
    if known is None:
        raise Bad("status", word, f"不认识订单状态“{word}”。")
    state, money = known.state, _money(trade, known.state)
    rows = _rows(trade)
    after_sale = _after_sale(trade, rows)
    goods = _lines(rows, money, state)
    values: dict[str, Any] = {
        **money._asdict(),
        **_receiving(trade),
        **_times(trade, state),
        **_said(trade),
        **_parcels(rows),
        "status": word,
        "state": state,
        "close_reason": word if state == CLOSED else "",
        "after_sale": after_sale,
        "after_sale_open": after_sale_open(after_sale),
        "terms": "cod" if trade.get("type") == "cod" else "prepaid",
        "buyer_account": _buyer(trade),
        "pay_account": _text(trade, "buyer_alipay_no"),
        "trade_no": _text(trade, "alipay_no"),
        "lines": goods.lines,
        "lines_unclear": goods.unclear,
    }
    return ImportedOrder(
        format="top",
        line=0,
        raw=(),
        digest=_digest(trade),
        platform_no=_number(trade),
        **_fitted(values),
    )


def _said(trade: Trade) -> dict[str, str]:
    """What buyer and seller wrote on it, and how far a sale in advance has come."""
    return {
        "shop_name": _text(trade, "seller_nick"),
        "buyer_message": _text(trade, "buyer_message"),
        "seller_memo": _text(trade, "seller_memo"),
        "flag": FLAGS.get(_text(trade, "seller_flag"), ""),
        "presale_steps": STEPS.get(_text(trade, "step_trade_status"), ""),
    }


def _parcels(rows: Sequence[Trade]) -> dict[str, Any]:
    """Carrier and waybill, and the waybills of further parcels."""
    numbers = dict.fromkeys(_text(row, "invoice_no") for row in rows if row.get("invoice_no"))
    first, *others = numbers or [""]
    return {
        "carrier": next((_text(row, "logistics_company") for row in rows), ""),
        "waybill": first,
        "other_waybills": tuple(others),
    }


def _text(row: Trade, name: str) -> str:
    return str(row.get(name, "") if row.get(name) is not None else "").strip()


def _read(row: Trade, name: str, reader: Any) -> Any:
    try:
        return reader(_text(row, name)[:64])
    except ValueError as error:
        raise Bad(name, _text(row, name)[:64], str(error)) from None


def _number(trade: Trade) -> str:
    number: str = _read(trade, "tid", order_number)
    return number


def _status(code: Any) -> str:
    return STATUS.get(str(code), str(code)[:64])


def _digest(trade: Trade) -> str:
    """Of everything but the time of the change, which changes for nothing."""
    told = {name: value for name, value in trade.items() if name != "modified"}
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _rows(trade: Trade) -> list[Trade]:
    """The products; one alone may come without its list."""
    box = trade.get("orders")
    rows = box.get("order") if isinstance(box, Mapping) else box
    if isinstance(rows, Mapping):
        return [rows]
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _money(trade: Trade, state: str) -> Money:
    total, freight = _read(trade, "payment", amount), _read(trade, "post_fee", amount)
    on_delivery = trade.get("type") == "cod"
    was_paid = state != UNPAID and (bool(_text(trade, "pay_time")) or state == COMPLETED)
    was_paid = was_paid and (not on_delivery or state == COMPLETED)
    received: Decimal = _read(trade, "received_payment", amount)
    refunded = total if state == CLOSED else ZERO
    if state == COMPLETED and _text(trade, "received_payment"):
        refunded = max(total - received, ZERO)
    return settle(
        total=total,
        freight=freight,
        was_paid=was_paid,
        paid=total,
        refunded=refunded,
        shop=_read(trade, "discount_fee", amount),
        points=int(_read(trade, "point_fee", amount)),
    )


def _times(trade: Trade, state: str) -> dict[str, Any]:
    ended = _read(trade, "end_time", moment) if state == COMPLETED else None
    return {
        "ordered_at": _read(trade, "created", moment),
        "paid_at": _read(trade, "pay_time", moment),
        "shipped_at": _read(trade, "consign_time", moment),
        "received_at": ended,
        "completed_at": ended,
    }


def _receiving(trade: Trade) -> dict[str, Any]:
    """A county without a prefecture stands in `receiver_district` alone, and stays there."""
    place = _text(trade, "receiver_address")
    town = _text(trade, "receiver_town")
    street = place if not town or place.startswith(town) else town + place
    name, mobile = _text(trade, "receiver_name"), clean_phone(_text(trade, "receiver_mobile"))
    telephone = clean_phone(_text(trade, "receiver_phone"))
    masked = any(hidden(text) for text in (name, mobile, telephone)) or hidden(street, "**")
    return {
        "consignee": name,
        "mobile": mobile,
        "telephone": telephone,
        "province": _text(trade, "receiver_state"),
        "city": _text(trade, "receiver_city"),
        "district": _text(trade, "receiver_district"),
        "street": street,
        "zip_code": _text(trade, "receiver_zip")[:6],
        "address_is_split": True,
        "masked": masked,
    }


def _buyer(trade: Trade) -> str:
    """A masked nickname is shared by many: then the number by which the platform knows them."""
    nick, uid = _text(trade, "buyer_nick"), _text(trade, "buyer_open_uid")
    return uid[:64] if "*" in nick and uid else nick


def _after_sale(trade: Trade, rows: Sequence[Trade]) -> str:
    if trade.get("status") == "PAID_FORBID_CONSIGN":
        return NOT_YET
    codes = [_text(row, "refund_status") for row in rows]
    words = [REFUND.get(code, code) for code in codes if code not in ("", "NO_REFUND")]
    return next(filter(after_sale_open, words), words[0] if words else "")


def _lines(rows: Sequence[Trade], money: Money, state: str) -> Lines:
    if not rows:
        return Lines(unclear="平台没有给出商品明细，请到平台上核对。")
    drafts = [_draft(row) for row in rows]
    owed = [_read(row, "divide_order_fee", amount) for row in rows]
    if sum(owed, ZERO) == money.goods_amount and len(rows) > 1:
        lines = priced(drafts, owed)
    else:
        lines = share(drafts, money.goods_amount)
    return Lines(lines, closed_lines(lines) if state != CLOSED else "")


def _draft(row: Trade) -> dict[str, Any]:
    spec = _text(row, "sku_properties_name")
    colour, size = colour_and_size(spec) if spec else ("", "")
    code = _text(row, "outer_sku_id") or _text(row, "outer_iid")
    return {
        "title": _text(row, "title") or code or "（没有标题）",
        "quantity": _read(row, "num", count),
        "price": _read(row, "price", amount),
        "code": code,
        "spec": spec,
        "colour": colour,
        "size": size,
        "item_id": _text(row, "num_iid"),
        "sku_id": _text(row, "sku_id"),
        "line_no": _text(row, "oid"),
        "status": _status(row.get("status")) if row.get("status") else "",
    }


def _fitted(values: dict[str, Any]) -> dict[str, Any]:
    """As long as is stored; a key that is too long is an error."""
    lines = tuple(
        replace(line, **_fit(_own(line), WHOLE_IN_LINE, CUT_IN_LINE)) for line in values["lines"]
    )
    return _fit(values, WHOLE, CUT) | {"lines": lines}


def _own(line: ImportedLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in (*WHOLE_IN_LINE, *CUT_IN_LINE)}


def _fit(
    values: dict[str, Any], whole: Mapping[str, int], cut: Mapping[str, int]
) -> dict[str, Any]:
    for name, size in whole.items():
        if len(values[name]) > size:
            raise Bad(name, values[name][:64], f"内容太长（最多 {size} 个字）。")
    short = {
        n: f"{values[n][: s - 1]}…" for n, s in cut.items() if n in values and len(values[n]) > s
    }
    return values | short
