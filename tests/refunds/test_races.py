"""Refunds never add up to more than was paid, however many ask at once (failure mode 9)."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from core.acts import Actor
from orders.models import Order, Trade
from refunds.models import Refund
from refunds.services import ask as asking
from refunds.services.ask import request_refund
from refunds.services.draft import draft
from refunds.words import Fault, RefundKind, TrueReason
from tests.refunds.asking import WED, again, by_alipay, goods, own_shop, paid_order, wanted
from tests.warehouse.test_intercept_races import Deed, at_once, then_wait, unlocked

pytestmark = [pytest.mark.postgres, pytest.mark.soak, pytest.mark.django_db(transaction=True)]


def received(price: str = "100.00") -> Order:
    order = paid_order(200, state="received", shop=own_shop(), lines=[(goods(price), 1)])
    return by_alipay(order)


def asks(order: Order, by: Actor, amount: str) -> Deed:
    about: dict[str, Any] = {"extra": Decimal(amount), "fault": Fault.SELLER}
    want = wanted(RefundKind.PARTIAL, TrueReason.DAMAGED, **about)
    return lambda: request_refund(order, want, by=by, now=WED)


def asked(order: Order) -> Decimal:
    rows = Refund.objects.filter(order=order)
    return Decimal(rows.aggregate(sum=Sum("amount"))["sum"] or 0)


def test_eight_at_once_of_thirty_each_three_fit_into_a_hundred(by: Actor) -> None:
    order = received()
    said = at_once(**{f"ask{n}": asks(order, by, "30.00") for n in range(8)})
    assert sorted(word == "done" for word in said.values()) == [False] * 5 + [True] * 3
    assert asked(order) == again(order).refund_reserved == 90
    trade = Trade.objects.get(payments__order=order)
    assert trade.refund_reserved == 90
    assert len(set(Refund.objects.values_list("number", flat=True))) == 3


def test_without_the_lock_more_would_be_promised(
    by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both have reckoned before either writes; one number is given twice."""
    unlocked(monkeypatch)
    order = received()
    both = threading.Barrier(2, timeout=10)
    monkeypatch.setattr(asking, "draft", then_wait(draft, both))
    kept = asking._Asking._one
    numbers = iter("ab")
    monkeypatch.setattr(
        asking._Asking,
        "_one",
        lambda self, row, found, share, want, number, whole: kept(
            self, row, found, share, want, number + next(numbers), whole
        ),
    )
    said = at_once(one=asks(order, by, "60.00"), two=asks(order, by, "60.00"))
    assert said == {"one": "done", "two": "done"}
    assert asked(order) == 120 > order.paid
