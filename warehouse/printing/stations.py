"""What lies at a station: the command sheet and the operators' badges, A4 (screens 24)."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.printing.fonts import Face
from warehouse.printing.pen import Pen
from warehouse.printing.sheets import Badge

SIZE = (210.0, 297.0)
A_PAGE = 12


def command_sheet(codes: Sequence[tuple[str, str]], face: Face) -> bytes:
    """Codes and what they mean, far enough apart that a scanner takes the one that is meant."""
    pen = Pen(SIZE, face, "工位命令单")
    for number, (code, words) in enumerate(codes):
        place = number % A_PAGE
        if not place:
            if number:
                pen.page()
            pen.text(15, 20, "工位命令单", 20, bold=True)
            pen.text(15, 27, "扫下面的条码，等于按屏幕上的按钮。", 11)
        x, y = 15 + (place % 2) * 95, 34 + (place // 2) * 42
        pen.box(x, y, 85, 36, thick=0.4)
        pen.text(x + 42.5, y + 9, words, 18, align="centre", bold=True)
        pen.barcode(x + 5, y + 13, code, (75, 15), size=9)
    pen.page()
    return pen.done()


WIDE, HIGH = 86.0, 54.0


def badges(sheets: Sequence[Badge], face: Face) -> bytes:
    """Ten on a page, in the size of a bank card."""
    pen = Pen(SIZE, face, "工牌")
    for number, badge in enumerate(sheets):
        place = number % 10
        if number and not place:
            pen.page()
        x, y = 17 + (place % 2) * (WIDE + 4), 10 + (place // 2) * (HIGH + 2)
        pen.box(x, y, WIDE, HIGH, thick=0.3)
        pen.fitted(x + 5, y + 14, badge.name, 22, 50)
        pen.text(x + 5, y + 22, badge.role, 12)
        pen.text(x + 5, y + 28, "跟单台", 8)
        pen.qr(x + WIDE - 29, y + 3, badge.code, 27)
        pen.barcode(x + 5, y + 32, badge.code, (WIDE - 10, 13), size=8)
    pen.page()
    return pen.done()
