"""Money goes back once, whoever presses, dies or fails meanwhile (failure modes 1-4, 9)."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from connectors.models import Breaker
from connectors.sandbox import alipay
from connectors.sandbox.server import Sandbox
from core.acts import Actor
from core.models import WAITING, OutboxMessage
from orders.models import Trade
from refunds.models import Approval, Refund
from refunds.services.decide import approve_refund, undo_approval
from refunds.services.timers import send_approved
from staff.factories import UserFactory
from tests.refunds.asking import again
from tests.refunds.paying import Case, deliver
from tests.refunds.test_races import asked, asks, received
from tests.warehouse.test_intercept_races import at_once

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]


@pytest.mark.postgres
def test_fifty_at_once_of_ten_each_ten_fit_into_a_hundred(by: Actor) -> None:
    order = received()
    said = at_once(**{f"ask{n}": asks(order, by, "10.00") for n in range(50)})
    assert sum(word == "done" for word in said.values()) == 10
    trade = Trade.objects.get(payments__order=order)
    assert asked(order) == again(order).refund_reserved == trade.refund_reserved == 100


@pytest.mark.postgres
def test_two_supervisors_at_once_approve_once(by: Actor) -> None:
    case = Case.of(by, "alipay")
    leads = [UserFactory.create(role="supervisor") for _ in range(4)]

    def press(lead: Any) -> Any:
        about = {"role": lead.role, "by": Actor.person(lead), "now": timezone.now()}
        return lambda: approve_refund(case.refund.order, case.refund, **about)

    said = at_once(**{f"lead{n}": press(lead) for n, lead in enumerate(leads)})
    assert sum(word == "done" for word in said.values()) == 1
    assert (case.state, Approval.objects.count()) == ("approved", 1)


@pytest.mark.postgres
def test_undone_while_it_is_handed_over_it_is_one_or_the_other(by: Actor) -> None:
    case = Case.of(by, "alipay")
    lead, before = Actor.person(case.lead), timezone.now() - timedelta(minutes=1)
    approve_refund(case.refund.order, case.refund, role="supervisor", by=lead, now=before)
    row = case.row
    at_once(
        sweep1=lambda: send_approved(timezone.now()),
        sweep2=lambda: send_approved(timezone.now()),
        undo=lambda: undo_approval(row.order, row, by=lead, now=timezone.now()),
    )
    sent = OutboxMessage.objects.filter(topic="refund.send").count()
    assert sent == (0 if case.state == "review" else 1), case.state


def test_whatever_fails_meanwhile_their_ledger_and_ours_are_equal(
    settings: Any, sandbox: Sandbox, by: Actor
) -> None:
    """Three in ten calls fail, one in ten is lost after the deed: no refund twice, none lost."""
    settings.SHOP_ACCOUNTS = "tests.connectors.money.typed"
    chance = random.Random(20261126)
    cases = [_paid(by, sandbox, f"20261126{n:020d}") for n in range(12)]
    for _ in range(60):
        fault = chance.choices(["", "error_500", "timeout_after"], [6, 3, 1])[0]
        if fault:
            sandbox.state.fault("alipay", fault)
        Breaker.objects.all().delete()
        deliver()
        if not OutboxMessage.objects.filter(topic="refund.send", state__in=WAITING).exists():
            break
    theirs = {e.key: Decimal(e.data["amount"]) for e in sandbox.state.effects("alipay", "refund")}
    ours = {row.number: row.amount for row in Refund.objects.filter(state="succeeded")}
    assert theirs == ours
    assert len(sandbox.state.effects("alipay", "refund")) == len(cases) == len(ours)


def _paid(by: Actor, sandbox: Sandbox, trade_no: str) -> Case:
    alipay.paid(sandbox.state, trade_no, Decimal("100.00"))
    case = Case.of(by, "bank")
    Trade.objects.filter(pk=case.refund.trade_id).update(number=trade_no, gateway="alipay")
    return case.approve()
