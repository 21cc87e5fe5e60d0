"""Papers of after-sales, A5, with a barcode: a return's slip (SOP 1.4.d), an unowned parcel's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.printing.fonts import Face, with_getas
from warehouse.printing.pen import Pen

SIZE = (148.0, 210.0)
LEFT, RIGHT = 12.0, 136.0


@dataclass(frozen=True, slots=True)
class ReturnSlip:
    """What stands on it. `goods`: what is sent back, one a line."""

    number: str
    order_no: str
    platform_no: str
    kind: str
    reason: str
    account: str
    address: str
    pays: str
    until: str
    goods: Sequence[str]


def slip(sheet: ReturnSlip, face: Face) -> bytes:
    """One page."""
    pen = Pen(SIZE, face, sheet.number)
    pen.text(LEFT, 20, f"{sheet.kind}单", 18, bold=True)
    pen.barcode(58, 9, sheet.number, (80, 14), size=10)
    pen.line(LEFT, 32, RIGHT)
    y = 38.0
    for label, text in _rows(sheet):
        pen.text(LEFT, y + 4, label, 9)
        y = max(pen.block(LEFT + 26, y, with_getas(face, text), 11, (RIGHT - LEFT - 26, 34)), y + 6)
        y += 2
    pen.line(LEFT, 168, RIGHT)
    pen.block(LEFT, 170, _PLEASE, 9, (RIGHT - LEFT, 30))
    pen.page()
    return pen.done()


def _rows(sheet: ReturnSlip) -> list[tuple[str, str]]:
    return [
        ("订单号", f"{sheet.order_no}  {sheet.platform_no}"),
        ("旺旺 / QQ", sheet.account or "________________"),
        ("原因", sheet.reason),
        ("商品", "\n".join(sheet.goods)),
        ("寄到", sheet.address),
        ("运费", sheet.pays),
        ("请在", f"{sheet.until}前寄出"),
    ]


_PLEASE = (
    "请把这张单放进包裹里。商品、吊牌、包装都放好，外包装不要损坏。\n"
    "请用普通快递寄，不要用到付，到付件仓库拒收。寄出后把运单号告诉客服。"
)


@dataclass(frozen=True, slots=True)
class UnownedSlip:
    """What is stuck on a parcel that is nobody's (无主件). `sender`: where it goes back to."""

    number: str
    waybill: str
    came: str
    keep: str
    place: str
    goods: Sequence[str]
    sender: str


def unowned_slip(sheet: UnownedSlip, face: Face) -> bytes:
    """One page."""
    pen = Pen(SIZE, face, sheet.number)
    pen.text(LEFT, 20, "无主件", 18, bold=True)
    pen.barcode(58, 9, sheet.number, (80, 14), size=10)
    pen.line(LEFT, 32, RIGHT)
    y = 38.0
    for label, text in _label_rows(sheet):
        pen.text(LEFT, y + 4, label, 9)
        y = max(pen.block(LEFT + 26, y, with_getas(face, text), 13, (RIGHT - LEFT - 26, 40)), y + 6)
        y += 3
    pen.page()
    return pen.done()


def _label_rows(sheet: UnownedSlip) -> list[tuple[str, str]]:
    rows = [
        ("运单号", sheet.waybill),
        ("收到", sheet.came),
        ("放在", sheet.place),
        ("商品", "\n".join(sheet.goods)),
        ("保管到", sheet.keep),
        ("寄给", sheet.sender),
    ]
    return [(label, text) for label, text in rows if text]
