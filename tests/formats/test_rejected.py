"""The rejected rows as a file: no formula in it, corrected and sent again (failure mode 21)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.tables.cells import clean
from core.tables.rejected import LINE, PROBLEM, safe
from orders.formats import ImportedOrder, RowRejected, read_orders, write_rejected
from tests.formats.conftest import Read
from tests.formats.files import Rows, as_csv, taobao

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    "|cmd",
    "%0",
]
HYPERLINK = '=HYPERLINK("http://x","y")'
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def written(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def sent_back(read: Read, path: Path, rows: Rows) -> list[RowRejected]:
    """Read rows, and write what was rejected to a file."""
    rejected = [record for record in read(rows) if isinstance(record, RowRejected)]
    assert write_rejected(path, rows[0], rejected) == len(rejected)
    return rejected


@pytest.mark.parametrize("cell", [*FORMULAS, HYPERLINK, f" {HYPERLINK}", f'="{HYPERLINK}"'])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert safe(cell).startswith("'") or not set(safe(cell)[:1]) & set("=+-@\t\r|%＝＋－＠")


@given(st.text())
def test_no_text_is_a_formula_and_each_reads_the_same(text: str) -> None:
    assert safe(text)[:1] not in set("=+-@\r\n|%＝＋－＠")
    assert clean(safe(text)) == clean(text)


def test_long_numbers_are_kept_from_a_spreadsheet() -> None:
    assert safe("35153131473290001") == "\t35153131473290001"


def test_the_file_says_where_and_why(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "rejected.csv"
    sent_back(read, path, taobao({}, {"总金额": "八十八"}))
    header, row = written(path)
    assert header[-2:] == [LINE, PROBLEM]
    assert row[-2:] == ["3", "总金额：金额认不出，请填数字，例如 1,234.50。"]


def test_a_formula_in_any_column_is_text_in_the_file(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "rejected.csv"
    odd = {name.strip(): HYPERLINK for name in taobao()[0] if name != "订单编号"}
    sent_back(read, path, taobao(odd))
    assert not [cell for row in written(path) for cell in row if cell[:1] in ("=", "+", "-", "@")]


def test_corrected_and_sent_again_it_is_the_same_order(read: Read, tmp_path: Path) -> None:
    """Only the corrected cell differs from an order that was right from the start."""
    path = tmp_path / "rejected.csv"
    own = {"订单备注": "-急-", "买家留言": "=好的", "收货人姓名": "O'Neil 薛"}
    sent_back(read, path, taobao(own | {"总金额": "八十八"}))
    header, row = written(path)
    row[header.index("总金额")] = "211.12"
    (again,) = read(as_csv([header, row], "utf-8", b"\xef\xbb\xbf"))
    (right,) = read(taobao(own))
    assert isinstance(again, ImportedOrder)
    assert isinstance(right, ImportedOrder)
    ours = {"raw", "digest"}  # the file's own: rows as they stood, and their digest
    for name in set(ImportedOrder.__slots__) - ours:
        assert getattr(again, name) == getattr(right, name), name


def test_sent_again_uncorrected_it_is_rejected_the_same(read: Read, tmp_path: Path) -> None:
    path, second = tmp_path / "rejected.csv", tmp_path / "again.csv"
    first = sent_back(read, path, taobao({"总金额": "八十八"}, {"订单状态": "飞走了"}))
    again = list(read_orders(path))
    assert [(r.column, r.value, r.reason) for r in again] == [  # type: ignore[union-attr]
        (r.column, r.value, r.reason) for r in first
    ]
    rows = [r for r in again if isinstance(r, RowRejected)]
    write_rejected(second, written(path)[0], rows)
    assert written(second)[0] == written(path)[0]  # its two columns are not added once more


def test_short_and_long_rows_keep_the_columns_in_place(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "rejected.csv"
    header, row = taobao()
    sent_back(read, path, [header, row[:10], [*row, "x"]])
    assert {len(cells) for cells in written(path)} == {len(header) + 2}


@ANY
@given(note=st.text(max_size=30), name=st.text(max_size=30))
def test_any_text_survives_the_way_there_and_back(tmp_path: Path, note: str, name: str) -> None:
    path = tmp_path / "rejected.csv"
    cells = ("1", name, note)
    write_rejected(path, ["订单号", "收货人", "备注"], [RowRejected(2, "", "", "因为", cells)])
    _, row = written(path)
    assert [clean(cell) for cell in row[:3]] == [clean(cell) for cell in cells]
