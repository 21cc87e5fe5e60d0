"""How orders spread over a year: by day, by hour, and how far each has come by now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from orders.words import OrderState

S = OrderState
DAYS = 365
# Orders in each hour of a day, 0 to 23: a quiet night, lunch, and the evening's peak.
_HOURS = (2, 1, 1, 0, 0, 1, 2, 3, 5, 7, 9, 8, 8, 7, 7, 7, 6, 6, 6, 8, 10, 11, 9, 5)
_PROMOTIONS = {(6, 18): 6.0, (11, 11): 9.0, (12, 12): 4.0}
# By days since the order: how many of a thousand stand where; the rest has come to the end.
_STAGES: tuple[tuple[int, tuple[tuple[OrderState, int], ...]], ...] = (
    (1, ((S.UNPAID, 220), (S.PAID, 700), (S.PICKING, 30), (S.PACKED, 20), (S.CLOSED, 30))),
    (3, ((S.UNPAID, 60), (S.PAID, 210), (S.PICKING, 60), (S.PACKED, 50), (S.SHIPPED, 550))),
    (8, ((S.PAID, 12), (S.SHIPPED, 500), (S.RECEIVED, 320), (S.CLOSED, 90))),
    (16, ((S.PAID, 1), (S.SHIPPED, 40), (S.RECEIVED, 300), (S.CLOSED, 100))),
    (DAYS + 2, ((S.CLOSED, 110),)),
)


def days(count: int, now: datetime) -> Iterator[tuple[date, int]]:
    """The last year's days with the orders of each; they add up to `count`."""
    today = timezone.localdate(now)
    every = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    weights = [_weight(day) for day in every]
    whole, passed, given = sum(weights), 0.0, 0
    for day, weight in zip(every, weights, strict=True):
        passed += weight
        upto = round(count * passed / whole)
        if upto > given:
            yield day, upto - given
        given = upto


def _weight(day: date) -> float:
    return _PROMOTIONS.get((day.month, day.day), 1.15 if day.weekday() >= 5 else 1.0)


def moments(count: int, now: datetime) -> Iterator[datetime]:
    """When each of `count` orders came in, earliest first."""
    rng = Random(count)
    for day, many in days(count, now):
        yield from times(rng, day, many, now)


def times(rng: Random, day: date, count: int, now: datetime) -> list[datetime]:
    """When the orders of a day came in, earliest first, none after `now`."""
    midnight = timezone.make_aware(datetime.combine(day, time()))
    hours = rng.choices(range(24), _HOURS, k=count)
    ordered = sorted(midnight + timedelta(hours=h, seconds=3600 * rng.random()) for h in hours)
    if ordered[-1] <= now:
        return ordered
    part = (now - midnight) / timedelta(days=1)  # today has only begun
    return [midnight + (at - midnight) * part for at in ordered]


def state_at(rng: Random, ordered_at: datetime, now: datetime) -> OrderState:
    """Where an order stands that came in then."""
    age = (now - ordered_at).days
    stages = next(stages for upto, stages in _STAGES if age < upto)
    draw = rng.randrange(1000)
    for state, share in stages:
        draw -= share
        if draw < 0:
            return state
    return S.COMPLETED
