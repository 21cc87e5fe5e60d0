"""From the rows of one order to an `ImportedOrder`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.tables.cells import moment
from orders.formats.goods import colour_and_size
from orders.formats.layout import Lines, Row, merged
from orders.formats.receiving import read_delivery, read_receiving, read_waybills
from orders.formats.records import ImportedLine, ImportedOrder, RawRow
from orders.formats.states import (
    CLOSED,
    COMPLETED,
    RANK,
    UNPAID,
    State,
    after_sale_open,
    read_state,
    read_word,
    refunded_whole,
)

# How much of a text is kept. Keys, names and addresses are never cut: a longer one is an error.
WHOLE = {
    "buyer_account": 64,
    "consignee": 64,
    "mobile": 64,
    "telephone": 64,
    "province": 32,
    "city": 64,
    "district": 64,
    "street": 500,
    "waybill": 64,
    "trade_no": 64,
}
CUT = {
    "status": 64,
    "after_sale": 64,
    "close_reason": 200,
    "shop_name": 64,
    "pay_account": 128,
    "flag": 16,
    "invoice_title": 200,
    "presale_steps": 500,
    "carrier": 64,
    "lines_unclear": 1000,
    "changed_address": 500,
    "changed_sku": 300,
}
WHOLE_IN_LINE = {"code": 64, "item_id": 64, "sku_id": 64, "line_no": 64}
CUT_IN_LINE = {"title": 300, "spec": 300, "colour": 64, "size": 64, "status": 64}

_TEXTS = (
    "status",
    "shop_name",
    "buyer_account",
    "pay_account",
    "changed_address",
    "buyer_message",
    "seller_memo",
    "flag",
    "invoice_title",
    "presale_steps",
    "changed_sku",
)
_TRADES = re.compile(r"[,，;；\s]")
_NOT_CLOSED = frozenset({"订单未关闭", "未关闭"})


def build(rows: list[Row], items: list[Row], digest: str) -> ImportedOrder:
    """One order of its rows and, where there is a second file, its items; raises Bad."""
    row = merged(rows)
    format_ = row.layout.format
    found, mixed = _state(rows, row)
    after_sale = _after_sale(rows, found.after_sale, items)
    was_paid = _was_paid(row, found.state, after_sale)
    money = format_.money(rows, row, was_paid)
    if found.state == CLOSED and refunded_whole(after_sale) and not money.refunded:
        money = money._replace(refunded=money.paid)
    goods = _with_changed_sku(format_.lines(rows, money, items), row.text("changed_sku"))
    if found.state != CLOSED and (beside := mixed + closed_lines(goods.lines)):
        goods = Lines(goods.lines, beside + goods.unclear)
    carrier, waybills = read_waybills(row)
    paid_at = row.moment("paid_at")
    values: dict[str, Any] = {
        **{name: row.text(name) for name in _TEXTS},
        **money._asdict(),
        **read_receiving(row)._asdict(),
        "state": found.state,
        "state_known": found.known,
        "close_reason": _close_reason(row),
        "after_sale": after_sale,
        "after_sale_open": after_sale_open(after_sale),
        "terms": _terms(row),
        "trade_no": _TRADES.split(row.text("trade_no"), 1)[0],
        "delivery": read_delivery(row.text("delivery")),
        "carrier": carrier,
        "waybill": waybills[0] if waybills else "",
        "other_waybills": waybills[1:],
        "ordered_at": _ordered_at(row, paid_at),
        "paid_at": paid_at,
        "shipped_at": row.moment("shipped_at"),
        "received_at": row.moment("received_at"),
        "completed_at": row.moment("completed_at"),
        "lines": goods.lines,
        "lines_unclear": goods.unclear,
    }
    _fit(row, values, WHOLE, CUT)
    return ImportedOrder(
        format=format_.code,
        line=row.line,
        raw=tuple(RawRow(each.line, tuple(each.cells)) for each in rows),
        digest=digest,
        platform_no=row.text("number"),
        **values,
    )


def _terms(row: Row) -> str:
    return "cod" if "货到付款" in row.text("pay_way") else "prepaid"


def _close_reason(row: Row) -> str:
    reason = row.text("close_reason")
    return "" if reason in _NOT_CLOSED else reason


def _state(rows: list[Row], row: Row) -> tuple[State, str]:
    """The order's state; of products that differ the one that is least far, and not closed."""
    states = row.layout.format.states
    if len(rows) == 1 or len({each.text("status") for each in rows}) < 2:
        return read_state(row, states), ""
    found = [read_state(each, states) for each in rows if each.text("status")]
    going_on = [state for state in found if state.state != CLOSED] or found
    least = min(going_on, key=lambda state: RANK.index(state.state))
    said = "、".join(dict.fromkeys(each.text("status") for each in rows if each.text("status")))
    mixed = len({state.state for state in found}) > 1
    return least, f"几件商品的状态不一样（{said}），请核对发哪几件。" if mixed else ""


