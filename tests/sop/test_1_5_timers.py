"""SOP 1.5, readings: windows open and close, promises are at risk or broken; each moves once."""

from __future__ import annotations

import sys
import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.acts import Actor
from core.workdays import CHINA
from orders.factories import OrderFactory
from orders.selectors.order import timeline
from orders.services import due
from orders.services.blocking import block
from orders.words import BlockKind
from refunds.models import Refund
from refunds.services.decide import approve_refund
from refunds.services.timers import (
    escalate_broken,
    open_windows,
    raise_at_risk,
    send_approved,
    warn_of_closing,
)
from staff.factories import UserFactory
from staff.models import Notice, User
from staff.selectors import unread_of
from tests.refunds.asking import WED, again, ask, by_alipay, own_shop, paid_order

HOUR = timedelta(hours=1)


def sweep(now: datetime) -> list[int]:
    return [f(now) for f in (open_windows, warn_of_closing, raise_at_risk, escalate_broken)]


@pytest.mark.django_db
def test_the_window_opens_and_the_agent_tells_the_buyer(by: Actor, agent: User) -> None:
    refund = ask(paid_order(hours=2), by)
    assert refund.opens_at is not None
    assert sweep(refund.opens_at - HOUR) == [0, 0, 0, 0]
    assert open_windows(refund.opens_at) == 1
    assert again(refund).state == "to_apply"
    assert "请告诉买家去平台申请" in unread_of(agent).get().text
    assert timeline(refund.order)[0].changes == [[f"退款 {refund.number}", "待开窗", "待买家申请"]]
    assert open_windows(refund.opens_at + HOUR) == 0


@pytest.mark.django_db
def test_of_our_own_shop_it_goes_to_review(by: Actor) -> None:
    refund = ask(by_alipay(paid_order(hours=2, shop=own_shop())), by)
    assert open_windows(WED + 23 * HOUR) == 1
    assert again(refund).state == "review"
    assert again(refund).version == refund.version + 1


@pytest.mark.django_db
def test_a_sweep_costs_the_same_for_one_and_for_many(by: Actor) -> None:
    """None of them reads of a row what it did not read with all the others."""
    shop, lead, later = own_shop(), UserFactory.create(role="supervisor"), WED + 9 * 24 * HOUR

    def cost(many: int) -> list[int]:
        refunds = [ask(by_alipay(paid_order(hours=2, shop=shop)), by) for _ in range(many)]
        Refund.objects.filter(state="waiting").update(warn_at=later)
        costs = []
        for step in (open_windows, warn_of_closing, raise_at_risk, escalate_broken, send_approved):
            if step is send_approved:
                for refund in map(again, refunds):
                    who = Actor.person(lead)
                    approve_refund(refund.order, refund, role=lead.role, by=who, now=WED)
            with CaptureQueriesContext(connection) as queries:
                assert step(later) == many
            costs.append(len(queries))
        return costs

    assert cost(1) == cost(4)


@pytest.mark.django_db
def test_its_risks_are_found_again_when_the_window_opens(by: Actor) -> None:
    """What was a first refund when it was noted may be the fourth by then (1.5.d)."""
    first = by_alipay(paid_order(hours=2, shop=own_shop()))
    refund = ask(first, by)
    for _ in range(3):
        ask(by_alipay(paid_order(hours=30, shop=own_shop(), buyer=first.buyer)), by)
    block(BlockKind.PHONE, first.mobile, "骗退", by=by, now=WED)
    assert list(refund.risks.all()) == []
    assert open_windows(WED + 23 * HOUR) == 1
    assert [risk.kind for risk in refund.risks.all()] == ["blocked", "often"]


@pytest.mark.django_db
def test_before_a_window_closes_the_agent_is_warned(by: Actor, agent: User) -> None:
    order = paid_order(hours=2)
    with OrderFactory.act():
        order.shop.refund_opens_h, order.shop.refund_closes_h = 0, 24
        order.shop.save()
    refund, paid = ask(order, by), WED - 2 * HOUR
    assert (refund.state, refund.closes_at) == ("to_apply", paid + 24 * HOUR)
    assert warn_of_closing(paid + 19 * HOUR) == 0
    assert warn_of_closing(paid + 20 * HOUR) == 1
    assert "买家还没有申请" in unread_of(agent).get().text
    assert warn_of_closing(paid + 30 * HOUR) == 0


@pytest.mark.django_db
def test_at_risk_it_is_raised_and_broken_it_goes_to_the_owner(by: Actor) -> None:
    boss, owner = UserFactory.create(role="supervisor"), UserFactory.create(role="owner")
    refund = ask(by_alipay(paid_order(hours=30, shop=own_shop())), by)
    assert raise_at_risk(datetime(2026, 11, 27, 13, 59, tzinfo=CHINA)) == 0
    assert raise_at_risk(datetime(2026, 11, 27, 14, 0, tzinfo=CHINA)) == 1
    assert again(refund).at_risk
    assert "快到答应买家的时间" in unread_of(boss).get().text
    assert escalate_broken(datetime(2026, 11, 27, 18, 0, tzinfo=CHINA)) == 1
    assert again(refund).broken_at is not None
    assert "过了答应买家的时间" in unread_of(owner).get().text


@pytest.mark.django_db
def test_after_a_day_of_standstill_each_fires_once(by: Actor) -> None:
    """Failure modes 13, 15: the clock jumps, the workers slept."""
    UserFactory.create(role="owner")
    refund = ask(by_alipay(paid_order(hours=2, shop=own_shop())), by)
    later = WED + timedelta(days=9)
    assert sweep(later) == [1, 0, 1, 1]
    assert sweep(later) == sweep(later - timedelta(hours=1)) == [0, 0, 0, 0]
    assert again(refund).state == "review"
    assert Notice.objects.filter(key__startswith=f"refund:{refund.pk}:").count() == 2


@pytest.mark.django_db
def test_a_sweep_that_dies_half_way_leaves_all_to_the_next(
    by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failure mode 2: rows, timeline and notices are one transaction."""
    refund = ask(paid_order(hours=2), by)
    with monkeypatch.context() as patch:
        patch.setattr(due, "tell_all", lambda told: sys.exit(1))
        with pytest.raises(SystemExit):
            open_windows(WED + 23 * HOUR)
    assert again(refund).state == "waiting"
    assert not Notice.objects.filter(key__endswith=":opened").exists()
    assert open_windows(WED + 23 * HOUR) == 1
    assert Notice.objects.filter(key__endswith=":opened").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.soak
def test_two_sweeps_at_once_move_each_row_once(by: Actor) -> None:
    """Failure mode 13, on PostgreSQL: rows that one holds the other skips."""
    refunds = [ask(paid_order(hours=2), by) for _ in range(12)]
    barrier, counts = threading.Barrier(4), list[int]()

    def run() -> None:
        try:
            barrier.wait()
            while done := open_windows(WED + 23 * HOUR, limit=3):
                counts.append(done)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    open_windows(WED + 23 * HOUR)
    assert sum(counts) <= len(refunds)
    rows = Refund.objects.filter(pk__in=[row.pk for row in refunds])
    assert {row.state for row in rows} == {"to_apply"}
    assert {row.version for row in rows} == {2}
    assert Notice.objects.filter(key__endswith=":opened").count() == len(refunds)
