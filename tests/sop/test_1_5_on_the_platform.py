"""SOP 1.5: a refund of a platform's order is agreed to, or refused, on the platform."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from connectors.sandbox import taobao
from connectors.sandbox.server import Sandbox
from core.acts import Actor
from orders.models import CustomerMessage, HandTask
from orders.selectors.order import timeline
from orders.services.account import save_account
from refunds.models import Refund
from refunds.services.applying import Seen, Standing, match_application, take_application
from refunds.services.ask import Applied
from refunds.services.decide import reject_refund
from refunds.services.money import (
    finish_there,
    give_up_refund,
)
from staff.factories import UserFactory
from staff.models import User
from staff.selectors import unread_of
from tests.refunds.asking import again, ask, goods, paid_order
from tests.refunds.paying import Case, deliver

pytestmark = pytest.mark.django_db


def applied_for(by: Actor, version: str = "77") -> Case:
    """The buyer applied for all of it on the platform."""
    now = timezone.now()
    refund = ask(paid_order(30, now=now, lines=[(goods("100.00"), 1)]), by, now=now)
    platform = {"version": version, "phase": "onsale"} if version else {}
    applied = Applied("9876543210", now, platform=platform)
    match_application(refund.order, refund, applied, by=by, now=now)
    return Case(again(refund))


def of_what_was_sent(by: Actor) -> Case:
    """The same, of a parcel that left and arrived."""
    now = timezone.now()
    order = paid_order(99, now=now, state="received", lines=[(goods("100.00"), 1)])
    seen = Seen(
        "9876543210",
        order.platform_no,
        Decimal(100),
        Standing.OPEN,
        now,
        platform={"version": "77"},
    )
    take_application(order.shop, seen, now=now)
    return Case(Refund.objects.get())


@pytest.fixture
def connected(sandbox: Sandbox) -> dict[str, Any]:
    """The shop's account, and the application as the platform has it."""
    taobao.refunds(sandbox.state)["9876543210"] = {
        "refund_id": "9876543210",
        "tid": "1",
        "refund_fee": "100.00",
        "status": "WAIT_SELLER_AGREE",
        "refund_version": "77",
        "modified": f"{timezone.localtime():%Y-%m-%d %H:%M:%S}",
    }
    return taobao.refunds(sandbox.state)["9876543210"]


def connect(case: Case) -> None:
    owner = Actor.person(UserFactory.create(role="owner"))
    save_account(
        case.row.order.shop, "taobao", dict(taobao.CREDENTIALS), by=owner, now=timezone.now()
    )


def test_on_the_platform_it_is_agreed_to(
    connected: dict[str, Any], sandbox: Sandbox, by: Actor
) -> None:
    case = applied_for(by)
    connect(case)
    case.approve()
    deliver()
    assert (case.state, connected["status"]) == ("succeeded", "SUCCESS")
    (done,) = sandbox.state.effects("taobao", "refund")
    assert done.data["cents"] == 10000


@pytest.mark.parametrize("fault", ["timeout_after", "timeout"])
def test_agreed_to_without_an_answer_it_is_looked_up_first(
    connected: dict[str, Any], sandbox: Sandbox, by: Actor, fault: str
) -> None:
    case = applied_for(by)
    connect(case)
    case.approve()
    sandbox.state.fault("taobao", fault)
    deliver()
    assert case.state == "unknown"
    deliver()
    assert case.state == "succeeded"
    assert len(sandbox.state.effects("taobao", "refund")) == 1


def test_what_the_platform_refuses_fails_with_its_words(
    connected: dict[str, Any], by: Actor
) -> None:
    case = applied_for(by, version="76")
    connect(case)
    case.approve()
    deliver()
    assert case.state == "failed"
    assert "版本" in case.row.said


def test_given_up_it_is_refused_there_and_who_asked_hears_of_it(
    connected: dict[str, Any], by: Actor
) -> None:
    """The buyer's application does not stay open on the platform, and nobody wonders (1.5.e)."""
    case = applied_for(by, version="76")
    connect(case)
    case.approve()
    deliver()
    finance = Actor.person(UserFactory.create(role="finance"))
    give_up_refund(case.row.order, case.row, "买家又要了", by=finance, now=timezone.now())
    task = HandTask.objects.get(kind="refuse")
    assert "9876543210，原因：买家又要了" in task.text
    assert "不再退了：买家又要了" in unread_of(User.objects.get(pk=by.user_id or 0)).get().text


def test_an_unconnected_shop_agrees_by_hand_and_says_so(sandbox: Sandbox, by: Actor) -> None:
    case = applied_for(by)
    case.approve()
    deliver()
    assert (case.state, case.row.by_hand) == ("sending", True)
    assert "同意退款 9876543210" in case.row.said
    finish_there(case.row.order, case.row, by=Actor.person(case.lead), now=timezone.now())
    assert (case.state, again(case.row.order).state) == ("succeeded", "closed")


@pytest.mark.parametrize("fault", ["", "timeout_after", "error_500"])
def test_rejected_here_it_is_refused_there_once(
    connected: dict[str, Any], sandbox: Sandbox, by: Actor, fault: str
) -> None:
    case = of_what_was_sent(by)
    connect(case)
    if fault:
        sandbox.state.fault("taobao", fault)
    reject_refund(
        case.row.order, case.row, "影响二次销售", by=Actor.person(case.lead), now=timezone.now()
    )
    deliver()
    deliver()
    assert connected["status"] == "SELLER_REFUSE_BUYER"
    assert len(sandbox.state.effects("taobao", "refuse")) == 1
    assert not HandTask.objects.exists()
    assert "平台上也拒绝了退款" in [act.summary for act in timeline(case.row.order)]


@pytest.mark.parametrize("status", ["CLOSED", ""])
def test_what_the_platform_does_not_take_is_refused_by_hand(
    connected: dict[str, Any], by: Actor, status: str
) -> None:
    case = of_what_was_sent(by)
    if status:  # else the shop has no interface
        connect(case)
        connected["status"] = status
    reject_refund(
        case.row.order, case.row, "影响二次销售", by=Actor.person(case.lead), now=timezone.now()
    )
    deliver()
    task = HandTask.objects.get(kind="refuse")
    assert "9876543210，原因：影响二次销售" in task.text
    assert ("状态不对" in task.text) is bool(status)


def test_the_platform_tells_first_that_it_went_back(sandbox: Sandbox, by: Actor) -> None:
    case = applied_for(by)
    case.approve()
    order = case.row.order
    seen = Seen("9876543210", order.platform_no, Decimal(100), Standing.PAID, timezone.now())
    take_application(order.shop, seen, now=timezone.now())
    deliver()
    assert case.state == "succeeded"
    assert CustomerMessage.objects.filter(kind="refunded").count() <= 1
