"""The waybill label, 100 × 150 mm (SOP 2.c)."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.printing.fonts import Face
from warehouse.printing.pen import Pen
from warehouse.printing.sheets import Label

SIZE = (100.0, 150.0)
LEFT, RIGHT = 4.0, 96.0
ROOM = RIGHT - LEFT


def labels(sheets: Sequence[Label], face: Face) -> bytes:
    """One page for each."""
    pen = Pen(SIZE, face, "面单")
    for sheet in sheets:
        _head(pen, sheet)
        _receiver(pen, sheet)
        _sender(pen, sheet)
        _goods(pen, sheet)
        _foot(pen, sheet)
        pen.page()
    return pen.done()


def _head(pen: Pen, sheet: Label) -> None:
    pen.text(LEFT, 12, sheet.carrier, 18, bold=True)
    if sheet.mark:
        pen.fitted(RIGHT, 12, sheet.mark, 20, 50, align="right")
    pen.line(LEFT, 15, RIGHT)
    pen.barcode(LEFT, 18, sheet.waybill, (ROOM, 17), size=12)
    pen.line(LEFT, 43, RIGHT)


def _receiver(pen: Pen, sheet: Label) -> None:
    to = sheet.to
    pen.text(LEFT, 54, "收", 20, bold=True)
    pen.block(LEFT + 10, 45, f"{to.name}  {to.phone}", 15, (ROOM - 10, 13))
    pen.block(LEFT + 10, 58.5, f"{to.region} {to.street}", 14, (ROOM - 10, 23))
    pen.line(LEFT, 83, RIGHT)


def _sender(pen: Pen, sheet: Label) -> None:
    sender = sheet.sender
    pen.text(LEFT, 91, "寄", 13)
    pen.block(LEFT + 10, 84, f"{sender.name}  {sender.phone}", 9, (ROOM - 10, 5))
    pen.block(LEFT + 10, 89, sender.address, 9, (ROOM - 10, 8))
    pen.line(LEFT, 98, RIGHT)


def _goods(pen: Pen, sheet: Label) -> None:
    listed = "\n".join(f"{good.label} ×{good.quantity}" for good in sheet.goods)
    pen.block(LEFT, 99, listed, 9, (ROOM, 22 if sheet.collect else 29))
    if sheet.collect:
        pen.box(LEFT, 122, 62, 8)
        pen.text(LEFT + 2, 128, f"代收货款 ¥{sheet.collect}", 14, bold=True)
    pen.text(RIGHT, 128.5, f"共 {sheet.pieces} 件", 11, align="right")
    pen.line(LEFT, 131, RIGHT)


def _foot(pen: Pen, sheet: Label) -> None:
    pen.barcode(LEFT, 133, sheet.parcel_no, (50, 9), size=8)
    pen.text(RIGHT, 137, f"订单 {sheet.order_no}", 9, align="right")
    pen.fitted(RIGHT, 142, sheet.printing.said, 8, 42, align="right")
