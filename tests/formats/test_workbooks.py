"""XLSX workbooks, and what only looks like one (SOP 5.a; failure mode 18)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from core.tables.cells import CHINA, clean
from core.tables.sheets import number_text
from orders.formats import ImportedOrder, Unreadable
from tests.formats.conftest import One, Read, Refused
from tests.formats.files import (
    BUILT_IN_DATE,
    OWN_DATE,
    Rows,
    as_xlsx,
    as_zip,
    formula,
    inline,
    number,
    taobao,
)

MOMENT = datetime(2026, 9, 10, 8, tzinfo=CHINA)


def test_shared_strings(one: One) -> None:
    order = one(as_xlsx(taobao(columns=61)))
    assert (order.platform_no, order.consignee) == ("35153131473000001", "薛小安")
    assert order.total == Decimal("211.12")


def test_inline_strings_and_formulas(one: One) -> None:
    header, row = taobao({"订单备注": "<急> & 快"})
    assert one(as_xlsx([header, [inline(cell) for cell in row]])).seller_memo == "<急> & 快"
    assert one(as_xlsx([header, [formula(cell) for cell in row]])).seller_memo == "<急> & 快"


@pytest.mark.parametrize("style", [BUILT_IN_DATE, OWN_DATE])
def test_dates_are_numbers_in_a_style(one: One, style: str) -> None:
    order = one(as_xlsx(taobao({"订单创建时间": number("46275.3333333333", style)})))
    assert order.ordered_at == MOMENT


def test_dates_of_a_macs_calendar(one: One) -> None:
    mac = as_xlsx(taobao({"订单创建时间": number("44813.3333333333", BUILT_IN_DATE)}))
    parts = members(mac)
    book = parts["xl/workbook.xml"].replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
    assert one(as_zip(parts | {"xl/workbook.xml": book})).ordered_at == MOMENT


def test_numbers_are_read_as_they_were_meant(one: One) -> None:
    told = {
        "订单编号": number("123456789012"),
        "总金额": number("178.79999999999998"),
        "联系手机": number("1.3900000165E10"),
        "宝贝总数量": number("2"),
    }
    order = one(as_xlsx(taobao(told)))
    assert (order.platform_no, order.mobile) == ("123456789012", "13900000165")
    assert (order.total, order.lines[0].quantity) == (Decimal("178.80"), 2)


@pytest.mark.parametrize("lost", ["35153131473290000", "3.5153131473290001E16"])
def test_an_order_number_that_became_a_number_has_lost_digits(refused: Refused, lost: str) -> None:
    row = refused(as_xlsx(taobao({"订单编号": number(lost)}, {})))
    assert row.column == "订单编号"
    assert "请从平台重新导出" in row.reason


@pytest.mark.parametrize(
    ("stored", "text"), [("12", "12"), ("1.0", "1"), ("0.1", "0.1"), ("1E3", "1000"), ("x", "x")]
)
def test_numbers_as_text(stored: str, text: str) -> None:
    assert number_text(stored) == text


def test_readings_above_characters_are_left_out(one: One) -> None:
    parts = members(as_xlsx(taobao({"收货人姓名": "薛小安"})))
    ruby = "<t>薛小安</t><rPh sb='0' eb='1'><t>xue</t></rPh>".encode()
    plain = '<t xml:space="preserve">薛小安</t>'.encode()
    strings = parts["xl/sharedStrings.xml"].replace(plain, ruby)
    assert one(as_zip(parts | {"xl/sharedStrings.xml": strings})).consignee == "薛小安"


def test_a_workbook_written_by_openpyxl(read: Read) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in taobao({}, {}):
        sheet.append([clean(cell) or None for cell in row])
    sheet.cell(2, 19).value = datetime(2026, 9, 10, 8)  # noqa: DTZ001 - a sheet has no zones
    sheet.cell(3, 7).value = 99.5
    file = io.BytesIO()
    book.save(file)
    first, second = read(file.getvalue())
    assert isinstance(first, ImportedOrder)
    assert isinstance(second, ImportedOrder)
    assert first.paid_at == MOMENT
    assert second.total == Decimal("99.50")


def test_empty_rows_and_columns_behind_the_table(read: Read) -> None:
    header, row = taobao()
    assert len(read(as_xlsx([[""], [*header, ""], [""], [*row, ""], [""]]))) == 1


def test_a_row_wider_than_the_header_is_rejected(refused: Refused) -> None:
    header, row, good = taobao({}, {})
    assert "多出几列" in refused(as_xlsx([header, [*row, "x"], good])).reason


def test_garbled_cells_reject_their_row(refused: Refused) -> None:
    assert "乱码" in refused(as_xlsx(taobao({"收货人姓名": "薛_x0000_安"}, {}))).reason


# -- what is refused as a whole --------------------------------------------------------------------


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def without(name: str) -> bytes:
    return as_zip({key: part for key, part in members(as_xlsx(taobao())).items() if key != name})


def with_part(name: str, part: bytes) -> bytes:
    return as_zip(members(as_xlsx(taobao())) | {name: part})


def table(rows: Rows) -> bytes:
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<html><table>{cells}</table></html>".encode("gb18030")


BILLION_LAUGHS = b'<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
SHEET = "xl/worksheets/sheet1.xml"

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "old .xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "老式的 .xls"),
    "web page named .xls": (lambda: table(taobao()), "其实是网页"),
    "XML of Excel 2003": (lambda: b'<?xml version="1.0"?>\n<Workbook xmlns="x">', "其实是网页"),
    "PDF": (lambda: b"%PDF-1.7 ...", "这是PDF 文件"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n", "这是图片"),
    "RAR": (lambda: b"Rar!\x1a\x07", "这是RAR 压缩包"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c", "这是7z 压缩包"),
    "gzip": (lambda: b"\x1f\x8b\x08\0", "这是gz 压缩包"),
    "ZIP of a CSV": (lambda: as_zip({"订单.csv": "订单编号"}), "请先解压"),
    "empty file": (lambda: b"", "文件是空的"),
    "blank lines": (lambda: b"\r\n \r\n,,,\r\n", "没有内容"),
    "workbook cut off": (lambda: as_xlsx(taobao())[:-100], "已经损坏"),
    "no sheet's file": (lambda: without(SHEET), "已经损坏"),
    "sheet that is no XML": (lambda: with_part(SHEET, b"<worksheet><"), "已经损坏"),
    "sheet with entities": (lambda: with_part(SHEET, BILLION_LAUGHS), "已经损坏"),
    "sheet without rows": (lambda: as_xlsx([]), "工作簿里没有内容"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_table_is_refused_with_what_to_do(read: Read, kind: str) -> None:
    build, said = REFUSED[kind]
    with pytest.raises(Unreadable, match=said) as refusal:
        read(build())
    assert "请" in str(refusal.value)


def test_every_cut_of_a_workbook_is_refused(read: Read) -> None:
    data = as_xlsx(taobao())
    for end in range(4, len(data) - 22, 97):
        with pytest.raises(Unreadable):
            read(data[:end])


def test_a_locked_workbook_is_refused(read: Read) -> None:
    data = bytearray(as_xlsx(taobao()))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := data.find(magic, place + 1)) >= 0:
            data[place + offset] |= 1
    with pytest.raises(Unreadable, match="加了密码"):
        read(bytes(data))
