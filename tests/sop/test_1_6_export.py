"""Export of what a search shows (SOP 1.6.b; features 55; failure modes 20, 21, 24, 28)."""

from __future__ import annotations

import csv
import gc
import io
import tracemalloc
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from playwright.sync_api import expect

from core import tasks, work
from core.models import Act, Job, JobState
from core.sealed import seal
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from orders.services.exporting import files, forget
from orders.services.exporting import job as exporting
from orders.services.exporting.ask import KIND, ask_for_export
from orders.services.exporting.columns import HEADER
from orders.services.exporting.files import FORMATS, FORMULA, safe
from staff.factories import UserFactory
from staff.models import Notice, Reveal, User
from tests.conftest import NewPage, SignedIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are worked when the test says so."""
    monkeypatch.setattr(tasks.work_jobs, "delay", lambda: None)


@pytest.fixture
def finance() -> User:
    return UserFactory.create(role="finance", full_name="周会计", username="zhou")


def orders(count: int, **values: Any) -> list[Order]:
    return [OrderFactory.create(lines=[], **values) for _ in range(count)]


def ask(user: User, query: str = "", file_format: str = "csv", **more: Any) -> Job:
    return ask_for_export(user, query, file_format, now=timezone.now(), **more)


def looking_for(text: str) -> str:
    """The end of the address of a search for something personal."""
    return urlencode({"x": seal(text)})


def finish(job: Job, most: int = 200) -> Job:
    for _ in range(most):
        job.refresh_from_db()
        if not job.open:
            return job
        work.work_one(job.not_before)
    raise AssertionError("never ended")


def csv_rows(job: Job) -> list[dict[str, str]]:
    """The orders of the file; the lines behind them say who exported it."""
    text = exporting.file_of(job).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    return [row for row in rows if row["平台单号"] is not None]


def xlsx_rows(job: Job) -> list[dict[str, Any]]:
    book = load_workbook(exporting.file_of(job), read_only=True)
    header, *rows = book["订单"].iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


# What the file holds


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_file_holds_what_the_search_shows(finance: User, file_format: str) -> None:
    wanted = [OrderFactory.create(state="shipped").order_no for _ in range(3)]
    OrderFactory.create(state="unpaid")
    job = finish(ask(finance, "state=shipped", file_format))
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)
    rows = csv_rows(job) if file_format == "csv" else xlsx_rows(job)
    assert sorted(row["订单号"] for row in rows) == sorted(wanted)
    assert list(rows[0]) == HEADER
    assert {row["状态"] for row in rows} == {"已发货"}


def test_a_qq_as_an_account_is_masked_like_the_rest(finance: User) -> None:
    OrderFactory.create(buyer=None, buyer_account="309987210")
    OrderFactory.create(buyer=None, buyer_account="tb_chen88")
    rows = csv_rows(finish(ask(finance)))
    assert {row["买家账号"] for row in rows} == {"30***10", "tb_chen88"}


def test_a_search_for_a_person_is_exported_too(finance: User) -> None:
    wanted = OrderFactory.create(consignee="欧阳修文")
    OrderFactory.create()
    query = looking_for("欧阳修文")
    job = finish(ask(finance, query))
    assert [row["订单号"] for row in csv_rows(job)] == [wanted.order_no]


def test_a_name_that_many_begin_with_is_exported_to_its_last_page(
    finance: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 2)
    for name in ("欧阳一", "欧阳二", "欧阳三", "欧阳四", "欧阳五"):
        orders(1, consignee=name)
    job = finish(ask(finance, looking_for("欧阳")))
    assert len(csv_rows(job)) == 5


def test_goods_money_and_times_stand_in_their_columns(finance: User) -> None:
    order = OrderFactory.create(state="shipped", freight="8.00", waybill="75312345678901")
    row = xlsx_rows(finish(ask(finance, file_format="xlsx")))[0]
    line = order.lines.get()
    assert row["商品"] == f"{line.label} ×1"
    assert (row["应付"], row["运费"]) == (float(order.due), 8)
    assert row["付款时间"] == f"{timezone.localtime(order.paid_at):%Y-%m-%d %H:%M:%S}"
    assert row["运单号"] == "75312345678901"
    assert row["平台单号"] == order.platform_no, "as text: no spreadsheet rounds it"


def test_who_exported_it_and_when_stands_in_the_file(finance: User) -> None:
    orders(1)
    text = exporting.file_of(finish(ask(finance))).read_text(encoding="utf-8-sig")
    assert "导出人：周会计（zhou）" in text
    assert f"导出时间：{timezone.localtime():%Y-%m-%d}" in text
    book = load_workbook(exporting.file_of(finish(ask(finance, file_format="xlsx"))))
    said = {row[0]: row[1] for row in book["说明"].iter_rows(values_only=True)}
    assert said["导出人"] == "周会计（zhou）"
    assert said["订单数"] == "1"
    assert book.properties.creator == "周会计（zhou）"


def test_a_search_that_finds_nothing_gives_a_file_with_a_header(finance: User) -> None:
    job = finish(ask(finance, "state=shipped", "xlsx"))
    assert (job.state, job.done) == (JobState.DONE, 0)
    assert xlsx_rows(job) == []


# Only what the person may see


def test_orders_of_other_shops_are_not_in_it() -> None:
    limited = UserFactory.create(role="supervisor", shop_codes=["tb1"])
    mine = OrderFactory.create()
    OrderFactory.create(shop=ShopFactory.create(code="jd1", channel="jd"))
    assert [row["订单号"] for row in csv_rows(finish(ask(limited)))] == [mine.order_no]


def test_receiving_information_is_masked(finance: User) -> None:
    orders(1, mobile="13812345678", buyer_message="打我电话 13812345678", telephone="0755-83901234")
    row = csv_rows(finish(ask(finance)))[0]
    assert (row["收货人"], row["手机"]) == ("陈*生", "138****5678")
    assert row["详细地址"] == "香蜜湖街道 ***"
    assert row["买家留言"] == "打我电话 138****5678"
    assert row["电话"] == "0755-******34"


def test_with_a_reason_it_is_whole_and_logged_like_a_reveal(finance: User) -> None:
    orders(1, mobile="13812345678")
    job = finish(ask(finance, reason="给物流对账"))
    row = csv_rows(job)[0]
    assert (row["收货人"], row["手机"]) == ("陈建生", "13812345678")
    shown = Reveal.objects.get()
    assert (shown.user, shown.reason, shown.subject_kind) == (finance, "给物流对账", "export")
    assert shown.subject_no == f"导出 {job.pk.hex[:8]}"


def test_it_is_logged_who_exported_what(finance: User) -> None:
    orders(2)
    finish(ask(finance, "state=paid", reason="给物流对账"))
    asked, done = Act.objects.filter(verb=KIND).order_by("at")
    assert (asked.actor, asked.reason) == (finance, "给物流对账")
    assert asked.summary == "申请导出：已付款（CSV，含收货信息）"
    assert done.summary == "导出完成，共 2 单：已付款（CSV，含收货信息）"


def test_nothing_personal_stands_in_the_job_or_the_log(finance: User) -> None:
    orders(1, mobile="13812345678", consignee="欧阳修文")
    for text in ("13812345678", "欧阳修文"):
        finish(ask(finance, looking_for(text)))
    kept = str(list(Job.objects.values())) + str(list(Act.objects.filter(verb=KIND).values()))
    kept += str(list(Notice.objects.values()))
    assert "13812345678" not in kept
    assert "欧阳" not in kept


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "agent"}])
def test_who_left_meanwhile_gets_no_file(finance: User, change: dict[str, Any]) -> None:
    job = ask(finance)
    User.objects.filter(pk=finance.pk).update(**change)
    finish(job)
    assert job.state == JobState.FAILED
    assert not exporting.file_of(job).exists()


# Formulas


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "evil",
    [
        '=HYPERLINK("http://evil","x")',
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        "|calc",
        " =1+1",
        "\x00=1+1",
    ],
)
def test_no_cell_is_a_formula(finance: User, evil: str, file_format: str) -> None:
    evil_in = evil.replace("\x00", "")  # PostgreSQL keeps no NUL
    orders(1, buyer_account=evil_in, seller_memo=evil_in, consignee=evil_in)
    job = finish(ask(finance, file_format=file_format, reason="测试"))
    row = (csv_rows if file_format == "csv" else xlsx_rows)(job)[0]
    for column in ("买家账号", "卖家备注", "收货人"):
        assert row[column].startswith("'"), row[column]


@given(st.text())
def test_no_text_begins_like_a_formula(text: str) -> None:
    made = safe(text)
    assert made[:1] not in FORMULA
    assert made == made.strip()


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
def test_any_text_makes_a_workbook_that_opens(texts: list[str]) -> None:
    kind, target = FORMATS["xlsx"], Path(f"/tmp/{uuid.uuid4().hex}.xlsx")
    try:
        kind.join(target, [kind.rows([texts], 0)], [("导出人", "周会计")])
        row = list(load_workbook(target)["订单"].iter_rows(values_only=True))[1]
        assert [cell or "" for cell in row[: len(texts)]] == [
            safe(text).replace("\r\n", "\n") for text in texts
        ]
    finally:
        target.unlink(missing_ok=True)


# Slices, kills


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_an_export_in_many_slices_is_whole(
    finance: User, file_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 3)
    monkeypatch.setattr(work, "SLICE_SECONDS", -1.0)
    wanted = [order.order_no for order in orders(10)]
    job = ask(finance, file_format=file_format)
    seen = []
    while job.open:
        work.work_one(job.not_before)
        job.refresh_from_db()
        seen.append((job.done, job.percent))
    assert seen[:4] == [(3, 30), (6, 60), (9, 90), (10, 100)]
    rows = (csv_rows if file_format == "csv" else xlsx_rows)(job)
    assert sorted(row["订单号"] for row in rows) == sorted(wanted)
    assert sorted(path.name for path in exporting.folder_of(job).iterdir()) == [
        f"orders.{file_format}"
    ]


def test_a_kill_after_any_write_loses_nothing_and_doubles_nothing(
    finance: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in a part behind the last checkpoint does not count."""
    monkeypatch.setattr(exporting, "PAGE", 2)
    wanted = [order.order_no for order in orders(9)]
    job, real = ask(finance), files.append
    calls = [0]

    def killed(file: Any, data: bytes) -> int:
        length = real(file, data)
        calls[0] += 1
        if calls[0] % 2 == 0:
            raise KeyboardInterrupt
        return length

    monkeypatch.setattr(exporting, "append", killed)
    for _ in range(20):
        job.refresh_from_db()
        if not job.open:
            break
        try:
            work.work_one(job.not_before)
        except KeyboardInterrupt:
            continue
    assert calls[0] > 5
    assert job.state == JobState.DONE
    assert sorted(row["订单号"] for row in csv_rows(job)) == sorted(wanted)


