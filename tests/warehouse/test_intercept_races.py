"""A ship and an intercept at once: exactly one wins, always (failure mode 7, SOP 1.1.e, 1.2.b)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from core.acts import Actor, Conflict
from core.verdict import Refused
from orders.models import Hold, Order
from orders.services import intercept as asking
from orders.services.intercept import ask_stop, withdraw_stop
from staff.factories import UserFactory
from staff.models import User
from tests.warehouse.parcels import P, in_the_warehouse
from warehouse.models import Parcel
from warehouse.services import ship as shipping
from warehouse.services.hand_over import hand_over
from warehouse.services.intercept import confirm_stop, too_late
from warehouse.services.ship import ship

NOW = timezone.now()
pytestmark = [pytest.mark.postgres, pytest.mark.soak, pytest.mark.django_db(transaction=True)]
Deed = Callable[[], Any]


@pytest.fixture
def keeper() -> User:
    return UserFactory.create(role="warehouse")


@pytest.fixture
def his(keeper: User) -> Actor:
    return Actor.person(keeper)


def at_once(**deeds: Deed) -> dict[str, str]:
    """Do all of them at the same moment; of each: done, or why not."""
    barrier, said = threading.Barrier(len(deeds)), dict[str, str]()

    def run(name: str, deed: Deed) -> None:
        try:
            barrier.wait()
            deed()
            said[name] = "done"
        except (Refused, Conflict) as refusal:
            said[name] = str(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in deeds.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said


def weighed() -> tuple[Order, Parcel]:
    return in_the_warehouse(P.WEIGHED, carrier="YTO")


def stands(order: Order, parcel: Parcel) -> tuple[str, str, bool]:
    """The states of order and parcel, and whether a stop is asked for."""
    asked = Hold.objects.filter(order=order, state="open", stop="asked").exists()
    return (
        Order.objects.get(pk=order.pk).state,
        Parcel.objects.get(pk=parcel.pk).state,
        asked,
    )


def intercepts(order: Order, by: Actor) -> Deed:
    """As from a page that showed the order as it is now."""
    return lambda: ask_stop(order, "改地址", by=by, now=NOW, seen=order.version)


def ships(parcel: Parcel, his: Actor) -> Deed:
    return lambda: ship(parcel, f"YT{parcel.pk:010d}", by=his, now=NOW)


STOPPED, GONE = ("packed", "weighed", True), ("shipped", "shipped", False)


def test_ship_and_intercept_at_once_exactly_one_wins(by: Actor, his: Actor) -> None:
    order, parcel = weighed()
    said = at_once(ship=ships(parcel, his), intercept=intercepts(order, by))
    assert sorted(word == "done" for word in said.values()) == [False, True]
    assert stands(order, parcel) == (GONE if said["ship"] == "done" else STOPPED)


@pytest.mark.parametrize("first", ["ship", "intercept"])
def test_one_after_the_other_the_first_wins(by: Actor, his: Actor, first: str) -> None:
    order, parcel = weighed()
    deeds = {"ship": ships(parcel, his), "intercept": intercepts(order, by)}
    deeds.pop(first)()
    with pytest.raises((Refused, Conflict)):
        deeds.popitem()[1]()
    assert stands(order, parcel) == (GONE if first == "ship" else STOPPED)


def test_without_the_lock_both_would_win(
    by: Actor, his: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both have asked their rule before either writes."""
    unlocked(monkeypatch)
    order, parcel = weighed()
    both = threading.Barrier(2, timeout=10)
    for module, name in ((shipping, "require"), (asking, "scrub")):
        monkeypatch.setattr(module, name, then_wait(getattr(module, name), both))
    said = at_once(ship=ships(parcel, his), intercept=intercepts(order, by))
    assert said == {"ship": "done", "intercept": "done"}
    assert stands(order, parcel) == ("shipped", "shipped", True)


def then_wait(rule: Callable[..., Any], both: threading.Barrier) -> Callable[..., Any]:
    def asked(*args: Any, **more: Any) -> Any:
        answer = rule(*args, **more)
        with suppress(threading.BrokenBarrierError):
            both.wait()
        return answer

    return asked


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are read as they are, without a lock."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)


def test_hand_over_and_intercept_at_once_exactly_one_wins(
    by: Actor, his: Actor, keeper: User
) -> None:
    """Marked shipped: the carrier has it, or the warehouse pulls it (1.2.b)."""
    order, parcel = in_the_warehouse(P.SHIPPED, carrier="YTO", waybill="YT100000001")
    later = timezone.now()
    said = at_once(
        hand_over=lambda: hand_over(keeper, "YTO", "张快递", later, by=his, now=later),
        intercept=lambda: ask_stop(order, "不要了", by=by, now=NOW),
    )
    assert sorted(word == "done" for word in said.values()) == [False, True]
    left = ("shipped", "handed_over", False)
    assert stands(order, parcel) == (
        left if said["hand_over"] == "done" else ("shipped", "shipped", True)
    )


def test_two_answers_at_once_one_counts(by: Actor, his: Actor) -> None:
    order, parcel = weighed()
    ask_stop(order, "改地址", by=by, now=NOW)
    hold = Hold.objects.get(order=order)
    said = at_once(
        stopped=lambda: confirm_stop(hold, "A-03", by=his, now=NOW),
        late=lambda: too_late(hold, "装车", by=his, now=NOW),
        withdrawn=lambda: withdraw_stop(order, hold, "不改了", by=by, now=NOW),
    )
    (won,) = [name for name, word in said.items() if word == "done"]
    stop = {"stopped": "stopped", "late": "too_late", "withdrawn": "none"}[won]
    assert Hold.objects.get(order=order).stop == stop
    assert stands(order, parcel)[:2] == (
        ("paid", "stopped") if won == "stopped" else ("packed", "weighed")
    )
