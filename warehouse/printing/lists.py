"""Pick list and hand-over list, A4 (SOP 2.c, 2.d, 2.g)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from warehouse.printing.fonts import Face
from warehouse.printing.pen import Pen
from warehouse.printing.sheets import Good, Handed, HandOver, PickList

SIZE = (210.0, 297.0)
LEFT, RIGHT, BOTTOM = 12.0, 198.0, 282.0


def pick_lists(sheets: Sequence[PickList], face: Face) -> bytes:
    """The goods along the shelves, then which parcel stands in which slot of the cart."""
    pen = Pen(SIZE, face, "配货单")
    for sheet in sheets:
        _pick_list(pen, sheet)
    return pen.done()


def _pick_list(pen: Pen, sheet: PickList) -> None:
    y, page = _pick_head(pen, sheet), 1
    for good in sheet.goods:
        if y > BOTTOM - 12:
            y, page = _turn(pen, page, lambda: _pick_head(pen, sheet)), page + 1
        y = _pick_row(pen, good, y)
    y += 6
    for at in range(0, len(sheet.parcels), 4):
        if y > BOTTOM - 6:
            y, page = _turn(pen, page, lambda: _pick_head(pen, sheet)), page + 1
        for column, (slot, parcel) in enumerate(sheet.parcels[at : at + 4]):
            pen.text(LEFT + column * 46, y, f"{slot} 格 {parcel}", 9)
        y += 5
    pen.text(RIGHT, 291, f"第 {page} 页", 8, align="right")
    pen.page()


def _turn(pen: Pen, page: int, head: Callable[[], float]) -> float:
    pen.text(RIGHT, 291, f"第 {page} 页，下页还有 →", 8, align="right")
    pen.page()
    return head()


def _pick_head(pen: Pen, sheet: PickList) -> float:
    pen.text(LEFT, 20, f"配货单 {sheet.wave_no}", 18, bold=True)
    if sheet.expedited:
        pen.box(LEFT + 92, 12, 16, 10)
        pen.text(LEFT + 100, 19.5, "加急", 14, align="centre", bold=True)
    pieces = sum(good.quantity for good in sheet.goods)
    about = [sheet.kind, sheet.carrier, sheet.shop]
    about += [f"{sheet.orders} 单", f"{len(sheet.goods)} 种", f"{pieces} 件"]
    pen.fitted(LEFT, 28, " · ".join(part for part in about if part), 11, 120)
    pen.text(LEFT, 34, sheet.printing.said, 8)
    pen.barcode(128, 10, sheet.wave_no, (50, 14), size=9)
    pen.qr(180, 9, sheet.wave_no, 20)
    pen.line(LEFT, 37, RIGHT)
    for x, words in (
        (LEFT, "货位"),
        (46, "商家编码"),
        (92, "品名、规格"),
        (160, "格口 × 件数"),
    ):
        pen.text(x, 42, words, 9)
    pen.text(155, 42, "数量", 9, align="right")
    pen.line(LEFT, 44, RIGHT, thick=0.3)
    return 45.0


def _pick_row(pen: Pen, good: Good, y: float) -> float:
    pen.box(LEFT, y + 1.5, 3.5, 3.5, thick=0.4)
    ends = [
        pen.block(LEFT + 5, y, good.shelf or "没有货位", 13, (28, 8)),
        pen.block(46, y, good.code, 10, (44, 9)),
        pen.block(92, y, f"{good.name} {good.spec}", 10, (54, 9)),
        pen.block(160, y, "  ".join(good.places), 10, (RIGHT - 160, 40)),
    ]
    pen.text(155, y + 5, str(good.quantity), 15, align="right", bold=True)
    end = max(*ends, y + 7) + 1
    pen.line(LEFT, end, RIGHT, thick=0.2)
    return end


def hand_overs(sheets: Sequence[HandOver], face: Face) -> bytes:
    """What each carrier takes, numbered, with room for the signature."""
    pen = Pen(SIZE, face, "交接单")
    for sheet in sheets:
        _hand_over(pen, sheet)
    return pen.done()


def _hand_over(pen: Pen, sheet: HandOver) -> None:
    y, page = _hand_head(pen, sheet), 1
    for number, parcel in enumerate(sheet.parcels, 1):
        if y > BOTTOM - 8:
            y, page = _turn(pen, page, lambda: _hand_head(pen, sheet)), page + 1
        y = _hand_row(pen, number, parcel, y)
    if y > BOTTOM - 36:
        y, page = _turn(pen, page, lambda: _hand_head(pen, sheet)), page + 1
    weight = sum(parcel.weight_g or 0 for parcel in sheet.parcels)
    pen.text(LEFT, y + 10, f"共 {len(sheet.parcels)} 件，{weight / 1000:.2f} 公斤", 12, bold=True)
    pen.text(LEFT, y + 24, "交件人：____________________", 11)
    pen.text(LEFT + 92, y + 24, "快递员签字：____________________", 11)
    pen.text(LEFT + 92, y + 34, "时间：______ 年 ____ 月 ____ 日 ____ 时", 11)
    pen.text(RIGHT, 291, f"第 {page} 页", 8, align="right")
    pen.page()


def _hand_head(pen: Pen, sheet: HandOver) -> float:
    pen.text(LEFT, 20, f"交接单 · {sheet.carrier}", 18, bold=True)
    pen.text(LEFT, 28, f"{sheet.number} · {len(sheet.parcels)} 件", 11)
    pen.text(LEFT, 34, sheet.printing.said, 8)
    pen.barcode(138, 10, sheet.number, (60, 14), size=9)
    pen.line(LEFT, 37, RIGHT)
    columns = ((LEFT, "序"), (26, "运单号"), (86, "包裹号"), (126, "寄往"))
    for x, words in columns:
        pen.text(x, 42, words, 9)
    pen.text(RIGHT, 42, "克", 9, align="right")
    pen.line(LEFT, 44, RIGHT, thick=0.3)
    return 45.0


def _hand_row(pen: Pen, number: int, parcel: Handed, y: float) -> float:
    pen.text(LEFT, y + 4.5, str(number), 9)
    pen.fitted(26, y + 4.5, parcel.waybill or "（没有运单号）", 11, 58)
    pen.text(86, y + 4.5, parcel.parcel_no, 9)
    pen.fitted(126, y + 4.5, parcel.region, 9, 50)
    pen.text(RIGHT, y + 4.5, str(parcel.weight_g or "—"), 9, align="right")
    pen.line(LEFT, y + 6.5, RIGHT, thick=0.2)
    return y + 6.5
