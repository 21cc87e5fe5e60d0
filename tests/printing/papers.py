"""Papers as a printer gets them: rendered to a picture and read again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pypdfium2
import zxingcpp

from warehouse.printing.fonts import Face, find, load
from warehouse.printing.sheets import (
    Good,
    Handed,
    HandOver,
    Label,
    Party,
    PickList,
    Printing,
    Sender,
    Slip,
)

DPI = 203  # a label printer
AT = datetime(2026, 11, 25, 22, 10, tzinfo=UTC)


def face() -> Face:
    return load(find(""))


def text_of(data: bytes, page: int = 0) -> str:
    """The letters of a page, without breaks: what a person reads."""
    with pypdfium2.PdfDocument(data) as document:
        text: str = document[page].get_textpage().get_text_range()
    return "".join(text.split())


def pages(data: bytes) -> int:
    with pypdfium2.PdfDocument(data) as document:
        return len(document)


def size_mm(data: bytes) -> tuple[int, int]:
    with pypdfium2.PdfDocument(data) as document:
        wide, high = document[0].get_size()
    return round(wide / 72 * 25.4), round(high / 72 * 25.4)


def codes(data: bytes, page: int = 0) -> set[str]:
    """What a scanner reads from the picture at a label printer's resolution."""
    with pypdfium2.PdfDocument(data) as document:
        picture = document[page].render(scale=DPI / 72).to_pil()
    return {found.text for found in zxingcpp.read_barcodes(picture)}


def goods(count: int) -> tuple[Good, ...]:
    return tuple(
        Good(i % 3 + 1, f"A{2000 + i}-藏青-L", "亚麻衬衫", "藏青 · L", f"A-01-{i:02d}", ("1×1",))
        for i in range(1, count + 1)
    )


def label(**values: Any) -> Label:
    to = Party("陈建生", "13800013800", "广东省 深圳市 福田区", "香蜜湖街道农园路66号")
    sender = Sender("棉麻生活馆", "0755-83901234", "广东省深圳市福田区农园路66号")
    usual: dict[str, Any] = {
        "printing": Printing(AT),
        "parcel_no": "P00000001",
        "order_no": "G2611250001",
        "waybill": "YT8962646785389",
        "to": to,
        "sender": sender,
        "goods": goods(2),
        "carrier": "圆通速递",
    }
    return Label(**usual | values)


def slip(**values: Any) -> Slip:
    usual: dict[str, Any] = {
        "printing": Printing(AT),
        "parcel_no": "P00000001",
        "order_no": "G2611250001",
        "platform_no": "3515311702345678901",
        "wave_no": "W00000001",
        "ordered": AT,
        "sender": Sender("棉麻生活馆", "0755-83901234", "广东省深圳市福田区农园路66号"),
        "goods": goods(2),
        "shop": "棉麻生活馆",
        "consignee": "陈*生",
        "carrier": "圆通速递",
    }
    return Slip(**usual | values)


def pick_list(count: int) -> PickList:
    parcels = tuple((str(i), f"P{i:08d}") for i in range(1, count + 1))
    about = ("W00000001", "多品", goods(count), count, parcels, True, "圆通速递")
    return PickList(Printing(AT), *about)


def hand_over(count: int) -> HandOver:
    parcels = tuple(
        Handed(f"P{i:08d}", f"YT{8962646785000 + i}", 300 + i, "广东省 深圳市")
        for i in range(1, count + 1)
    )
    return HandOver(Printing(AT), "H00000001", parcels, "圆通速递")
