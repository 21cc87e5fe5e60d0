"""A platform's exported list of refunds is read like its news (SOP 1.5, reading)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor
from core.models import Job
from core.work import work_one
from orders.factories import ShopFactory
from orders.models import Order
from refunds.lists import places
from refunds.models import Refund
from staff.factories import UserFactory
from staff.models import User
from tests.refunds.asking import again, ask, paid_order

pytestmark = pytest.mark.django_db
HEAD = "订单编号,退款编号,买家退款金额,退款的申请时间,超时时间,退款状态,买家退款原因,商品编码\n"
OPEN, CLOSED = "买家已经申请退款，等待卖家同意", "退款关闭"


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def senior() -> User:
    return UserFactory.create(role="senior")


@pytest.fixture
def desk(client: Client, senior: User) -> Client:
    client.force_login(senior)
    return client


def row(order: Order, amount: Any, status: str = OPEN, number: str = "98765432101") -> str:
    at = "2026-11-25 09:30:00"
    return f'="{order.platform_no}","{number}",{amount},{at},,{status},不想要了,YM01\n'


def bring(desk: Client, *rows: str, head: str = HEAD, encoding: str = "gb18030") -> Any:
    file = SimpleUploadedFile("退款.csv", (head + "".join(rows)).encode(encoding))
    answer = desk.post(reverse("refund-lists"), {"shop": "tb1", "file": file})
    while work_one(timezone.now()):
        pass
    return answer


def job() -> Job:
    return Job.objects.filter(kind="import_refunds").latest("created_at")


def test_a_list_matches_what_was_noted_and_registers_the_rest(desk: Client, by: Actor) -> None:
    now = timezone.now()
    noted, other = ask(paid_order(30, now=now), by, now=now), paid_order(3, now=now)
    answer = bring(desk, row(noted.order, "140.00"), row(other, "140.00元", number="98765432102"))
    assert answer.status_code == 302
    assert (again(noted).state, again(noted).application) == ("review", "98765432101")
    assert Refund.objects.get(order=other).source == "platform"
    assert (job().state, job().result["taken"]) == ("done", 2)
    html = desk.get(answer.url).content.decode()
    assert "2 笔" in html


def test_the_same_list_twice_changes_nothing_and_an_older_one_takes_nothing_back(
    desk: Client,
) -> None:
    order = paid_order(3, now=timezone.now())
    for status in (OPEN, OPEN, CLOSED, OPEN):
        bring(desk, row(order, "140.00", status))
    assert Refund.objects.get(order=order).state == "withdrawn"
    assert again(order).refund_reserved == 0


def test_rows_that_cannot_be_taken_say_why_and_come_back_as_a_file(
    desk: Client, files: Path
) -> None:
    order = paid_order(3, now=timezone.now())
    unknown = row(order, "140.00").replace(order.platform_no, "3515000000000009999")
    bring(desk, unknown, row(order, "999"), row(order, "很多"), row(order, "140.00", ""))
    reasons = " ".join(bad[3] for bad in job().result["rejected"])
    for text in ("还没有导入", "可以退", "金额认不出", "不知道退款到哪一步"):
        assert text in reasons
    answer: Any = desk.get(reverse("refund-list-rejected", args=[job().pk]))
    assert "3515000000000009999" in b"".join(answer.streaming_content).decode()
    assert list((files / "refund-lists").iterdir()) == []


def test_another_file_is_refused_before_anything_is_written(desk: Client) -> None:
    ShopFactory.create()
    answer = bring(desk, head="订单编号,宝贝标题\n")
    assert answer.status_code == 422
    assert "看不出是退款列表" in answer.content.decode()
    assert not Job.objects.filter(kind="import_refunds").exists()


def test_the_headers_of_other_platforms() -> None:
    """Pinduoduo, Douyin."""
    assert set(places(["售后编号", "订单编号", "退款金额（元）", "售后状态", "售后类型"])) >= {
        *("number", "trade", "amount", "status", "kind")
    }
    assert places(["售后单号", "订单号", "退款金额", "售后状态", "申请时间"])["at"] == 4