def closed_lines(lines: Iterable[ImportedLine]) -> str:
    """A product that was closed on the platform while its order goes on must not be sent."""
    closed = [line.title for line in lines if _is_closed(line.status)]
    return f"“{'”“'.join(closed)}”在平台上已经关闭，不应再发，请核对。" if closed else ""


def _is_closed(status: str) -> bool:
    found = read_word(status[:64]) if status else None
    return found is not None and found.state == CLOSED


def _after_sale(rows: list[Row], said: str, items: list[Row]) -> str:
    """The order's after-sale: as its state's word says, its own column, or that of a product."""
    own = [row.text("after_sale") for row in rows]
    words = [said, *own, *(item.text("line_after_sale") for item in items)]
    words = [word for word in words if word]
    return next(filter(after_sale_open, words), words[0]) if words else ""


def _was_paid(row: Row, state: str, after_sale: str) -> bool:
    """Has the buyer ever paid? What goes with the parcel is paid when the order is completed."""
    if state == UNPAID:
        return False
    if state == CLOSED:
        told = ("paid_at", "deal_at")
        money = row.money("refunded") + row.money("net_paid")
        return bool(money or any(row.text(name) for name in told) or refunded_whole(after_sale))
    return _terms(row) != "cod" or state == COMPLETED


_PDD_DAY = re.compile(r"(\d{6})-\d+")
_YOUZAN_MOMENT = re.compile(r"[A-Z](20\d{12})\d+")


def _ordered_at(row: Row, paid_at: datetime | None) -> datetime | None:
    """When it was ordered; else when it was agreed or paid; else what its number says."""
    told = row.moment("ordered_at") or row.moment("deal_at") or paid_at
    if told:
        return told
    number = row.text("number")
    day, second = _PDD_DAY.fullmatch(number), _YOUZAN_MOMENT.fullmatch(number)
    try:
        return moment(f"20{day[1]}") if day else moment(second[1]) if second else None
    except ValueError:
        return None


def _with_changed_sku(goods: Lines, changed: str) -> Lines:
    """The buyer's own change of the SKU wins; of several products nobody knows which it means."""
    if not changed or any(line.spec == changed for line in goods.lines):
        return goods
    if len(goods.lines) != 1:
        why = f"买家修改了规格：{changed}，要看改的是哪一件。"
        return Lines(goods.lines, f"{why}{goods.unclear}")
    line = goods.lines[0]
    colour, size = colour_and_size(changed)
    line = replace(
        line, spec=changed, colour=colour, size=size, code="", sku_id="", replaced_code=line.code
    )
    return Lines((line,), goods.unclear)


def _fit(row: Row, values: dict[str, Any], whole: dict[str, int], cut: dict[str, int]) -> None:
    """Keep to the lengths that are stored; a key that is too long is an error."""
    for name, size in whole.items():
        if len(values[name]) > size:
            raise row.bad(_column(row, name), f"内容太长（最多 {size} 个字），请核对这一格。")
    for name, size in cut.items():
        if len(values[name]) > size:
            values[name] = values[name][: size - 1] + "…"
    values["lines"] = tuple(_fit_line(row, line) for line in values["lines"])


def _fit_line(row: Row, line: ImportedLine) -> ImportedLine:
    for name, size in WHOLE_IN_LINE.items():
        if len(getattr(line, name)) > size:
            raise row.bad(name, f"内容太长（最多 {size} 个字），请核对这一格。")
    long = {n: getattr(line, n) for n, size in CUT_IN_LINE.items() if len(getattr(line, n)) > size}
    return replace(line, **_shortened(long.items())) if long else line


def _shortened(texts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {name: text[: CUT_IN_LINE[name] - 1] + "…" for name, text in texts}


def _column(row: Row, name: str) -> str:
    """The column that a value came from: parts of an address may come from one cell."""
    return name if row.has(name) else "address"
