"""Papers are read again from the picture; of a name nothing is dropped (SOP 2.c)."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.printing.papers import (
    AT,
    codes,
    face,
    hand_over,
    label,
    pages,
    pick_list,
    size_mm,
    slip,
    text_of,
)
from warehouse.printing.bars import LONGEST, Unencodable, code128, encodable
from warehouse.printing.draw import draw, lacks
from warehouse.printing.fonts import NoFont, clean, find, lacking, load, with_getas
from warehouse.printing.pen import Pen
from warehouse.printing.sheets import Badge, Good, Party, Printing
from warehouse.printing.stations import badges, command_sheet
from warehouse.printing.walk import shelf_key
from warehouse.words import Paper

pytestmark = pytest.mark.sqlite  # no database is asked


# Barcodes


def test_a_label_has_its_waybill_and_its_parcel_as_barcodes_that_decode() -> None:
    data = draw(Paper.LABEL, [label()], face())
    assert codes(data) == {"YT8962646785389", "P00000001"}
    assert size_mm(data) == (100, 150)


@pytest.mark.parametrize(
    "waybill",
    ["SF1234567890123", "773012345678901", "JDVA12345678901", "1Z-999-AA1-0123456784", "A" * 30],
)
def test_waybills_of_every_carrier_decode_again(waybill: str) -> None:
    assert waybill in codes(draw(Paper.LABEL, [label(waybill=waybill)], face()))


@given(st.text("ABCXYZ0123456789-", min_size=6, max_size=24))
def test_any_number_is_said_whole_by_its_bars(number: str) -> None:
    """The encoder would leave out what it does not know; ours refuses it."""
    bars = code128(number)
    assert bars.text == number
    ends = [at + wide for at, wide in bars.bars]
    assert all(end < start for end, (start, _) in zip(ends, bars.bars[1:], strict=False))
    assert bars.width == ends[-1] + 10


@pytest.mark.parametrize("text", ["", "运单1", "YT\n1", "é", "9" * (LONGEST + 1)])
def test_what_no_barcode_can_say_is_refused(text: str) -> None:
    assert not encodable(text)
    with pytest.raises(Unencodable):
        code128(text)


def test_each_label_has_its_own_waybill() -> None:
    sheets = [label(waybill=f"YT89626467853{i:02d}", parcel_no=f"P000000{i:02d}") for i in range(6)]
    data = draw(Paper.LABEL, sheets, face())
    for page, sheet in enumerate(sheets):
        assert codes(data, page) == {sheet.waybill, sheet.parcel_no}


def test_slip_pick_list_and_hand_over_name_themselves_by_a_barcode() -> None:
    assert codes(draw(Paper.SLIP, [slip()], face())) == {"P00000001"}
    assert codes(draw(Paper.PICK_LIST, [pick_list(3)], face())) == {"W00000001"}
    assert codes(draw(Paper.HAND_OVER, [hand_over(3)], face())) == {"H00000001"}


def test_the_command_sheet_is_what_a_mouse_would_be() -> None:
    wanted = [("CMD:OK", "确认"), ("CMD:SHORT", "缺货"), ("CMD:UNDO", "撤销"), ("BOX-1", "1 号箱")]
    data = command_sheet(wanted, face())
    assert codes(data) == {code for code, _ in wanted}
    assert "撤销" in text_of(data)


def test_many_commands_go_on_a_second_page() -> None:
    data = command_sheet([(f"BOX-{i}", f"{i} 号箱") for i in range(1, 16)], face())
    assert pages(data) == 2
    assert codes(data) | codes(data, 1) == {f"BOX-{i}" for i in range(1, 16)}


def test_badges_have_their_code_twice_and_the_name() -> None:
    cards = [Badge(f"U:ABCD{i:04d}", f"王师傅{i}", "仓库") for i in range(12)]
    data = badges(cards, face())
    assert pages(data) == 2
    assert codes(data) == {f"U:ABCD{i:04d}" for i in range(10)}
    assert "王师傅3" in text_of(data)


# Letters


def test_everything_stands_on_the_label() -> None:
    text = text_of(draw(Paper.LABEL, [label(collect=Decimal("129.00"), mark="755-福田")], face()))
    for part in ("圆通速递", "755-福田", "陈建生", "13800013800", "香蜜湖街道农园路66号"):
        assert part in text
    for part in ("广东省深圳市福田区", "棉麻生活馆", "A2001-藏青-L", "共5件", "代收货款¥129.00"):
        assert part in text


def test_the_longest_address_stands_there_whole() -> None:
    street = "".join(f"农园路{number}号香榭里花园" for number in range(60))[:500]
    data = draw(Paper.LABEL, [label(to=Party("陈建生", "13800013800", "广东省", street))], face())
    assert street in text_of(data)
    assert pages(data) == 1


def test_forty_goods_stand_on_the_label_and_on_pages_of_the_slip() -> None:
    many = tuple(Good(1, f"C{i:03d}", "衬衫", "L", "A-1") for i in range(40))
    on_label = text_of(draw(Paper.LABEL, [label(goods=many)], face()))
    assert all(f"C{i:03d}" in on_label for i in range(40))
    data = draw(Paper.SLIP, [slip(goods=many)], face())
    text = "".join(text_of(data, page) for page in range(pages(data)))
    assert pages(data) > 1
    assert all(f"C{i:03d}" in text for i in range(40))


def test_long_lists_have_numbered_pages_and_lose_nothing() -> None:
    for paper, sheet, name in (
        (Paper.PICK_LIST, pick_list(90), "A{}-藏青-L"),
        (Paper.HAND_OVER, hand_over(90), "P{:08d}"),
    ):
        data = draw(paper, [sheet], face())
        text = "".join(text_of(data, page) for page in range(pages(data)))
        first = 2000 if paper is Paper.PICK_LIST else 0
        assert all(name.format(first + i) in text for i in range(1, 91))
        assert "第1页，下页还有" in text_of(data, 0)
        assert f"第{pages(data)}页" in text_of(data, pages(data) - 1)


def test_a_second_print_says_so() -> None:
    assert "第2次打印" in text_of(draw(Paper.LABEL, [label(printing=Printing(AT, 2))], face()))
    assert "次打印" not in text_of(draw(Paper.LABEL, [label()], face()))


def test_the_slip_has_no_price_and_the_way_back() -> None:
    text = text_of(draw(Paper.SLIP, [slip()], face()))
    assert "¥" not in text
    assert "不收到付件" in text
    assert "农园路66号" in text


# The font


@pytest.mark.parametrize(("name", "missing"), [("陈㙦", "㙦"), ("𠮷田", "𠮷"), ("㙦㙦𠮷", "㙦𠮷")])
def test_a_character_that_the_font_lacks_is_reported(name: str, missing: str) -> None:
    sheet = label(to=Party(name, "13800013800", "广东省", "农园路"))
    assert [(lack.label, lack.chars) for lack in lacks(sheet, face())] == [("收货人", missing)]
    assert name not in repr(sheet)


def test_a_lack_is_found_in_every_text_that_is_printed() -> None:
    sheet = label(
        to=Party("陈㙦", "1", "㙦省", "㙦路"),
        goods=(Good(1, "A", "𠮷衫", "㙦色"),),
        carrier="㙦运",
    )
    found = {lack.label for lack in lacks(sheet, face())}
    assert found == {"收货人", "地区", "详细地址", "品名", "规格", "快递公司"}


def test_where_somebody_writes_by_hand_a_mark_is_printed_never_nothing() -> None:
    sheet = label(to=Party("陈㙦", "13800013800", "广东省", "农园路"))
    assert "陈〓" in text_of(draw(Paper.LABEL, [sheet], face()))


@given(st.text(max_size=40))
def test_any_text_is_printed_or_reported(text: str) -> None:
    """Of what one can see nothing disappears: it is in the font, or it is lacking."""
    font = face()
    kept = with_getas(font, text)
    assert lacking(font, kept) == ""
    assert len(kept) == len(clean(text))
    pen = Pen((50, 50), font, "")
    lines, _ = pen.lines(kept, 12, (40, 40))
    assert "".join("".join(lines).split()) == "".join(kept.split())


@pytest.mark.parametrize("text", ["陈\u200b建生", "陈建生\ufe0f", " 陈建生\n", "陈建\u202e生"])
def test_what_nobody_sees_is_no_lack(text: str) -> None:
    assert clean(text) == "陈建生"
    assert lacking(face(), text) == ""


def test_without_a_font_it_is_said_what_to_install(monkeypatch: Any, tmp_path: Any) -> None:
    monkeypatch.setattr("warehouse.printing.fonts.PLACES", ())
    with pytest.raises(NoFont, match=r"fonts-wqy-microhei.*GENDAN_FONT.*install"):
        find("")
    with pytest.raises(NoFont, match="字体读不到"):
        find("/nowhere/font.ttf")
    cff = tmp_path / "noto.otf"
    cff.write_bytes(b"OTTO" + b"\0" * 100)
    with pytest.raises(NoFont, match="不是 TrueType"):
        find(str(cff))
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"\x00\x01\x00\x00" + b"\xff" * 100)
    with pytest.raises(NoFont, match="字体用不了"):
        load(find(str(broken)))


# The walk, the speed


def test_the_walk_along_the_shelves_counts_as_people_do() -> None:
    shelves = ["A-10-1", "B-1-1", "", "A-2-10", "A-2-9", "a-1-1"]
    assert sorted(shelves, key=shelf_key) == ["a-1-1", "A-2-9", "A-2-10", "A-10-1", "B-1-1", ""]


def test_five_hundred_labels_take_two_seconds_at_most() -> None:
    sheets = [label(waybill=f"YT{8962646785000 + i}") for i in range(500)]
    font, began = face(), time.process_time()
    data = draw(Paper.LABEL, sheets, font)
    assert time.process_time() - began <= 2
    assert pages(data) == 500
