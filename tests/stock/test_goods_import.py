"""Goods and levels from a table and back (SOP 5.b, screens 23)."""

from __future__ import annotations

import io
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from core.models import Job
from core.tables.errors import Unreadable
from core.work import work_one
from staff.factories import UserFactory
from staff.models import Notice, User
from stock.factories import SkuFactory
from stock.models import Movement, Sku, StockLevel
from stock.services.goods_import import confirm, file_of, look_at

pytestmark = pytest.mark.django_db
HEAD = "商家编码,品名,款号,售价,重量（克）,货位,自己生产,在库"


@pytest.fixture
def buyer(db: None) -> User:
    return UserFactory.create(role="purchasing")


@pytest.fixture
def client(buyer: User) -> Client:
    made = Client()
    made.force_login(buyer)
    return made


def table(*rows: str, head: str = HEAD, encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile("商品.csv", "\n".join([head, *rows]).encode(encoding))


def look(file: Any, buyer: User, *, levels: bool = True) -> Job:
    return look_at(file, levels=levels, by=buyer, now=timezone.now())


def do(job: Job) -> Job:
    assert confirm(job, timezone.now())
    while work_one(timezone.now()):
        pass
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


def rejected_file(client: Client, job: Job) -> str:
    answer: Any = client.get(f"/goods/imports/{job.pk}/rejected")
    return b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_makes_and_changes_goods_in_any_usual_encoding(buyer: User, encoding: str) -> None:
    known = SkuFactory.create(code="A1", name="旧名", price="10.00", on_hand=4)
    job = look(
        table("A1,亚麻衬衫,,89.50,300,B-02,否,7", "A2,棉布裤,K7,120,,C-01,是,3", encoding=encoding),
        buyer,
    )
    counts = {name: job.result[name] for name in ("created", "changed", "levels", "unchanged")}
    assert counts == {"created": 1, "changed": 1, "levels": 2, "unchanged": 0}
    assert Sku.objects.get(pk=known.pk).name == "旧名"  # looked at, not written
    do(job)
    known.refresh_from_db()
    assert (known.name, known.price, known.shelf) == ("亚麻衬衫", Decimal("89.50"), "B-02")
    assert known.style_no  # an empty cell says nothing
    made = Sku.objects.get(code="A2")
    assert (made.made, made.level.on_hand, known.level.on_hand) == (True, 3, 7)
    assert set(
        Movement.objects.filter(why="imported").values_list("on_hand_before", "on_hand")
    ) == {
        (4, 7),
        (0, 3),
    }
    assert known.history.first().name == "亚麻衬衫"
    assert "新建 1，修改 1，改库存 2" in Notice.objects.get().text
    assert not file_of(job).exists()


def test_the_same_file_twice_changes_nothing(buyer: User) -> None:
    rows = ("A1,亚麻衬衫,K1,89.50,300,B-02,否,7", "A2,棉布裤,K7,120,150,C-01,是,3")
    do(look(table(*rows), buyer))
    before = (Movement.objects.count(), Sku.history.count())
    again = do(look(table(*rows), buyer))
    assert again.result["unchanged"] == 2
    assert (Movement.objects.count(), Sku.history.count()) == before


def test_levels_count_only_when_asked_for(buyer: User) -> None:
    sku = SkuFactory.create(code="A1", name="亚麻衬衫", on_hand=4)
    do(look(table("A1,亚麻衬衫,,,,,,900"), buyer, levels=False))
    assert StockLevel.objects.get(sku=sku).on_hand == 4


def test_each_bad_row_is_told_with_line_column_and_reason(buyer: User, client: Client) -> None:
    job = look(
        table(
            ",没有编码,K1,1,1,,,",
            "A2,太贵,K1,一百,1,,,",
            "A3,不知道,K1,1,1,,也许,",
            "A4,新的,,1,1,,,",
            "A5,好的,K1,1,1,,,1",
            "A5,又来,K1,1,1,,,1",
            "3.5E+12,毁了,K1,1,1,,,1",
        ),
        buyer,
    )
    told = {(line, column): reason for line, column, _, reason, _ in job.result["rejected"]}
    assert set(told) == {
        (2, "商家编码"),
        (3, "售价"),
        (4, "自己生产"),
        (5, "款号"),
        (7, "商家编码"),
        (8, "商家编码"),
    }
    assert "和第 6 行是同一个编码" in told[7, "商家编码"]
    do(job)
    assert list(Sku.objects.filter(code__startswith="A").values_list("code", flat=True)) == ["A5"]
    lines = rejected_file(client, job).splitlines()
    assert len(lines) == 7
    assert "行号" in lines[0]


def test_corrected_rows_go_in_by_themselves(buyer: User, client: Client) -> None:
    job = do(look(table("A1,好的,K1,1,1,,,1", "A2,坏的,K1,一,1,,,1"), buyer))
    mended = rejected_file(client, job).replace("一", "1", 1)
    again = do(look(SimpleUploadedFile("改好.csv", mended.encode("utf-8-sig")), buyer))
    assert again.result["created"] == 1
    assert Sku.objects.filter(code="A2").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空的"),
        ("品名,款号\n衬衫,K1".encode(), "没有“商家编码”"),
        ("商家编码\nA1".encode(), "只有商家编码"),
        ("商家编码,品名\n".encode(), "没有商品"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0rest", ".xls"),
    ],
)
def test_a_file_that_is_none_says_what_to_do(client: Client, data: bytes, said: str) -> None:
    answer = client.post("/goods/imports", {"file": SimpleUploadedFile("x.csv", data)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Job.objects.exists()


def test_too_many_rows_and_too_many_faults_are_refused(buyer: User) -> None:
    with pytest.raises(Unreadable, match="超过 20000 行"):
        look(table(*(f"A{n},名,K,1,1,,,1" for n in range(20_001))), buyer)
    with pytest.raises(Unreadable, match="有问题的行超过"):
        look(table(*(",名,K,1,1,,,1" for _ in range(1001))), buyer)


def test_what_nobody_confirmed_is_not_done(buyer: User, client: Client) -> None:
    job = look(table("A1,亚麻衬衫,K1,1,1,,,1"), buyer)
    page = client.get(f"/goods/imports/{job.pk}").content.decode()
    assert "还没有写入" in page
    assert not work_one(timezone.now())
    assert client.post(f"/goods/imports/{job.pk}/cancel").status_code == 302
    assert not Sku.objects.exists()
    assert not confirm(job, timezone.now())


def test_a_slice_goes_on_where_the_last_one_stopped(
    buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stock.services.goods_import.CHUNK", 3)
    monkeypatch.setattr("core.work.SLICE_SECONDS", -1.0)  # every slice is one chunk
    job = do(look(table(*(f"A{n},名{n},K,1,1,,,{n}" for n in range(10))), buyer))
    assert job.result["created"] == 10
    assert sorted(StockLevel.objects.values_list("on_hand", flat=True)) == list(range(10))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_comes_in_again_and_changes_nothing(
    client: Client, buyer: User, kind: str
) -> None:
    SkuFactory.create(code="=1+1", name="@SUM(A1)", colour="-红", on_hand=3, price="12.50")
    SkuFactory.create(code="6901234567892", barcode="6901234567892", name="棉布裤", on_hand=0)
    answer: Any = client.get(f"/goods/export.{kind}")
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for cell in cells(data, kind):
        assert not cell.startswith(("=", "@", "-", "+"))  # nothing is a formula
    job = look(SimpleUploadedFile(f"goods.{kind}", data), buyer)
    assert job.result["rejected"] == []
    assert (job.result["unchanged"], job.result["changed"], job.result["levels"]) == (2, 0, 0)


def cells(data: bytes, kind: str) -> list[str]:
    if kind == "csv":
        return [c for row in data.decode("utf-8-sig").splitlines() for c in row.split(",")]
    rows = load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)  # type: ignore[union-attr]
    return [str(cell) for row in rows for cell in row if cell is not None]


# -- one SKU ----------------------------------------------------------------------------------


def sku_form(sku: Sku, **values: Any) -> dict[str, Any]:
    form = {
        name: getattr(sku, name)
        for name in ("style_no", "name", "colour", "size", "barcode", "price", "weight_g", "shelf")
    }
    return form | {"active": "on", "seen": sku.version, "token": uuid.uuid4()} | values


def test_a_sku_is_changed_with_its_history(client: Client) -> None:
    sku = SkuFactory.create(name="旧名")
    form = sku_form(sku, name="新名", check_quality="on", made="on")
    assert client.post(f"/goods/{sku.pk}/save", form).status_code == 302
    page = client.get(f"/goods/{sku.pk}").content.decode()
    assert "<del>旧名</del>" in page
    assert "发货前质检" in page
    row = Sku.objects.get(pk=sku.pk)
    assert (row.check_quality, row.made, row.version) == (True, True, 2)
    late = sku_form(sku, name="别的名")
    assert client.post(f"/goods/{sku.pk}/save", late).status_code == 409  # somebody was first


def test_a_code_is_given_once(client: Client) -> None:
    sku = SkuFactory.create(code="A1")
    form = sku_form(sku, code="A1") | {"token": uuid.uuid4()}
    answer = client.post("/goods/new", form)
    assert answer.status_code == 409
    assert "已经有商家编码 A1" in answer.content.decode()
    assert client.post("/goods/new", sku_form(sku, code="A2")).status_code == 302
    assert Sku.objects.get(code="A2").level.on_hand == 0


def test_an_agent_sees_stock_and_changes_nothing(
    agent_client: Client, django_assert_num_queries: Any
) -> None:
    skus = [SkuFactory.create() for _ in range(5)]
    agent_client.get("/goods")
    with django_assert_num_queries(5):
        page = agent_client.get("/goods").content.decode()
    assert skus[0].code in page
    assert "导入" not in page
    assert agent_client.post(f"/goods/{skus[0].pk}/save", {}).status_code == 403
    found = agent_client.get(f"/goods?q={skus[1].code}").content.decode()
    assert skus[1].code in found
    assert skus[0].code not in found
