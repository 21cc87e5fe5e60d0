"""Limits come before reading on: time and memory stay small whatever is sent (failure mode 18)."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core.tables.files import MAX_CELL, MAX_COLUMNS, MAX_LINE, MAX_ROW_LINES
from orders.formats import MAX_BYTES, RowRejected, Unreadable, peek, stage
from tests.formats.conftest import Read, Refused, Save
from tests.formats.files import as_csv, as_xlsx, as_zip, taobao

SECONDS = 10  # generous: what is refused at once takes milliseconds


@pytest.fixture(autouse=True)
def _soon() -> object:
    """No test here may take long: a limit that is checked too late does."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < SECONDS


def test_a_sparse_file_of_500_mb_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(500 * 1024**2)
    for look in (peek, lambda path: stage(path, path.with_name("staged"))):
        with pytest.raises(Unreadable, match="文件有 500 MB，超过 200 MB。请按时间分几次导出"):
            look(path)
    assert sorted(tmp_path.iterdir())[0] == path


def test_the_largest_file_that_is_taken_is_not_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.write(as_csv(taobao()))
        file.truncate(MAX_BYTES)
    assert peek(path).format == "taobao"


def test_one_endless_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "line"
    path.write_bytes(b"x" * 100 * 1024**2)
    with pytest.raises(Unreadable, match="第一行超过 100 KB 还没有换行"):
        peek(path)


def test_an_endless_line_further_down_is_one_rejected_row(read: Read) -> None:
    header, row, good = as_csv(taobao({}, {})).splitlines(keepends=True)
    records = read(header + b"y" * 20_000_000 + b"\r\n" + row + good)
    assert [type(record) is RowRejected for record in records] == [True, False, False]
    assert "太长" in records[0].reason  # type: ignore[union-attr]
    assert len(records[0].cells[0]) <= MAX_LINE  # type: ignore[union-attr]


def test_a_million_columns_are_refused(read: Read) -> None:
    with pytest.raises(Unreadable, match="第一行超过 100 KB"):
        read(b"a," * 1_000_000 + b"\n")
    with pytest.raises(Unreadable, match=f"超过 {MAX_COLUMNS} 列"):
        read(b"a," * (MAX_COLUMNS + 1) + b"\n1\n")


def test_a_million_columns_in_a_workbook_are_refused(read: Read) -> None:
    far = '<c r="XFD1" t="str"><v>x</v></c>'
    sheet = f"<worksheet><sheetData><row>{far}</row></sheetData></worksheet>"
    with pytest.raises(Unreadable, match=f"超过 {MAX_COLUMNS} 列"):
        read(as_xlsx([], {"xl/worksheets/sheet1.xml": sheet}))


def test_empty_columns_at_the_end_do_not_count(read: Read) -> None:
    header, row = taobao()
    assert len(read([[*header, *[""] * 900], row])) == 1


def test_a_cell_longer_than_a_spreadsheets_is_rejected(refused: Refused) -> None:
    assert "太长" in refused(taobao({"买家留言": "长" * (MAX_CELL + 1)}, {})).reason or "超过"


def test_a_quoted_cell_without_end_is_given_up(read: Read) -> None:
    header, row = as_csv(taobao()).splitlines(keepends=True)
    endless = b'"' + b"z\r\n" * (MAX_ROW_LINES + 5)
    records = read(header + endless + row)
    assert "引号没有成对" in records[0].reason  # type: ignore[union-attr]
    assert records[-1].platform_no == "35153131473000001"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("column", "size"), [("收货人姓名", 65), ("联系手机", 65), ("收货地址", 501), ("物流单号", 65)]
)
def test_names_and_addresses_are_never_cut(refused: Refused, column: str, size: int) -> None:
    row = refused(taobao({column: "长" * size}, {}))
    assert (row.column, "内容太长" in row.reason) == (column, True)


def test_long_notes_are_kept_and_titles_are_cut(read: Read) -> None:
    (order,) = read(taobao({"订单备注": "备" * 3000, "宝贝标题": "题" * 400}))
    assert order.seller_memo == "备" * 3000  # type: ignore[union-attr]
    assert order.lines[0].title == "题" * 299 + "…"  # type: ignore[union-attr]


def test_no_expression_is_slow_on_a_long_text(read: Read) -> None:
    for text in ("1" * 30_000, "，" * 30_000, "(1" * 15_000, "=\"'" * 10_000, "13900 " * 5000):
        rows = [dict.fromkeys([name.strip()], text) for name in taobao()[0]]
        assert read(as_csv(taobao(*rows)))


# -- bombs ---------------------------------------------------------------------------------------


def sheet_bomb(folder: Path) -> Path:
    """Twenty megabytes of blanks in twenty kilobytes."""
    path = folder / "bomb"
    path.write_bytes(as_xlsx(taobao()))
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/big.bin", "w", force_zip64=True) as member,
    ):
        for _ in range(20):
            member.write(b" " * 1024**2)
    return path


def liar(folder: Path) -> Path:
    """A directory that tells of ten bytes where there are many megabytes."""
    data = bytearray(sheet_bomb(folder).read_bytes())
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    path = folder / "liar"
    path.write_bytes(data)
    return path


def many_members(folder: Path) -> Path:
    path = folder / "many"
    path.write_bytes(as_zip({f"{name:0>200}": b"" for name in range(6000)}))
    return path


@pytest.mark.parametrize("build", [sheet_bomb, many_members])
def test_bombs_are_refused_unopened(tmp_path: Path, build: Callable[[Path], Path]) -> None:
    path = build(tmp_path)
    with pytest.raises(Unreadable, match="解压后大得不正常"):
        peek(path)


def test_a_part_that_lies_about_its_size_does_no_harm(tmp_path: Path) -> None:
    assert peek(liar(tmp_path)).format == "taobao"


def test_endless_tags_and_names_in_a_sheet_are_refused(read: Read) -> None:
    tags = [
        "<worksheet " + "a" * 5_000_000,
        "<worksheet>" + "".join(f"<n{i}/>" for i in range(5000)) + "</worksheet>",
    ]
    for sheet in tags:
        with pytest.raises(Unreadable):
            read(as_xlsx([], {"xl/worksheets/sheet1.xml": sheet}))


def test_a_cell_of_many_megabytes_in_a_workbook_is_not_held(refused: Refused) -> None:
    row = refused(as_xlsx(taobao({"买家留言": "长" * 5_000_000}, {})))
    assert "超过" in row.reason


def test_a_refused_file_leaves_no_personal_data_behind(save: Save) -> None:
    path = save(b"a," * (MAX_COLUMNS + 1) + b"\n1\n")
    into = path.with_name("staged")
    with pytest.raises(Unreadable):
        stage(path, into)
    assert not into.exists() or b"13900000165" not in into.read_bytes()
    assert os.listdir(path.parent)
