"""A gateway's news and our own calls in every order end alike (failure modes 3, 4, 15)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sandbox import alipay
from connectors.sandbox.server import Sandbox
from core.acts import Actor
from core.models import Act, InboxMessage, OutboxMessage
from orders.models import Trade
from refunds.words import Outcome
from tests.connectors.money import FAR, PAID, TRADES, Till
from tests.refunds.asking import again
from tests.refunds.paying import Case, deliver

EVENTS = ("send", "send", "news", "news", "forged", "another amount", "an hour back")
FAULTS = ("", "timeout_after", "error_500", "error_500_after")


@pytest.fixture
def till(db: None, settings: Any, sandbox: Sandbox) -> Till:
    settings.SHOP_ACCOUNTS = "tests.connectors.money.typed"
    settings.CALLBACK_URL = FAR
    settings.CONNECTOR_READ_SECONDS = 0.1
    return Till.open("alipay", sandbox)


@pytest.fixture
def case(till: Till, by: Actor) -> Case:
    return Case.of(by, "alipay").approve()


def say(number: str, amount: str, forged: bool = False) -> int:
    """The gateway calls us, whether it did anything yet or not; the answer's status."""
    news = {"out_biz_no": number, "refund_fee": amount, "trade_status": "TRADE_CLOSED"}
    body = alipay.notification(TRADES["alipay"], PAID, news) + (b"&x=1" if forged else b"")
    path = urlsplit(f"{FAR}/callbacks/alipay/tb1").path
    return Client().post(path, body, content_type=alipay.FORM["Content-Type"]).status_code


def happen(event: str, number: str) -> None:
    if event == "send":
        deliver()
    elif event == "an hour back":  # what we wrote lies in the future now
        later = timezone.now() + timedelta(hours=1)
        OutboxMessage.objects.update(not_before=later, created_at=later)
    else:
        amount = "99.00" if event == "another amount" else "100.00"
        assert say(number, amount, event == "forged") == (401 if event == "forged" else 200)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(EVENTS), fault=st.sampled_from(FAULTS))
def test_whatever_comes_first_it_goes_back_once_and_is_told_once(
    order: list[str], fault: str, case: Case, till: Till
) -> None:
    """Twice, late, before the answer, before the deed, forged, with another amount."""
    till.sandbox.state.reset()
    alipay.paid(till.sandbox.state, TRADES["alipay"], PAID)
    if fault:
        till.sandbox.state.fault("alipay", fault)
    with transaction.atomic():
        for event in order:
            happen(event, case.refund.number)
        for _ in range(3):
            deliver()
        found = again(case.refund), again(case.refund.order), till.refunded()
        acts = Act.objects.filter(verb="answer_refund", summary__contains=Outcome.SUCCEEDED.label)
        told, left = acts.count(), InboxMessage.objects.exclude(state="done").count()
        reserved = Trade.objects.get(pk=case.refund.trade_id).refund_reserved
        transaction.set_rollback(True)
    assert (found[0].state, found[1].state, found[2]) == ("succeeded", "closed", [PAID])
    assert (told, left, reserved) == (1, 0, PAID)
