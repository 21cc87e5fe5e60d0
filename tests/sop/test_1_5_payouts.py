"""SOP 1.5.f: money beyond what was paid: its own limit, approver, evidence; never a refund."""

from __future__ import annotations

import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor
from core.evidence.keeping import Kept
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order
from refunds.models import Payout, PayoutEvidence
from refunds.selectors.refunds import open_matters
from refunds.services.payout import (
    approve_payout,
    confirm_payout,
    enter_payout,
    reject_payout,
    request_payout,
)
from refunds.words import PayoutKind
from staff.factories import UserFactory
from staff.models import User
from staff.selectors import unread_of
from tests.pictures import photo
from tests.refunds.asking import WED, again, by_alipay, own_shop, paid_order

pytestmark = pytest.mark.django_db
KEPT = [Kept("运费单.png", "image/png", 4, "refunds/none")]


def received(state: str = "received") -> Order:
    return by_alipay(paid_order(200, state=state, shop=own_shop()))


def asked(by: Actor, amount: str = "18.00", kept: Any = KEPT, order: Order | None = None) -> Payout:
    order = order or received()
    about = (PayoutKind.RETURN_FREIGHT, Decimal(amount), "支付宝 chen@example.com 陈", "退货运费")
    request_payout(order, *about, kept, by=by, now=WED)
    return Payout.objects.select_related("order__shop").latest("id")


def person(role: str = "supervisor") -> User:
    user: User = UserFactory.create(role=role)
    return user


def agree(row: Payout, user: User) -> Payout:
    approve_payout(row.order, row, role=user.role, by=Actor.person(user), now=WED)
    found: Payout = again(row)
    return found


def test_it_is_decided_by_another_and_transferred_by_two(by: Actor) -> None:
    row = agree(asked(by), person())
    assert (row.state, row.number) == ("approved", f"{row.order.order_no}-P1")
    one, other = Actor.person(person("finance")), Actor.person(person("finance"))
    with pytest.raises(Refused, match="还没有登记"):
        confirm_payout(row.order, row, by=other, now=WED)
    enter_payout(row.order, row, "ICBC2026", by=one, now=WED)
    with pytest.raises(Refused, match="另一个人复核"):
        confirm_payout(row.order, row, by=one, now=WED)
    confirm_payout(row.order, row, by=other, now=WED)
    assert again(row).state == "paid"
    assert again(row.order).refund_reserved == 0, "never a refund"


def test_it_may_exceed_what_was_paid(by: Actor) -> None:
    order = received()
    assert asked(by, "9999.00", order=order).amount > order.paid


def test_without_evidence_or_payment_it_is_refused(by: Actor) -> None:
    with pytest.raises(Refused, match="要有凭证"):
        asked(by, kept=[])
    with pytest.raises(Refused, match="没有付款"):
        asked(by, order=paid_order(state="unpaid"))


def test_above_its_own_limit_a_second_person_agrees(by: Actor) -> None:
    first = person()
    row = agree(asked(by, "100.01"), first)
    assert row.state == "review"
    with pytest.raises(Refused, match="已经同意了"):
        agree(row, first)
    assert agree(row, person("finance")).state == "approved"
    assert agree(asked(by, "5000.00"), person("owner")).state == "approved"


def test_above_the_limit_it_is_said_before_one_agrees(by: Actor, client: Client) -> None:
    client.force_login(person())
    row, small = asked(by, "100.01"), asked(by, "100.00")
    here = [row.order.order_no, row.pk]
    page = client.get(reverse("approve-payout", args=here)).content.decode()
    assert "超过一个人可批的 100.00 元：您同意后还要另一个人来审" in page
    assert '<button class="main">同意，还要另一位审</button>' in page
    assert "同意，还要另一位审" in client.get(row.get_absolute_url()).content.decode()
    agree(row, person())
    assert "还要另一位审" not in client.get(row.get_absolute_url()).content.decode()
    assert "还要另一位审" not in client.get(small.get_absolute_url()).content.decode()


def test_never_ones_own(by: Actor) -> None:
    lead = person()
    row = asked(Actor.person(lead))
    with pytest.raises(Refused, match="要别人来审"):
        agree(row, lead)
    for column in ("approved_by", "first_by"):
        with OrderFactory.act(), pytest.raises(IntegrityError), transaction.atomic():
            Payout.objects.filter(pk=row.pk).update(**{column: lead})


def test_a_refusal_is_told_to_who_asked(by: Actor) -> None:
    row = asked(by)
    reject_payout(row.order, row, "买家自己买的运费险", by=Actor.person(person()), now=WED)
    assert (again(row).state, again(row).ended_why) == ("rejected", "买家自己买的运费险")
    assert "运费险" in unread_of(User.objects.get(pk=by.user_id or 0)).get().text


def test_by_its_pages(agent_client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    order = by_alipay(paid_order(200, now=timezone.now(), state="received", shop=own_shop()))
    url = reverse("request-payout", args=[order.order_no])
    assert url in agent_client.get(order.get_absolute_url()).content.decode()
    typed = {"kind": "freight", "amount": "18", "payee": "支付宝 a@b.c", "why": "退货运费"}

    def post(client: Client, address: str, **more: Any) -> int:
        fresh = Order.objects.get(pk=order.pk)
        data = {"seen": fresh.version, "token": uuid.uuid4()} | more
        return int(client.post(address, data).status_code)

    assert agent_client.get(url).status_code == 200
    assert post(agent_client, url, **typed) == 422
    png = SimpleUploadedFile("a.png", photo(), content_type="image/png")
    assert post(agent_client, url, **typed, evidence=png) == 302
    row, file = Payout.objects.get(), PayoutEvidence.objects.get()
    page = row.get_absolute_url()
    assert "a@b.c" not in agent_client.get(page).content.decode()
    where = reverse("payout-evidence", args=[order.order_no, row.pk, file.pk])
    assert agent_client.get(where)["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert open_matters([order.pk]) == {order.pk: ["赔付"]}  # it does not complete meanwhile
    finance = Client()
    finance.force_login(person("finance"))
    assert row.number in finance.get("/payouts").content.decode()
    assert post(finance, reverse("approve-payout", args=[order.order_no, row.pk])) == 302
    shown = finance.get(page).content.decode()
    assert "a@b.c" in shown
    assert "登记转账" in shown
