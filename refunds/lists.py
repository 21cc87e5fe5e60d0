"""A platform's list of refunds, as its back-office exports it: columns by name (SOP 1.5). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from core.tables.cells import amount, clean, is_ruined, moment, order_number, plain
from core.tables.errors import Bad, RowRejected, Unreadable
from core.tables.files import Place, TableRow
from core.tables.open import open_table
from orders.formats.states import after_sale_open, refunded_whole

T = TypeVar("T")
MOST_ROWS = 20_000
MOST_BYTES = 20 * 2**20
NUMBER, TRADE, AMOUNT, STATUS = "number", "trade", "amount", "status"
# Our name → the headers that platforms give it.
COLUMNS: dict[str, tuple[str, ...]] = {
    NUMBER: ("退款编号", "退款单号", "售后编号", "售后单号", "退款单编号"),
    TRADE: ("订单编号", "订单号", "主订单编号", "父订单号"),
    AMOUNT: ("买家退款金额", "退款金额", "退款金额（元）", "申请退款金额", "退款总金额"),
    STATUS: ("退款状态", "售后状态", "售后单状态"),
    "line": ("子订单编号", "子订单号", "商品单号"),
    "at": ("退款的申请时间", "退款申请时间", "申请时间", "售后申请时间"),
    "deadline": ("超时时间", "退款超时时间", "逾期时间", "截止时间"),
    "reason": ("买家退款原因", "退款原因", "申请原因", "售后原因"),
    "kind": ("退款类型", "售后类型", "售后方式", "是否需要退货"),
}
HEADS = {name: heads[0] for name, heads in COLUMNS.items()}
_NEEDED = (NUMBER, TRADE, AMOUNT, STATUS)
_GOODS_BACK = ("退货", "是")


@dataclass(frozen=True, slots=True)
class ListRow:
    """One application of the list; yuan. `is_open`, `paid`: as its status says."""

    line_no: int
    number: str
    trade: str
    amount: Decimal
    status: str
    line: str = ""
    at: datetime | None = None
    deadline: datetime | None = None
    reason: str = ""
    goods_back: bool = False
    cells: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return after_sale_open(self.status)

    @property
    def paid(self) -> bool:
        return refunded_whole(self.status)


@dataclass(frozen=True, slots=True)
class Read:
    """What a row became, and the place behind it."""

    row: ListRow | RowRejected
    end: Place


def places(header: list[str]) -> dict[str, int]:
    """Where each of our columns stands; raises Unreadable for a list that lacks one we need."""
    names = [plain(name) for name in header]
    found = {
        ours: names.index(plain(head))
        for ours, heads in COLUMNS.items()
        for head in reversed(heads)
        if plain(head) in names
    }
    missing = [HEADS[name] for name in _NEEDED if name not in found]
    if missing:
        raise Unreadable(
            f"表头里没有“{'、'.join(missing)}”，看不出是退款列表。"
            "请在平台后台的退款（售后）管理里导出，不要改列名。"
        )
    return found


def header_of(path: Path) -> list[str]:
    """The file's column names; raises Unreadable."""
    with closing(open_table(path)) as table:
        places(table.header)
        return [clean(name) for name in table.header]


def read(path: Path, after: Place | None = None) -> Iterator[Read]:
    """The rows of a file behind a place; raises Unreadable."""
    with closing(open_table(path)) as table:
        columns = places(table.header)
        for row in table.rows(after or table.start):
            yield Read(_read(row, columns), row.end)


def _read(row: TableRow, columns: dict[str, int]) -> ListRow | RowRejected:
    cells = tuple(row.cells)
    if row.problem:
        return RowRejected(row.line, "", "", row.problem, cells)
    text = {name: clean(row.cells[place]) for name, place in columns.items()}
    try:
        return ListRow(
            row.line,
            _cell(text, NUMBER, order_number),
            _cell(text, TRADE, order_number),
            _cell(text, AMOUNT, _money),
            _cell(text, STATUS, _needed)[:64],
            line=_plain_number(text.get("line", "")),
            at=_cell(text, "at", moment) if text.get("at") else None,
            deadline=_cell(text, "deadline", moment) if text.get("deadline") else None,
            reason=text.get("reason", "")[:100],
            goods_back=text.get("kind", "").startswith(_GOODS_BACK),
            cells=cells,
        )
    except Bad as bad:
        return RowRejected(row.line, bad.column, bad.value, bad.reason, cells)


def _cell(text: dict[str, str], name: str, parse: Callable[[str], T]) -> T:
    try:
        return parse(text[name])
    except ValueError as error:
        raise Bad(HEADS[name], text[name][:200], str(error)) from None


def _needed(text: str) -> str:
    if not text:
        raise ValueError("没有填，不知道退款到哪一步了。")
    return text


def _money(text: str) -> Decimal:
    found = amount(text[:64])
    if found <= 0:
        raise ValueError("退款金额要大于 0。")
    return found


def _plain_number(text: str) -> str:
    return "" if is_ruined(text) else text[:64]
