"""`kill -9` of the worker that pays back, and a gateway that hangs (failure modes 1, 2, 3)."""

from __future__ import annotations

import time

import pytest

from core.acts import Actor
from core.models import Act
from tests.refunds.faults import CALL, COMMIT, DEED
from tests.refunds.faults.conftest import Open
from tests.refunds.faults.house import (
    all_back,
    approved,
    in_review,
    leases_end,
    own_shop,
    states,
    time_passes,
    until,
)

pytestmark = [pytest.mark.processes, pytest.mark.soak, pytest.mark.django_db(transaction=True)]


def test_killed_before_and_after_the_call_and_after_the_commit_each_goes_back_once(
    open_house: Open, by: Actor
) -> None:
    """Failure modes 1 and 2: what was approved stays, and is asked for before it is sent again."""
    house, rows = open_house(patience=10.0), []
    shop = own_shop(by)
    for moment in (CALL, DEED, COMMIT):
        rows += in_review(house.outside, by, shop=shop)
        approved(rows[-1:])
        house.dies(moment)
    assert states(rows) == ["sending", "sending", "succeeded"]
    assert [key for key, _ in house.paid_back()] == [row.number for row in rows[1:]]

    leases_end()
    house.begin("worker")
    until(lambda: all_back(rows), lambda: str(states(rows)))
    assert sorted(house.paid_back()) == sorted((row.number, row.amount) for row in rows)
    assert len(house.paid_back()) == len(rows)
    assert Act.objects.filter(verb="answer_refund").count() == len(rows)


def test_a_gateway_that_hangs_for_a_minute_is_unknown_and_asked_before_it_is_told_again(
    open_house: Open, by: Actor
) -> None:
    """Failure mode 3: one hung after the deed, one before it; a worker waits half a second here."""
    house = open_house(hangs=60.0, patience=0.5)
    rows = in_review(house.outside, by, 2, "wechatpay")
    for fault in ("timeout_after", "timeout"):
        house.outside.state.fault("wechatpay", fault)
    approved(rows)
    house.begin("worker")
    until(lambda: states(rows) == ["unknown"] * 2, lambda: str(states(rows)))
    began = time.monotonic()
    assert house.paid_back("wechatpay")[1:] == [], "one of them was done, and nobody heard of it"
    time_passes()
    until(lambda: all_back(rows), lambda: str(states(rows)))
    assert time.monotonic() - began < 30, "nobody waited for the gateway"
    assert sorted(house.paid_back("wechatpay")) == [(row.number, row.amount) for row in rows]
    calls = [(c.method, c.path.rpartition("/")[2]) for c in house.outside.state.calls]
    told = [n for n, call in enumerate(calls) if call == ("POST", "refunds")]
    asked = [calls.index(("GET", row.number)) for row in rows]
    assert len(told) == 3, calls
    assert max(told[:2]) < min(asked), calls
    assert min(asked) < told[2], calls