def test_a_worker_that_wakes_up_after_its_lease_spoils_nothing(
    finance: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 2)
    wanted = [order.order_no for order in orders(5)]
    job = ask(finance)
    sleeper = work.take(job.not_before)
    assert sleeper is not None
    finish(job)
    with pytest.raises(work.LeaseLost):
        exporting.export_orders(sleeper, lambda: False)
    assert sorted(row["订单号"] for row in csv_rows(job)) == sorted(wanted)


def test_parts_that_were_lost_are_written_again(
    finance: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 2)
    monkeypatch.setattr(work, "SLICE_SECONDS", -1.0)
    orders(5)
    job = ask(finance)
    work.work_one(job.not_before)
    exporting.discard(job)
    assert len(csv_rows(finish(job))) == 5


def test_memory_does_not_grow_with_the_number_of_orders(
    finance: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 20)
    real = files.append

    def append(file: Any, data: bytes) -> int:
        gc.collect()  # orders and their lines point at each other
        return real(file, data)

    monkeypatch.setattr(exporting, "append", append)

    def peak() -> int:
        job = ask(finance, file_format="xlsx")
        tracemalloc.start()
        finish(job)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    orders(60)
    peak()  # what is loaded once
    few = peak()
    orders(180)
    assert peak() < few * 1.5


