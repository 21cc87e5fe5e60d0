"""Encodings are told from the bytes; what is garbled goes to the report (failure mode 19)."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.formats import ImportedOrder, Record, RowRejected, Unreadable
from tests.formats.conftest import One, Read, Refused
from tests.formats.files import Rows, as_csv, taobao

RARE = "㙦𠮷"  # in GB18030, not in GBK
ANY_FILE = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("gbk", b""),
        ("gb18030", b""),
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
def test_every_encoding_reads_the_same(one: One, encoding: str, bom: bytes) -> None:
    order = one(as_csv(taobao({"订单备注": "第一行\n第二行"}), encoding, bom))
    assert (order.consignee, order.seller_memo) == ("薛小安", "第一行\n第二行")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_rare_characters_of_a_name_are_kept(one: One, encoding: str) -> None:
    assert one(as_csv(taobao({"收货人姓名": RARE}), encoding)).consignee == RARE


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_character_that_contains_the_byte_of_a_line_break(one: One, encoding: str) -> None:
    bom = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else codecs.BOM_UTF16_BE
    assert (
        one(as_csv(taobao({"收货人姓名": "上\u0a00一"}), encoding, bom)).consignee == "上\u0a00一"
    )


def test_tabs_and_semicolons_separate_columns_too(one: One) -> None:
    for comma in "\t;":
        assert one(as_csv(taobao(), comma=comma)).consignee == "薛小安"


def test_a_line_that_names_the_separator(one: One) -> None:
    assert one(b"sep=;\r\n" + as_csv(taobao(), comma=";")).consignee == "薛小安"


@pytest.mark.parametrize("broken", [b"\xff\xff", b"\x81", b"\xe4"])
def test_a_garbled_row_goes_to_the_report_and_the_others_come_in(read: Read, broken: bytes) -> None:
    header, first, second = as_csv(taobao({}, {})).splitlines(keepends=True)
    bad, good = read(header + first.replace("薛小安".encode("gb18030"), broken) + second)
    assert isinstance(bad, RowRejected)
    assert "乱码" in bad.reason
    assert isinstance(good, ImportedOrder)


def test_a_gbk_row_glued_into_a_utf8_file_is_garbled_alone(read: Read) -> None:
    rows = taobao({}, {}, {})
    lines = as_csv(rows, "utf-8").splitlines(keepends=True)
    lines[2] = as_csv(rows).splitlines(keepends=True)[2]
    records = read(b"".join(lines))
    assert [type(record) for record in records] == [ImportedOrder, RowRejected, ImportedOrder]


@pytest.mark.parametrize("control", ["\0", "\x01", "\x1f", "\x7f"])
def test_control_characters_reject_the_row(refused: Refused, control: str) -> None:
    row = refused(taobao({"收货人姓名": f"薛{control}安"}, {}))
    assert (row.line, "乱码" in row.reason) == (2, True)


def test_a_replacement_mark_in_the_file_is_mojibake_already(refused: Refused) -> None:
    assert "乱码" in refused(as_csv(taobao({"收货地址": "广东省\ufffd"}), "utf-8")).reason


@pytest.mark.parametrize("data", [b"\0" * 4096, bytes(range(256)) * 16])
def test_binary_is_no_table(read: Read, data: bytes) -> None:
    with pytest.raises(Unreadable):
        read(data)


# -- any text whatever ----------------------------------------------------------------------------

CELL = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)
ODD = st.sampled_from(['="', '"', "'", "\r", "\n", ",", "-1", "1e9", "2026/1/1", "交易成功", "0"])
TEXT = st.lists(CELL | ODD, max_size=6).map("".join)


def outcome(read: Read, data: bytes) -> list[Record]:
    """What became of a file: its records, or [] when it was refused with a reason."""
    try:
        return read(data)
    except Unreadable:
        return []


@ANY_FILE
@given(data=st.binary(max_size=400))
def test_no_bytes_crash_the_reader(read: Read, data: bytes) -> None:
    outcome(read, data)
    outcome(read, as_csv(taobao()) + data)


@ANY_FILE
@given(
    cells=st.lists(TEXT, min_size=1, max_size=46), encoding=st.sampled_from(["utf-8", "gb18030"])
)
def test_every_row_becomes_an_order_or_is_rejected(
    read: Read, cells: list[str], encoding: str
) -> None:
    header, ordinary = taobao()
    odd = [cell.replace("\r", " ") for cell in cells] + ordinary[len(cells) :]
    records = outcome(read, as_csv([header, odd, ordinary], encoding))
    for record in records:
        assert isinstance(record, ImportedOrder) or record.reason
    assert lines_of(records) >= {2} or not any(odd)


@ANY_FILE
@given(columns=st.dictionaries(st.sampled_from(taobao()[0]), TEXT, max_size=6))
def test_any_text_in_any_column_is_read_or_rejected(read: Read, columns: dict[str, str]) -> None:
    rows: Rows = taobao({name.strip(): text for name, text in columns.items()}, {"订单编号": "1"})
    records = outcome(read, as_csv(rows, "utf-8"))
    assert len(records) >= 1
    for record in records:
        assert isinstance(record, ImportedOrder) or record.reason


def lines_of(records: list[Record]) -> set[int]:
    found = set[int]()
    for record in records:
        found |= (
            {row.line for row in record.raw} if isinstance(record, ImportedOrder) else {record.line}
        )
    return found
