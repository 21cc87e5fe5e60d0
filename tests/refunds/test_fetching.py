"""The gateways' bills are fetched by themselves, and their absence is a line (SOP 6.d)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from connectors.accounts import gateway_of
from connectors.gateways import RefundRequest
from connectors.sandbox import alipay, wechatpay
from connectors.sandbox.server import Sandbox
from core.acts import TIMER
from core.messages import deliver_due
from core.models import OutboxMessage
from core.work import work_one
from core.workdays import CHINA
from orders.models import Shop
from orders.services.account import save_account
from refunds.models import Bill, Difference
from refunds.tasks import fetch_bills
from tests.connectors.money import TRADES
from tests.refunds.asking import own_shop

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=CHINA)
MODULES: dict[str, Any] = {"alipay": alipay, "wechatpay": wechatpay}


@pytest.fixture(autouse=True)
def clock(settings: Any, tmp_path: Path) -> Iterator[Any]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOON) as traveller:
        yield traveller


@pytest.fixture(params=["alipay", "wechatpay"])
def system(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shop(system: str, sandbox: Sandbox) -> Shop:
    """With an account at the gateway since today."""
    shop = own_shop()
    save_account(shop, system, MODULES[system].credentials(), by=TIMER, now=timezone.now())
    OutboxMessage.objects.all().delete()
    return shop


def take_and_give(shop: Shop, system: str, sandbox: Sandbox) -> None:
    """A payment, and a refund out of it, that nobody wrote down here."""
    trade = TRADES[system]
    if system == "alipay":
        alipay.paid(sandbox.state, trade, Decimal("100.00"))
    else:
        wechatpay.paid(sandbox.state, trade, 10000)
    request = RefundRequest("R1", trade, Decimal("30.00"), Decimal("100.00"))
    gateway_of(system, shop.code).refund(request)


def fetched(clock: Any, at: datetime) -> int:
    """Beat comes at this moment; then everything that it set going."""
    clock.move_to(at)
    asked = fetch_bills()
    while deliver_due() or work_one(timezone.now()):
        pass
    return asked


def found() -> set[tuple[str, str]]:
    return set(Difference.objects.filter(state="open").values_list("kind", "what"))


def test_yesterdays_bill_is_fetched_read_and_compared_once(
    shop: Shop, system: str, sandbox: Sandbox, clock: Any
) -> None:
    take_and_give(shop, system, sandbox)
    assert fetched(clock, NOON + timedelta(hours=21)) == 0  # nine o'clock: not made yet
    assert fetched(clock, NOON + timedelta(hours=23)) == 1
    bill = Bill.objects.get()
    assert (bill.gateway, bill.day, bill.rows, bill.by) == (system, NOON.date(), 2, None)
    assert bill.compared_at is not None
    assert found() == {("missing_here", "payment"), ("missing_here", "refund")}
    assert set(Difference.objects.values_list("there", flat=True)) == {Decimal(100), Decimal(30)}
    assert fetched(clock, NOON + timedelta(hours=26)) == 0


def test_a_bill_that_does_not_come_is_a_line_until_it_does(
    shop: Shop, system: str, sandbox: Sandbox, clock: Any
) -> None:
    take_and_give(shop, system, sandbox)
    sandbox.state.fault(system, "error_500", 20)
    fetched(clock, NOON + timedelta(hours=23))
    assert found() == set()  # it may still come
    fetched(clock, NOON + timedelta(hours=27))
    assert found() == {("no_bill", "bill")}
    sandbox.state.mend(system)
    for hours in (28, 29):  # the breaker opens again, what waits is tried again
        fetched(clock, NOON + timedelta(hours=hours))
    assert found() == {("missing_here", "payment"), ("missing_here", "refund")}
    line = Difference.objects.get(kind="no_bill")
    assert (line.by_itself, "账单来了" in line.why) == (True, True)


def test_a_day_without_trades(shop: Shop, system: str, sandbox: Sandbox, clock: Any) -> None:
    """WeChat says so: the day is compared with nothing. Alipay's words may mean either."""
    fetched(clock, NOON + timedelta(hours=27))
    if system == "wechatpay":
        assert (Bill.objects.get().rows, found()) == (0, set())
    else:
        assert found() == {("no_bill", "bill")}
        assert "或者当天没有交易" in Difference.objects.get().label


def test_a_bill_that_was_altered_on_the_way_is_not_taken(
    shop: Shop, system: str, sandbox: Sandbox, clock: Any
) -> None:
    take_and_give(shop, system, sandbox)
    path = "/v3/billdownload/file" if system == "wechatpay" else "/downloadBillFile.resource"
    real = sandbox.routes[system]["GET", path]
    try:
        broken: Any = lambda request: type(real(request))(real(request).body[:-40])  # noqa: E731
        sandbox.routes[system]["GET", path] = broken
        fetched(clock, NOON + timedelta(hours=23))
    finally:
        sandbox.routes[system]["GET", path] = real
    assert not Bill.objects.exists()
