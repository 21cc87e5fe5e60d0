"""Importing on the screen: upload, progress, rejected rows, unknown columns (screens 23)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.models import Job
from core.work import take, work_one
from orders.factories import ShopFactory
from orders.models import ColumnMapping, ImportRejection, Order, Shop
from staff.factories import UserFactory
from staff.models import Notice, User
from tests.formats.files import as_csv, as_xlsx, jd, taobao, taobao_items

pytestmark = pytest.mark.django_db
OWN_HEADER = [
    "单号编码",
    "谁买的",
    "收件人",
    "电话号",
    "送到",
    "要付",
    "已经付",
    "什么东西",
    "几个",
    "进度",
]
OWN_ROW = [
    "A1001",
    "陈先生",
    "陈建生",
    "13800138000",
    "广东省深圳市福田区农园路66号",
    "88",
    "88",
    "茶壶",
    "1",
    "已收款",
]
OWN = [OWN_HEADER, OWN_ROW]


@pytest.fixture
def senior(shop: Shop) -> User:
    return UserFactory.create(role="senior")


@pytest.fixture
def client(senior: User) -> Client:
    client = Client()
    client.force_login(senior)
    return client


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker takes the job up at once: the test works it."""
    monkeypatch.setattr("orders.services.importing.upload.hint", lambda: None)


def upload(client: Client, data: bytes, items: bytes | None = None, **values: Any) -> Any:
    values = {"shop": "tb1"} | values
    values["orders"] = SimpleUploadedFile(values.pop("name", "ExportOrderList.csv"), data)
    if items is not None:
        values["items"] = SimpleUploadedFile("items.csv", items)
    return client.post("/imports", values)


def work_all() -> None:
    for _ in range(20):
        if not work_one(timezone.now()):
            return


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_upload_is_worked_by_a_job_and_ends_with_totals(client: Client, senior: User) -> None:
    answer = upload(client, as_csv(taobao({}, {"总金额": "两百"})), as_csv(taobao_items({})))
    job = Job.objects.get()
    assert answer.status_code == 302
    assert answer.url == f"/imports/{job.pk}"
    page = text(client.get(answer.url))
    assert "hx-get" in page
    assert "排队中" in page
    work_all()
    page = text(client.get(answer.url))
    assert "已完成" in page
    assert "every 2s" not in page
    for told in ("1 单", "两百", "总金额"):
        assert told in page
    assert Order.objects.count() == 1
    assert "新建 1" in Notice.objects.get(to=senior).text


def test_the_poll_reloads_the_page_when_the_job_has_ended(client: Client) -> None:
    answer = upload(client, as_csv(taobao({})))
    work_all()
    assert client.get(answer.url, HTTP_HX_REQUEST="true")["HX-Refresh"] == "true"


def test_xlsx_is_read_too(client: Client) -> None:
    upload(client, as_xlsx(taobao({})), name="ExportOrderList123.xlsx")
    work_all()
    assert Order.objects.get().consignee == "薛小安"


def test_rejected_rows_come_back_as_a_file_that_can_be_corrected(client: Client) -> None:
    upload(client, as_csv(taobao({}, {"总金额": "两百"})))
    work_all()
    job = Job.objects.get()
    answer = client.get(f"/imports/{job.pk}/rejected")
    rows = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert rows.count("\r\n") == 2
    assert "两百" in rows
    upload(client, rows.replace("两百", "211.12").encode("utf-8-sig"))
    work_all()
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b"%PDF-1.7 " + b"x" * 100, "文件"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_told_at_once(
    client: Client, data: bytes, said: str
) -> None:
    answer = upload(client, data, name="orders.xlsx")
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Job.objects.exists()


def test_another_platforms_file_needs_a_tick(client: Client) -> None:
    answer = upload(client, as_csv(jd({})))
    assert answer.status_code == 422
    assert "京东" in text(answer)
    assert upload(client, as_csv(jd({})), anyway="on").status_code == 302


def test_the_products_file_alone_is_refused(client: Client) -> None:
    answer = upload(client, as_csv(taobao_items({})))
    assert answer.status_code == 422
    assert "宝贝明细" in text(answer)


def test_a_name_from_outside_is_never_a_path(client: Client, files: Path) -> None:
    upload(client, as_csv(taobao({})), name="../../../../etc/passwd")
    job = Job.objects.get()
    assert job.title == "passwd"
    assert {path.name for path in (files / "imports" / str(job.pk)).iterdir()} == {"orders"}


def test_nothing_personal_stands_in_the_job(client: Client) -> None:
    upload(client, as_csv(taobao({}, {"总金额": "两百"})))
    work_all()
    job = Job.objects.get()
    kept = repr([job.params, job.cursor, job.result, job.title])
    assert "薛小安" not in kept
    assert "13900000165" not in kept


