"""The packing slip, A5: what lies in the box (SOP 2.c, 1.4.d)."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.printing.fonts import Face
from warehouse.printing.pen import Pen
from warehouse.printing.sheets import Good, Slip

SIZE = (148.0, 210.0)
LEFT, RIGHT, BOTTOM = 10.0, 138.0, 172.0


def slips(sheets: Sequence[Slip], face: Face) -> bytes:
    """As many pages for each as its goods need."""
    pen = Pen(SIZE, face, "发货单")
    for sheet in sheets:
        _slip(pen, sheet)
    return pen.done()


def _slip(pen: Pen, sheet: Slip) -> None:
    left, y = list(sheet.goods), _head(pen, sheet)
    while left:
        if y > BOTTOM - 10:
            pen.text(RIGHT, BOTTOM + 4, "下页还有 →", 9, align="right")
            pen.page()
            y = _head(pen, sheet)
        y = _row(pen, left.pop(0), y)
    _foot(pen, sheet, y)
    pen.page()


def _head(pen: Pen, sheet: Slip) -> float:
    pen.fitted(LEFT, 16, sheet.shop, 16, 66)
    pen.text(LEFT, 23, "发货单", 11)
    pen.barcode(78, 9, sheet.parcel_no, (60, 11), size=9)
    pen.text(LEFT, 33, f"订单号 {sheet.order_no}", 10)
    pen.fitted(RIGHT, 33, f"平台单号 {sheet.platform_no}", 10, 70, align="right")
    pen.fitted(LEFT, 39, f"收货人 {sheet.consignee}", 10, 60)
    pen.text(RIGHT, 39, f"下单时间 {sheet.ordered:%Y-%m-%d %H:%M}", 10, align="right")
    pen.line(LEFT, 42, RIGHT)
    for x, words in ((LEFT, "款号 / 商家编码"), (50, "品名、规格"), (116, "货位")):
        pen.text(x, 47, words, 8)
    pen.text(RIGHT, 47, "数量", 8, align="right")
    pen.line(LEFT, 49, RIGHT, thick=0.3)
    return 50.0


def _row(pen: Pen, good: Good, y: float) -> float:
    ends = [
        pen.block(LEFT, y, good.code, 9, (38, 9)),
        pen.block(50, y, f"{good.name} {good.spec}", 9, (64, 9)),
        pen.block(116, y, good.shelf, 8, (14, 9)),
    ]
    pen.text(RIGHT, y + 4, str(good.quantity), 12, align="right")
    end = max(*ends, y + 6) + 1
    pen.line(LEFT, end, RIGHT, thick=0.2)
    return end


def _foot(pen: Pen, sheet: Slip, y: float) -> None:
    pieces = sum(good.quantity for good in sheet.goods)
    pen.text(RIGHT, y + 6, f"共 {pieces} 件", 11, align="right")
    pen.line(LEFT, 182, RIGHT)
    sender = sheet.sender
    back = (
        f"要退换货：先联系客服。寄回时保持外包装完好，附上这张单，写明原因、订单号和旺旺或 QQ；"
        f"不收到付件。寄到：{sender.address} {sender.name} {sender.phone}"
    )
    pen.block(LEFT, 183, back, 8, (RIGHT - LEFT, 13))
    pen.text(LEFT, 203, f"{sheet.carrier}  波次 {sheet.wave_no or '—'}", 8)
    pen.text(RIGHT, 203, sheet.printing.said, 8, align="right")