def test_queries_follow_the_pages_not_the_orders(
    finance: User, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    orders(40)
    job = ask(finance)
    with django_assert_max_num_queries(35):
        finish(job)


# Told, fetched, deleted


def test_the_exporter_is_told_when_it_is_ready(finance: User) -> None:
    orders(1)
    finish(ask(finance, "state=paid"))
    notice = Notice.objects.get()
    assert notice.to == finance
    assert notice.text == "导出好了，共 1 单：已付款（CSV，收货信息已遮盖）"
    assert notice.url == reverse("exports")


def test_the_exporter_is_told_when_it_failed(
    finance: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(exporting, "search", broken)
    job = finish(ask(finance))
    assert job.state == JobState.FAILED
    assert Notice.objects.get().text.startswith("导出没有成功：全部订单")


def test_a_cut_query_is_refused_on_the_form(client: Client, finance: User) -> None:
    client.force_login(finance)
    answer = client.post(reverse("export"), {"query": "x=cut", "format": "csv"})
    assert answer.status_code == 422
    assert "查询的条件不完整" in answer.content.decode()


def post(client: Client, user: User, **data: str) -> Any:
    client.force_login(user)
    return client.post(reverse("export"), {"query": "", "format": "csv"} | data)


def test_who_asked_and_the_owner_fetch_the_file(client: Client, finance: User) -> None:
    orders(1)
    assert post(client, finance).status_code == 302
    job = finish(Job.objects.get())
    url = reverse("export-file", args=[job.pk])
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == exporting.file_of(job).read_bytes()  # type: ignore[attr-defined]
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store, private"
    client.force_login(UserFactory.create(role="owner"))
    assert client.get(url).status_code == 200
    client.force_login(UserFactory.create(role="finance"))
    assert client.get(url).status_code == 404
    client.force_login(UserFactory.create(role="agent"))
    assert client.get(url).status_code == 403


def test_an_unfinished_export_has_no_file(client: Client, finance: User) -> None:
    post(client, finance)
    job = Job.objects.get()
    assert client.get(reverse("export-file", args=[job.pk])).status_code == 404


@pytest.mark.parametrize("role", ["agent", "senior", "aftersales", "warehouse", "purchasing"])
def test_roles_that_may_not_export_are_refused(client: Client, role: str) -> None:
    assert post(client, UserFactory.create(role=role)).status_code == 403
    assert not Job.objects.exists()


def test_personal_data_without_a_reason_is_refused(client: Client, finance: User) -> None:
    answer = post(client, finance, personal="on", reason=" ")
    assert answer.status_code == 422
    assert "写明为什么需要收货信息" in answer.content.decode()
    assert not Job.objects.exists()


def test_a_reason_alone_shows_nothing(client: Client, finance: User) -> None:
    post(client, finance, reason="顺手写的")
    assert Job.objects.get().params["personal"] is False
    assert not Reveal.objects.exists()


def test_an_unknown_format_is_refused(client: Client, finance: User) -> None:
    assert post(client, finance, format="../../etc/passwd").status_code == 422


def test_the_same_form_twice_exports_once(client: Client, finance: User) -> None:
    token = str(uuid.uuid4())
    for _ in range(2):
        assert post(client, finance, token=token).status_code == 302
    assert Job.objects.count() == 1


def test_another_persons_export_can_neither_be_watched_nor_cancelled(
    client: Client, finance: User
) -> None:
    job = ask(finance)
    client.force_login(UserFactory.create(role="supervisor"))
    assert client.get(reverse("export-row", args=[job.pk])).status_code == 404
    assert client.post(reverse("export-cancel", args=[job.pk])).status_code == 404
    client.force_login(finance)
    assert client.post(reverse("export-cancel", args=[job.pk])).status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_exports_are_deleted_after_a_week(finance: User) -> None:
    orders(1)
    old = finish(ask(finance))
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
        newer = finish(ask(finance))
        assert forget.forget_old_exports(timezone.now()) == 0
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        assert forget.forget_old_exports(timezone.now()) == 1
    assert not exporting.folder_of(old).exists()
    assert exporting.file_of(newer).exists()
    assert list(Job.objects.all()) == [newer]


# In the browser


@pytest.mark.django_db(transaction=True)
def test_an_export_from_the_results_page_to_the_file(
    new_page: NewPage, signed_in: SignedIn, finance: User
) -> None:
    """The bar survives a reload, the page stops asking, the file comes down."""
    orders(3, state="shipped")
    page = signed_in(new_page(), finance)
    page.goto("/orders?state=shipped")
    page.get_by_role("button", name="导出 CSV").click()
    expect(page).to_have_url("http://" + page.url.split("/")[2] + "/exports")
    row = page.get_by_role("article")
    expect(row).to_contain_text("已发货（CSV，收货信息已遮盖）")
    expect(row.get_by_role("progressbar")).to_be_visible()
    page.reload()
    expect(row).to_contain_text("排队中")
    finish(Job.objects.get())
    with page.expect_download() as download:
        row.get_by_role("link", name="下载 CSV").click()
    assert download.value.suggested_filename.startswith("订单-")
    assert "导出人：周会计" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    expect(page.locator("#said")).to_contain_text("已完成")
    assert page.locator("[hx-get*='/exports/']").count() == 0, "polls no more"
    page.goto("/notices")
    expect(page.get_by_role("main")).to_contain_text("导出好了，共 3 单")


@pytest.mark.django_db(transaction=True)
def test_personal_data_is_asked_for_with_a_reason(
    new_page: NewPage, signed_in: SignedIn, finance: User
) -> None:
    orders(1)
    page = signed_in(new_page(), finance)
    page.goto("/orders?state=paid")
    page.get_by_role("link", name="含收货信息").click()
    expect(page.get_by_role("main")).to_contain_text("已付款")
    page.get_by_label("含收货信息", exact=False).first.check()
    page.get_by_role("button", name="开始导出").click()
    expect(page.get_by_role("alert")).to_contain_text("写明为什么")
    page.get_by_label("为什么需要收货信息").fill("给物流对账")
    page.get_by_role("button", name="开始导出").click()
    expect(page.get_by_role("article")).to_contain_text("含收货信息")
    assert Reveal.objects.get().reason == "给物流对账"
