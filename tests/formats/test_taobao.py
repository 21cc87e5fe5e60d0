"""Taobao and Tmall: ExportOrderList of 2011, 2017 and 2019, and its detail list (SOP 5.a)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from core.tables.cells import CHINA
from orders.formats import ItemsAlone, NotItems, stage
from tests.formats.conftest import One, Read, Refused, Save
from tests.formats.files import HEADERS, jd, taobao, taobao_items

TWO_KINDS = {"宝贝标题": "雪平锅，三德刀", "宝贝种类": "2", "宝贝总数量": "3"}


@pytest.mark.parametrize("columns", [30, 46, 61])
def test_every_year_is_read_alike(one: One, columns: int) -> None:
    order = one(taobao(columns=columns))
    assert (order.format, order.platform_no, order.state) == (
        "taobao",
        "35153131473000001",
        "paid",
    )
    assert (order.consignee, order.mobile) == ("薛小安", "13900000165")
    assert (order.province, order.city, order.district) == ("广东省", "广州市", "越秀区")
    assert (order.street, order.zip_code) == ("黄花岗街道环市东路 10 号 1101", "510180")
    assert (order.goods_amount, order.freight, order.total, order.paid) == (
        Decimal("201.12"),
        Decimal("10.00"),
        Decimal("211.12"),
        Decimal("211.12"),
    )
    assert order.ordered_at == datetime(2017, 7, 8, 0, 42, 32, tzinfo=CHINA)
    assert order.paid_at == datetime(2017, 7, 8, 0, 42, 39, tzinfo=CHINA)
    assert order.close_reason == ""


def test_headers_have_as_many_columns_as_their_year() -> None:
    assert [len(HEADERS[f"taobao_{year}"].split(",")) for year in (30, 46, 61)] == [30, 46, 61]


def test_2019_tells_the_payment_and_the_receipt(one: One) -> None:
    order = one(taobao({"订单状态": "交易成功", "确认收货时间": "2019-08-01 09:00:00"}, columns=61))
    assert order.trade_no == "2017070821001001000001"
    assert order.received_at == datetime(2019, 8, 1, 9, tzinfo=CHINA)


def test_columns_are_found_by_name_not_by_place(one: One) -> None:
    header, row = taobao()
    turned = one([header[::-1], row[::-1]])
    assert (turned.platform_no, turned.total) == ("35153131473000001", Decimal("211.12"))


def test_one_kind_is_one_line_with_the_goods_amount(one: One) -> None:
    (line,) = one(taobao({"宝贝总数量": "2"})).lines
    assert (line.title, line.quantity, line.amount, line.price) == (
        "【顺丰包邮】雪平锅不锈钢",
        2,
        Decimal("201.12"),
        Decimal("100.56"),
    )


def test_joined_titles_are_left_to_a_person(one: One) -> None:
    order = one(taobao(TWO_KINDS))
    assert order.lines == ()
    assert "宝贝明细" in order.lines_unclear
    assert "雪平锅，三德刀" in order.lines_unclear


def test_a_comma_in_one_title_does_not_make_two(one: One) -> None:
    assert len(one(taobao({"宝贝标题": "锅，送铲子"})).lines) == 1


def test_detail_list_has_the_products(one: One) -> None:
    items = taobao_items(
        {"价格": "150.00"},
        {"订单编号": '="35153131473000001"', "标题": "三德刀", "价格": "25.56", "购买数量": "2"},
    )
    order = one(taobao(TWO_KINDS), items=items)
    assert order.lines_unclear == ""
    assert [(line.title, line.quantity, line.amount) for line in order.lines] == [
        ("【顺丰包邮】雪平锅不锈钢", 1, Decimal("150.00")),
        ("三德刀", 2, Decimal("51.12")),
    ]
    assert (order.lines[0].colour, order.lines[0].size) == ("银色", "20厘米")
    assert order.lines[0].code == "YO-PAN-20"


def test_two_files_in_the_wrong_order_change_places(one: One) -> None:
    assert one(taobao_items(), items=taobao()).lines[0].code == "YO-PAN-20"


def test_discounts_are_spread_over_the_lines_to_the_cent(one: One) -> None:
    same = '="35153131473000001"'
    items = taobao_items(*({"订单编号": same, "价格": "100.00"} for _ in range(3)))
    order = one(taobao(TWO_KINDS), items=items)
    assert sum(line.amount for line in order.lines) == order.goods_amount
    assert {line.amount for line in order.lines} == {Decimal("67.04")}


def test_detail_list_that_counts_otherwise_is_marked(one: One) -> None:
    order = one(taobao(TWO_KINDS), items=taobao_items())
    assert "宝贝明细共 1 件，订单里写的是 3 件" in order.lines_unclear


def test_a_bad_row_of_the_detail_list_rejects_its_order_alone(read: Read) -> None:
    items = taobao_items({"购买数量": "没有"}, {})
    bad, good = read(taobao({}, {}), items=items)
    assert "商品明细文件第 2 行：数量要填大于 0 的整数" in bad.reason  # type: ignore[union-attr]
    assert good.lines[0].quantity == 1  # type: ignore[union-attr]


def test_detail_list_alone_is_refused(read: Read) -> None:
    with pytest.raises(ItemsAlone, match="请把它和同一次导出的订单文件一起上传"):
        read(taobao_items())


@pytest.mark.parametrize("second", [taobao(), jd()])
def test_another_orders_file_is_no_detail_list(read: Read, second: list[list[str]]) -> None:
    with pytest.raises(NotItems, match="请重新选择"):
        read(taobao(), items=second)


def test_paid_before_the_refund(one: One) -> None:
    """The list shows what was paid after refunds: paid + refunded = total."""
    order = one(taobao({"买家实际支付金额": "111.12", "退款金额": "100.00"}))
    assert (order.paid, order.refunded) == (Decimal("211.12"), Decimal("100.00"))


def test_a_year_that_never_took_refunds_off(one: One) -> None:
    order = one(taobao({"买家实际支付金额": "211.12", "退款金额": "100.00"}))
    assert (order.paid, order.refunded) == (Decimal("211.12"), Decimal("100.00"))


def test_unpaid_owes_and_has_paid_nothing(one: One) -> None:
    unpaid = {"订单状态": "等待买家付款", "买家实际支付金额": "0.00", "订单付款时间": ""}
    order = one(taobao(unpaid))
    assert (order.state, order.due, order.paid) == ("unpaid", Decimal("211.12"), Decimal(0))


def test_what_the_platform_pays_is_not_owed_by_the_buyer(one: One) -> None:
    order = one(taobao({"天猫卡券抵扣": "11.12", "买家实际支付金额": "200.00"}))
    assert (order.platform_discount, order.due) == (Decimal("11.12"), Decimal("200.00"))


def test_the_buyers_own_change_of_address_wins(one: One) -> None:
    changed = "王小二，86-13700000001，浙江省 杭州市 西湖区 文三路 1 号(310000)"
    order = one(taobao({"修改后的收货地址": changed}))
    assert (order.consignee, order.mobile, order.city) == ("王小二", "13700000001", "杭州市")
    assert order.street == "文三路 1 号"
    assert order.changed_address == changed


def test_the_buyers_own_change_of_sku_wins(one: One) -> None:
    order = one(taobao({"修改后的sku": "颜色分类：黑;尺码：L"}), items=taobao_items())
    (line,) = order.lines
    assert (line.colour, line.size, line.code, line.replaced_code) == ("黑", "L", "", "YO-PAN-20")


@pytest.mark.parametrize("cell", ["139 0000 0165", "１３９０００００１６５", "+86 139-0000-0165"])
def test_a_mobile_is_written_one_way(one: One, cell: str) -> None:
    assert one(taobao({"联系手机": cell})).mobile == "13900000165"


def test_name_and_mobile_inside_the_address_cell(one: One) -> None:
    cell = "薛小安，86-13900000165，广东省 广州市 越秀区 环市东路 10 号"
    order = one(taobao({"收货人姓名": "", "联系手机": "", "收货地址": cell}))
    assert (order.consignee, order.mobile) == ("薛小安", "13900000165")
    assert (order.district, order.street) == ("越秀区", "环市东路 10 号")


@pytest.mark.parametrize(
    ("address", "district", "street", "zip_code"),
    [
        ("四川省 成都市 其它区 盛邦街 100 号(000000)", "", "盛邦街 100 号", ""),
        ("黑龙江省 哈尔滨市 道里区 中央大街(150010)", "道里区", "中央大街", "150010"),
        ("内蒙古自治区 呼和浩特市 新城区 路(1)号", "新城区", "路(1)号", ""),
    ],
)
def test_address_is_split(
    one: One, address: str, district: str, street: str, zip_code: str
) -> None:
    order = one(taobao({"收货地址": address}))
    assert order.address_is_split
    assert (order.district, order.street, order.zip_code) == (district, street, zip_code)


@pytest.mark.parametrize("address", ["上海", "广东深圳市福田区农园路66号", "天上 人间 某区 路"])
def test_an_address_written_otherwise_stays_whole(one: One, address: str) -> None:
    order = one(taobao({"收货地址": address}))
    assert not order.address_is_split
    assert (order.province, order.street) == ("", address)


def test_a_report_with_seven_columns_is_taobao_too(one: One) -> None:
    header = "订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额"
    row = "1,178.8,0.0,上海,2020-02-21 00:00:00,,0.0"
    order = one([header.split(","), row.split(",")])
    assert (order.state, order.state_known) == ("unpaid", False)
    assert order.total == Decimal("178.80")


def test_an_order_twice_in_one_file_is_one_in_its_furthest_state(one: One) -> None:
    number = '="35153131473000001"'
    shipped = {"订单编号": number, "订单状态": "卖家已发货，等待买家确认"}
    order = one(taobao(shipped, {"订单编号": number}))
    assert order.state == "shipped"
    assert [row.line for row in order.raw] == [2, 3]


def test_rows_left_over_in_the_detail_list_are_counted(save: Save) -> None:
    orders, items = save(taobao()), save(taobao_items({}, {}, {}))
    staged = stage(orders, orders.with_name("staged"), items=items)
    assert (staged.rows, staged.orders, staged.items_left_over) == (1, 1, 2)


def test_negative_amount_is_rejected_with_its_column(refused: Refused) -> None:
    row = refused(taobao({"总金额": "-1.00"}, {}))
    assert (row.line, row.column, row.value) == (2, "总金额", "-1.00")
    assert row.reason == "金额不能是负数，请核对。"
