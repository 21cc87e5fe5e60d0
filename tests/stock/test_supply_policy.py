"""What to order, whom an arrival covers, and which step comes next (SOP 5.d)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.verdict import Answer
from stock import policy
from stock.policy import PATHS, STEPS, SupplyFacts
from stock.words import SupplyKind, SupplyState

pytestmark = pytest.mark.sqlite
S = SupplyState
DAY = date(2026, 12, 1)
pieces = st.integers(1, 50)
days = st.integers(0, 30).map(lambda n: DAY + timedelta(days=n))
waiting = st.lists(pieces, max_size=12).map(lambda lacks: list(enumerate(lacks)))
coming = st.lists(st.tuples(days, pieces), max_size=8)


def test_what_is_lacking_and_not_on_order_is_proposed() -> None:
    lacks = {"A": 12, "B": 5, "C": 3}
    assert policy.propose(lacks, {"A": 4, "B": 5, "D": 9}) == {"A": 8, "C": 3}


def test_the_earliest_arrival_serves_the_line_that_waits_longest() -> None:
    early, late = DAY, DAY + timedelta(days=7)
    found = policy.covered([("first", 2), ("second", 2), ("third", 9)], [(late, 3), (early, 3)])
    assert found == {"first": early, "second": late, "third": None}


@given(waiting, coming)
def test_a_line_is_covered_when_what_came_by_then_is_enough_for_all_before_it(
    lines: list[tuple[int, int]], arrivals: list[tuple[date, int]]
) -> None:
    found, needed = policy.covered(lines, arrivals), 0
    for key, lack in lines:
        needed += lack
        enough = [day for day, _ in arrivals if sum(n for d, n in arrivals if d <= day) >= needed]
        assert found[key] == min(enough, default=None)


@given(waiting, coming, days, pieces)
def test_one_more_arrival_makes_nobody_wait_longer(
    lines: list[tuple[int, int]], arrivals: list[tuple[date, int]], day: date, more: int
) -> None:
    before, after = policy.covered(lines, arrivals), policy.covered(lines, [*arrivals, (day, more)])
    never = date.max
    assert all((after[key] or never) <= (before[key] or never) for key, _ in lines)


REACHED = [(kind, state) for kind in SupplyKind for state in (*PATHS[kind], S.CANCELLED)]


@pytest.mark.parametrize(("kind", "state"), REACHED)
@pytest.mark.parametrize("to", list(STEPS))
def test_a_step_is_allowed_only_right_after_the_one_before(
    kind: SupplyKind, state: SupplyState, to: SupplyState
) -> None:
    verdict = policy.may_step(SupplyFacts(kind, state), to)
    path = PATHS[kind]
    follows = state in path and to in path and path.index(to) == path.index(state) + 1
    assert verdict.allowed == follows
    assert verdict.reason
    if to in path and state in path and path.index(to) > path.index(state) + 1:
        assert STEPS[path[path.index(state) + 1]] in verdict.reason  # says what comes first


def test_more_than_was_ordered_is_asked_about() -> None:
    supply = SupplyFacts(SupplyKind.PURCHASE, S.ORDERED, quantity=10, good=4)
    assert policy.may_receive(supply, 6).allowed
    assert policy.may_receive(supply, 7).answer is Answer.ASK
    assert "多出 1 件" in policy.may_receive(supply, 7).reason
    assert policy.may_receive(supply, 7, over=True).allowed
