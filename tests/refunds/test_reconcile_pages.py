"""Finance's pages: bring a bill, look, compare, work the differences off (SOP 6.d)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from core.work import work_one
from orders.models import Shop
from refunds.models import Bill, Difference
from refunds.services.reconcile.settling import Found, find_all
from refunds.words import BillWhat, DifferenceKind
from staff.factories import UserFactory
from tests.refunds.asking import own_shop
from tests.refunds.bills import Line, alipay, wechat
from tests.refunds.test_reconcile import DAY, NOON, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def world(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop() -> Shop:
    return own_shop()


@pytest.fixture
def finance(client: Client) -> Client:
    client.force_login(UserFactory.create(role="finance"))
    return client


def bring(desk: Client, data: bytes, shop: str = "own1", *, read: bool = True) -> Any:
    file = SimpleUploadedFile("账单.csv", data)
    answer = desk.post(reverse("bills"), {"shop": shop, "file": file, "day": ""})
    if read:
        run()
    return answer


def run() -> None:
    while work_one(timezone.now() + timedelta(minutes=1)):
        pass


def page(desk: Client, url: str) -> str:
    answer = desk.get(url)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_was_read_is_shown_before_it_is_compared(finance: Client, shop: Shop) -> None:
    data = alipay(DAY, [Line("X1", Decimal("88.00"), NOON), Line("X2", Decimal("5.00"), NOON)])
    answer = bring(finance, data.replace(b"X2\t", b"\t"))
    html = page(finance, answer.url)
    for text in ("读完了，等你开始", "88.00", "没读懂的行", "没有交易号", "开始对账"):
        assert text in html
    assert not Difference.objects.exists()
    finance.post(reverse("compare-bill", args=[Bill.objects.get().pk]))
    run()
    html = page(finance, answer.url)
    for text in ("对完了", "对不上的 2 条", "我们没有", "没读懂的行"):
        assert text in html


def test_the_same_bill_again_leads_to_the_one_that_is_here(finance: Client, shop: Shop) -> None:
    first, second = (bring(finance, alipay(DAY, [])) for _ in range(2))
    assert first.url == second.url
    assert "已经在这里了" in page(finance, second.url)


def test_what_could_not_be_read_says_why_and_what_to_do(finance: Client, shop: Shop) -> None:
    """The reason stays on the page; the whole bill is brought afterwards."""
    cut = wechat([Line("W1", Decimal(1), NOON)], said=5)
    url = bring(finance, cut, read=False).url
    assert "正在读" in page(finance, url)
    run()
    for html in (page(finance, url), page(finance, url)):
        for text in ("没有读进来", "账单说有 5 行，只读到 1 行", "重新下载这一天的账单"):
            assert text in html
        assert "正在读" not in html
    assert "没有读进来" in page(finance, reverse("bills"))
    whole = bring(finance, wechat([Line("W1", Decimal(1), NOON)])).url
    assert whole != url
    assert "读完了，等你开始" in page(finance, whole)


def test_what_is_no_bill_says_so_at_the_field(finance: Client, shop: Shop) -> None:
    answer = bring(finance, b"a,b\n1,2\n")
    assert (answer.status_code, "看不出是哪种账单" in answer.content.decode()) == (422, True)


def differing(shop: Shop, many: int = 1) -> list[Difference]:
    bill = Bill.objects.create(
        gateway="alipay", account="a", shop=shop, day=DAY, layout="alipay_trade", made_at=NOW
    )
    found = [
        Found(DifferenceKind.MISSING_HERE, BillWhat.PAYMENT, f"X{n}", f"X{n}", there=Decimal(n + 1))
        for n in range(many)
    ]
    find_all(bill, found, now=NOW)
    return list(Difference.objects.order_by("pk"))


def test_a_difference_is_closed_with_a_reason_and_opened_again(finance: Client, shop: Shop) -> None:
    (row,) = differing(shop)
    assert "X0" in page(finance, reverse("differences"))
    url = reverse("close-difference", args=[row.pk])
    form = finance.get(url).context["form"]
    typed = {"token": form.initial["token"], "seen": form.initial["seen"]}
    assert finance.post(url, typed | {"why": " "}).status_code == 422
    here = "http://testserver/reconcile?kind=missing_here"
    headers = {"HX-Request": "true", "HX-Current-URL": here}
    done = finance.post(url, typed | {"why": "门店扫码收的"}, headers=headers)
    assert done["HX-Redirect"] == "/reconcile?kind=missing_here"
    html = page(finance, row.get_absolute_url())
    for text in ("已关闭", "门店扫码收的", "关闭了这条差异", "重新打开"):
        assert text in html
    assert "没有要处理的差异" in page(finance, reverse("differences"))
    assert "门店扫码收的" in page(finance, reverse("differences") + "?state=closed")
    url = reverse("reopen-difference", args=[row.pk])
    form = finance.get(url).context["form"]
    typed = {"token": form.initial["token"], "seen": form.initial["seen"], "why": "又来一笔"}
    assert finance.post(url, typed).status_code == 302
    assert "X0" in page(finance, reverse("differences"))


def test_filters_and_pages_cost_the_same(
    finance: Client, shop: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = differing(shop, 45)
    url = reverse("differences")
    finance.get(url)
    with django_assert_num_queries(4):  # session, person, how far the page reaches, the page
        html = page(finance, f"{url}?gateway=alipay&kind=missing_here&day={DAY}")
    assert "20+ 条" in html
    assert rows[19].trade in html
    assert rows[20].trade not in html
    assert "没有要处理的差异" in page(finance, f"{url}?gateway=wechatpay")


def test_another_shops_are_not_there_and_others_may_not_look(client: Client, shop: Shop) -> None:
    (row,) = differing(shop)
    person = UserFactory.create(role="finance")
    person.shop_codes = ["other"]
    person.save()
    client.force_login(person)
    for name in ("difference", "close-difference", "reopen-difference"):
        assert client.get(reverse(name, args=[row.pk])).status_code == 404
    assert client.get(reverse("bill", args=[row.bill_id])).status_code == 404
    assert "没有要处理的差异" in page(client, reverse("differences"))
    client.force_login(UserFactory.create(role="supervisor"))
    assert client.get(reverse("differences")).status_code == 403