def test_a_request_that_is_too_large_is_refused_before_it_is_read(client: Client) -> None:
    answer = client.post(
        "/imports", b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=600_000_000
    )
    assert answer.status_code == 413
    assert "200 MB" in text(answer)


def test_an_import_can_be_stopped_and_its_files_go(client: Client, files: Path) -> None:
    answer = upload(client, as_csv(taobao({})))
    job = Job.objects.get()
    assert client.post(f"{answer.url}/cancel").status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not (files / "imports" / str(job.pk)).exists()
    work_all()
    assert not Order.objects.exists()


# Columns that no format knows


def test_unknown_columns_are_explained_once_and_known_again(client: Client) -> None:
    answer = upload(client, as_csv(OWN), name="own.csv")
    job = Job.objects.get()
    assert answer.url == f"/imports/{job.pk}/columns"
    page = text(client.get(answer.url))
    assert "陈先生" not in page
    assert "陈*生" in page
    assert OWN_ROW[3] not in page
    assert OWN_ROW[4] not in page
    fields = ["number", "buyer_account", "consignee", "mobile", "address", "total", "paid"]
    fields += ["title", "quantity", "status"]
    values = {f"column_{place}": name for place, name in enumerate(fields)} | {"name": "自己的表"}
    answer = client.post(answer.url, values)
    assert answer.status_code == 422
    assert "已收款" in text(answer)
    answer = client.post(f"/imports/{job.pk}/columns", values | {"state_0": "paid"})
    assert answer.status_code == 302
    work_all()
    order = Order.objects.get()
    assert (order.platform_no, order.state, order.city) == ("A1001", "paid", "深圳市")
    upload(client, as_csv([OWN_HEADER, ["A1002", *OWN_ROW[1:]]]), name="own2.csv")
    work_all()
    assert Order.objects.count() == 2
    assert ColumnMapping.objects.get().name == "自己的表"


def test_what_a_title_does_not_say_is_masked_by_its_look(client: Client) -> None:
    head = ["单号", "备注甲", "备注乙", "备注丙", "备注丁"]
    row = ["A1", "陈建生", "13800138000", "广东省深圳市福田区农园路66号", "已收款"]
    page = text(client.get(upload(client, as_csv([head, row]), name="odd.csv").url))
    for personal in row[1:4]:
        assert personal not in page
    for shown in ("陈*生", "138****8000", "已收款"):
        assert shown in page


def test_a_mapping_without_the_order_number_is_refused(client: Client) -> None:
    answer = upload(client, as_csv(OWN), name="own.csv")
    refused = client.post(answer.url, {"name": "自己的表", "column_2": "consignee"})
    assert refused.status_code == 422
    assert "哪一列是订单号" in text(refused)


def test_a_file_waits_a_day_for_its_columns(client: Client) -> None:
    upload(client, as_csv(OWN), name="own.csv")
    assert take(timezone.now() + timedelta(hours=23)) is None
    assert work_one(timezone.now() + timedelta(hours=25))
    job = Job.objects.get()
    assert job.state == "failed"
    assert "表头" in job.error


# Who may


def test_an_agent_imports_nothing(shop: Shop) -> None:
    client = Client()
    client.force_login(UserFactory.create(role="agent"))
    assert client.get("/imports").status_code == 403
    assert upload(client, as_csv(taobao({}))).status_code == 403


def test_a_person_imports_into_the_own_shops_alone(shop: Shop) -> None:
    ShopFactory.create(code="tb2")
    client = Client()
    client.force_login(UserFactory.create(role="senior", shop_codes=["tb2"]))
    assert upload(client, as_csv(taobao({}))).status_code == 422
    other = Job.objects.create(
        kind="import_orders", params={"shop": "tb1"}, not_before=timezone.now()
    )
    for path in ("", "/rejected", "/columns"):
        assert client.get(f"/imports/{other.pk}{path}").status_code == 404
    assert client.get(f"/imports/{uuid.uuid4()}").status_code == 404


def test_rejections_go_with_their_job(client: Client) -> None:
    upload(client, as_csv(taobao({"总金额": "两百"})))
    work_all()
    Job.objects.all().delete()
    assert not ImportRejection.objects.exists()


def test_a_file_that_is_gone_before_its_columns_are_explained_is_told(
    client: Client, files: Path
) -> None:
    answer = upload(client, as_csv(OWN), name="own.csv")
    job = Job.objects.get()
    (files / "imports" / str(job.pk) / "orders").unlink()
    assert client.get(answer.url).url == f"/imports/{job.pk}"  # type: ignore[attr-defined]
    assert client.get(f"/imports/{job.pk}").status_code == 200
