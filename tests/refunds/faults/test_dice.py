"""Many approvals while the gateway is ill: in the end its ledger and ours are equal to the cent."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from django.db.models import Sum

from core.acts import Actor
from orders.models import Order, Trade
from refunds.models import Refund
from tests.refunds.faults.conftest import Open
from tests.refunds.faults.house import all_back, approved, in_review, own_shop, states, until

pytestmark = [
    *(pytest.mark.postgres, pytest.mark.processes, pytest.mark.soak),
    pytest.mark.django_db(transaction=True),
]
ONCE, SOAKED = 100, 1000  # a thousand take too long for each run of the suite
BATCH = 50


def test_whatever_the_gateway_does_no_refund_goes_twice_and_none_is_lost(
    open_house: Open, by: Actor, request: pytest.FixtureRequest
) -> None:
    """Failure modes 3, 9, 12: three calls in ten fail, one in ten times out after the deed.

    `--soak` with more than one round plays a thousand, each round with dice of its own.
    """
    rounds = request.config.getoption("soak")
    count = SOAKED if rounds > 1 else ONCE
    seed = request.getfixturevalue("soak_round") if rounds > 1 else 0
    house, shop = open_house(hangs=60.0, patience=0.5), own_shop(by)
    house.outside.state.dice("alipay", 20261126 + seed, error_500=0.3, timeout_after=0.1)
    house.begin("worker")
    rows: list[Refund] = []
    for _ in range(0, count, BATCH):
        rows += in_review(house.outside, by, BATCH, shop=shop)
        approved(rows[-BATCH:])
    until(lambda: all_back(rows), lambda: str(Counter(states(rows))), patience=count)
    theirs = house.paid_back()
    assert sorted(theirs) == sorted((row.number, row.amount) for row in rows), "each of them once"
    paid = Refund.objects.filter(state="succeeded").aggregate(sum=Sum("amount"))["sum"]
    assert paid == sum((amount for _, amount in theirs), Decimal(0))
    assert set(Order.objects.values_list("state", flat=True)) == {"closed"}
    assert sum(t.refund_reserved - t.paid for t in Trade.objects.all()) == 0
