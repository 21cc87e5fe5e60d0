"""SOP 2.h: platforms without an interface are told by their own bulk shipping file."""

from __future__ import annotations

import csv
import io
import uuid
from contextlib import suppress
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from core.acts import Actor
from core.tables.errors import Unreadable
from orders.factories import OrderFactory, ShopFactory
from orders.models import HandTask, Order, Shop
from staff.models import User
from tests.tracking.conftest import ship
from warehouse.models import UploadFile, UploadTemplate
from warehouse.selectors.upload_files import files_of
from warehouse.services.upload_files import finish_file, make_file, save_template
from warehouse.upload_files import Shipped, fill, guess, read_template

pytestmark = pytest.mark.django_db
ROW = Shipped("261125-000000127532922", "YTO", "圆通速递", "YT8962646785389", None)


def text_template(encoding: str = "gb18030") -> bytes:
    """One line of advice, the header, an example."""
    lines = ["填写说明：请勿改动表头", "订单号,物流公司,快递单号,备注", "样例1,样例快递,样例单号,"]
    return "\r\n".join([*lines, ""]).encode(encoding)


def sheet_template() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "批量发货"
    sheet.append(["*订单编号", "*快递公司", "*运单号", "发货类型"])
    sheet.append(["123", "样例", "456", "整单"])
    book.create_sheet("快递公司对照").append(["圆通快递"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def shop(db: None) -> Shop:
    return ShopFactory.create(code="pdd1", channel="pdd", name="素木工厂店")


@pytest.fixture
def orders(shop: Shop) -> list[Order]:
    """Three that have left; nobody has told the platform."""
    numbers = [f"261125-00000012753292{n}" for n in range(3)]
    made = [OrderFactory.create(shop=shop, state="packed", platform_no=n) for n in numbers]
    return [ship(order, f"YT896264678538{n}") for n, order in enumerate(made)]


def upload(client: Client, data: bytes, name: str = "批量发货模板.csv") -> Any:
    file = SimpleUploadedFile(name, data)
    values = {"token": str(uuid.uuid4()), "file": file}
    return client.post(reverse("upload-template", args=["pdd1"]), values)


def describe(client: Client, **changed: str) -> Any:
    known = UploadTemplate.objects.get()
    values = {f"c{n}": holds for n, holds in enumerate(known.columns)}
    values |= {"token": str(uuid.uuid4())} | changed
    return client.post(reverse("upload-template", args=["pdd1"]), values)


def make(client: Client) -> UploadFile | None:
    client.post(reverse("make-upload-file", args=["pdd1"]), {"token": str(uuid.uuid4())})
    return UploadFile.objects.order_by("-id").first()


def keep_template(shop: Shop) -> UploadTemplate:
    by, now = Actor("person", "王芳"), timezone.now()
    return save_template(shop, "模板.csv", text_template(), by=by, now=now)


def waiting() -> int:
    return HandTask.objects.filter(kind="dispatch", done_at__isnull=True).count()


# The template


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_a_text_template_comes_back_with_rows_below_its_header(encoding: str) -> None:
    data = text_template(encoding)
    read = read_template(data)
    assert (read.kind, read.line) == ("text", 1)
    assert guess(read.header) == ["platform_no", "carrier_name", "waybill", ""]
    filled = fill(data, read, ["platform_no", "carrier_name", "waybill", "text:整单"], [ROW])
    lines = filled.decode(encoding).splitlines()
    assert lines[:2] == ["填写说明：请勿改动表头", "订单号,物流公司,快递单号,备注"]
    assert lines[2:] == ["261125-000000127532922,圆通速递,YT8962646785389,整单"]


def test_a_workbook_keeps_its_other_sheets_and_long_numbers_stay_text() -> None:
    data = sheet_template()
    read = read_template(data)
    columns = ["platform_no", "carrier_code", "waybill", "shipped_at"]
    long = Shipped("2611250000001275329", "YTO", "圆通速递", "773523095174743", timezone.now())
    book = load_workbook(io.BytesIO(fill(data, read, columns, [long, ROW])))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert book.sheetnames == ["批量发货", "快递公司对照"]
    assert rows[0][0] == "*订单编号"
    assert rows[1][:3] == ("2611250000001275329", "YTO", "773523095174743")
    assert str(rows[1][3]).startswith("20")
    assert rows[2][:3] == (ROW.platform_no, "YTO", ROW.waybill)
    assert len(rows) == 3, "the platform's example is gone"


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["子订单编号", "快递公司编码", "快递公司", "快递单号"], None),
        (["订单ID", "承运商ID", "物流单号"], ["platform_no", "carrier_code", "waybill"]),
        (["订单号", "发货时间", "运单号", "运单号2"], ["platform_no", "shipped_at", "waybill", ""]),
    ],
)
def test_what_columns_hold_is_guessed_by_their_words(
    header: list[str], columns: list[str] | None
) -> None:
    expected = columns or ["platform_no", "carrier_code", "carrier_name", "waybill"]
    assert guess(header) == expected


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "文件是空的"),
        ("姓名,电话\r\n".encode(), "没有找到表头"),
        (b"x" * (1024 * 1024 + 1), "超过 1 MB"),
        (b"PK\x03\x04broken", "打不开"),
        (b"%PDF-1.4", "不是数据表格"),
        (b"\xd0\xcf\x11\xe0old", "老式的 .xls"),
    ],
)
def test_what_is_no_template_is_said_why(
    agent_client: Client, shop: Shop, data: bytes, said: str
) -> None:
    if data:
        with pytest.raises(Unreadable):
            read_template(data)
    answer = upload(agent_client, data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not UploadTemplate.objects.exists()


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), max_size=8))
def test_whatever_stands_in_a_header_it_is_read_or_refused(cells: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    with suppress(Unreadable):
        read = read_template(out.getvalue().encode())
        assert len(guess(read.header)) == len(read.header)


# From parcels to ticks


def test_the_day_of_a_shop_whose_platform_has_no_interface(
    agent_client: Client, orders: list[Order]
) -> None:
    page = agent_client.get(reverse("upload-files")).content.decode()
    assert "3 单等平台发货" in page
    assert "还没有模板" in page
    assert upload(agent_client, text_template()).status_code == 302
    page = agent_client.get(reverse("upload-template", args=["pdd1"])).content.decode()
    assert "快递单号" in page
    assert describe(agent_client, kYTO="圆通快递").status_code == 302
    file = make(agent_client)
    assert file is not None
    address = reverse("upload-file", args=["pdd1", file.pk])
    answer = agent_client.get(address)
    assert answer["Cache-Control"] == "no-store"
    lines = answer.content.decode("gb18030").splitlines()
    assert lines[2] == f"{orders[0].platform_no},圆通快递,{orders[0].waybill},"
    assert len(lines) == 5
    done = reverse("uploaded-file", args=["pdd1", file.pk])
    assert orders[1].platform_no in agent_client.get(done).content.decode()
    values = {"token": str(uuid.uuid4()), "refused": f" {orders[1].platform_no}\n"}
    page = agent_client.post(done, values, follow=True).content.decode()
    assert "2 单已登记为平台发货，1 单没收下" in page
    assert waiting() == 1
    assert HandTask.objects.get(done_at__isnull=True).order == orders[1]
    again = make(agent_client)
    assert again is not None
    assert [row[1] for row in again.rows] == [orders[1].platform_no]


def test_a_file_that_is_not_uploaded_is_dropped_and_made_again(
    agent_client: Client, orders: list[Order]
) -> None:
    upload(agent_client, text_template())
    file = make(agent_client)
    assert file is not None
    second = make(agent_client)
    assert second == file, "one at a time"
    values = {"token": str(uuid.uuid4()), "drop": "1"}
    agent_client.post(reverse("uploaded-file", args=["pdd1", file.pk]), values)
    assert waiting() == 3
    new = make(agent_client)
    assert new is not None
    assert (new.pk != file.pk, new.rows) == (True, file.rows)


def test_an_unknown_refused_number_is_said(agent_client: Client, orders: list[Order]) -> None:
    upload(agent_client, text_template())
    file = make(agent_client)
    assert file is not None
    values = {"token": str(uuid.uuid4()), "refused": "999"}
    answer = agent_client.post(reverse("uploaded-file", args=["pdd1", file.pk]), values)
    assert answer.status_code == 422
    assert "这个文件里没有：999" in answer.content.decode()
    assert waiting() == 3


def test_ticking_goes_on_where_it_broke_off(orders: list[Order], agent: User) -> None:
    by, now = Actor.person(agent), timezone.now()
    shop = orders[0].shop
    keep_template(shop)
    file = make_file(shop, by=by, now=now)
    HandTask.objects.filter(pk=file.rows[0][0]).update(done_at=now, done_by_name="王芳")
    finish_file(file, [], by=by, now=now)
    assert waiting() == 0


@pytest.mark.parametrize("waybill", ["=1+1", "@SUM(A1)", "-1", "号码"])
def test_what_is_no_plain_number_stays_a_hand_task(shop: Shop, agent: User, waybill: str) -> None:
    ship(OrderFactory.create(shop=shop, state="packed"), waybill)
    good = ship(OrderFactory.create(shop=shop, state="packed"), "YT1")
    keep_template(shop)
    file = make_file(shop, by=Actor.person(agent), now=timezone.now())
    assert [row[1] for row in file.rows] == [good.platform_no]
    assert waiting() == 2


def test_each_of_number_and_waybill_needs_one_column(agent_client: Client, shop: Shop) -> None:
    upload(agent_client, text_template())
    answer = describe(agent_client, c2="platform_no")
    assert answer.status_code == 422
    assert "要有一列、也只能有一列是“平台单号”" in answer.content.decode()


def test_nothing_waits_or_no_template_is_said(agent_client: Client, shop: Shop) -> None:
    address = reverse("make-upload-file", args=["pdd1"])
    answer = agent_client.post(address, {"token": str(uuid.uuid4())}, follow=True)
    assert "还没有模板" in answer.content.decode()
    upload(agent_client, text_template())
    answer = agent_client.post(address, {"token": str(uuid.uuid4())}, follow=True)
    assert "没有要在平台填发货的订单" in answer.content.decode()
    assert not UploadFile.objects.exists()


def test_the_same_form_twice_makes_one_file(agent_client: Client, orders: list[Order]) -> None:
    upload(agent_client, text_template())
    token, address = str(uuid.uuid4()), reverse("make-upload-file", args=["pdd1"])
    for _ in range(2):
        assert agent_client.post(address, {"token": token}).status_code == 302
    assert UploadFile.objects.count() == 1


def test_the_list_asks_four_times_however_many_shops(
    agent: User, django_assert_num_queries: Any
) -> None:
    for number in range(6):
        ShopFactory.create(code=f"jd{number}", channel="jd")
    with django_assert_num_queries(4):
        assert len(files_of(agent)) == 6


def test_another_shops_files_do_not_exist(client: Client, agent: User, orders: list[Order]) -> None:
    keep_template(orders[0].shop)
    file = make_file(orders[0].shop, by=Actor.person(agent), now=timezone.now())
    agent.shop_codes = ["tb1"]
    agent.save()
    client.force_login(agent)
    for name in ("upload-file", "uploaded-file"):
        assert client.get(reverse(name, args=["pdd1", file.pk])).status_code == 404
    assert client.get(reverse("upload-template", args=["pdd1"])).status_code == 404
    assert "素木工厂店" not in client.get(reverse("upload-files")).content.decode()
