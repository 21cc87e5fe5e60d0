"""The decisions of the SOP, for whatever an order may be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.money import ZERO
from core.verdict import Answer, Verdict
from orders import policy, stopping
from orders.policy import GONE, IN_WAREHOUSE, Group, HoldFact, OrderFacts
from orders.situation import situation
from orders.words import HoldKind, IdentityKey, OrderState, Stop, Terms
from tests.acts.test_pay import NOW

money = st.decimals("0.00", "9999.99", places=2)
holds = st.builds(
    HoldFact,
    kind=st.sampled_from(HoldKind),
    cause=st.sampled_from(["", "import:lines"]),
    stop=st.sampled_from(Stop),
)
facts = st.builds(
    OrderFacts,
    order_no=st.sampled_from(["G1", "G2"]),
    state=st.sampled_from(OrderState),
    terms=st.sampled_from(Terms),
    released=st.booleans(),
    handed_over=st.booleans(),
    due=money,
    paid=money,
    paid_by_platform=money,
    topped_up=money,
    is_top_up=st.booleans(),
    tied=st.booleans(),
    lines_unclear=st.booleans(),
    closed_from=st.sampled_from(["", "unpaid", "paid"]),
    holds=st.lists(holds, max_size=3).map(tuple),
)
keys = st.frozensets(st.sampled_from(IdentityKey))


def on_an_order(order: OrderFacts) -> dict[str, Verdict]:
    """Everything that is asked of an order alone."""
    return {
        **{f"modify {group}": policy.may_modify(order, group) for group in Group},
        "swap": policy.may_swap(order),
        "close": policy.may_close_state(order),
        "reopen": policy.may_reopen(order),
        "mark_paid": policy.may_mark_paid(order),
        "reverse": policy.may_reverse_payment(order),
        "release": policy.may_release(order),
        "take_back": policy.may_take_back(order),
        "hold": policy.may_hold(order),
        "top_up": policy.may_take_top_up(order),
        "untie": policy.may_untie_top_up(order),
        "confirm": policy.may_confirm_lines(order),
        "settle": policy.may_settle_difference(order),
        "ask_stop": stopping.may_ask_stop(order),
        "ask_carrier": stopping.may_ask_carrier(order),
    }


EDITS = ("modify", "swap", "close", "release", "take_back", "hold", "untie", "confirm")


@given(order=facts)
def test_a_shipped_order_never_allows_an_edit_whatever_else(order: OrderFacts) -> None:
    if order.state in GONE:
        for name, verdict in on_an_order(order).items():
            assert verdict.answer is Answer.NO or not name.startswith(EDITS), name


@given(order=facts)
def test_in_the_warehouse_an_edit_is_never_done_at_once(order: OrderFacts) -> None:
    if order.state in IN_WAREHOUSE or (order.state is OrderState.PAID and order.released):
        for group in Group:
            assert policy.may_modify(order, group).answer is Answer.ASK
        assert not policy.may_close_state(order).allowed


@given(order=facts)
def test_every_refusal_says_by_which_clause_and_why(order: OrderFacts) -> None:
    for verdict in on_an_order(order).values():
        assert verdict.clause
        assert verdict.reason
        assert verdict.allowed or verdict.answer in (Answer.ASK, Answer.NO)
        assert verdict.answer is not Answer.ASK or verdict.instead


@given(order=facts)
def test_nothing_is_released_unpaid_held_unclear_or_twice(order: OrderFacts) -> None:
    if policy.may_release(order).allowed:
        assert order.state is OrderState.PAID
        assert not order.holds
        assert not order.lines_unclear
        assert not order.released
        assert order.terms is not Terms.PREPAID or order.unpaid_rest == ZERO


@given(order=facts, identity=keys)
def test_closing_takes_two_keys_and_no_money(
    order: OrderFacts, identity: frozenset[IdentityKey]
) -> None:
    if policy.may_close(order, identity).allowed:
        assert len(identity) >= 2
        assert order.paid == ZERO
        assert order.state in (OrderState.UNPAID, OrderState.PAID)


@given(order=facts)
def test_release_and_take_back_are_never_both_offered(order: OrderFacts) -> None:
    assert not (policy.may_release(order).allowed and policy.may_take_back(order).allowed)


@given(main=facts, top_up=facts, same=st.booleans())
def test_only_a_paid_untied_top_up_is_tied(
    main: OrderFacts, top_up: OrderFacts, same: bool
) -> None:
    if policy.may_tie_top_up(main, top_up, same=same).allowed:
        assert same
        assert top_up.is_top_up
        assert not top_up.tied
        assert top_up.state not in (OrderState.UNPAID, OrderState.CLOSED)
        assert not main.is_top_up
        assert main.state in (OrderState.PAID, *IN_WAREHOUSE)


@given(ours=st.sampled_from(OrderState), theirs=st.sampled_from(OrderState))
def test_an_older_export_is_never_further(ours: OrderState, theirs: OrderState) -> None:
    assert not (policy.further(ours, theirs) and policy.further(theirs, ours))


@given(old=money, new=money, quantity=st.integers(1, 99))
def test_a_difference_there_is_the_difference_back(
    old: Decimal, new: Decimal, quantity: int
) -> None:
    there = policy.difference(old, new, quantity)
    assert there == -policy.difference(new, old, quantity)


@given(order=facts)
def test_there_is_always_one_thing_that_matters_now(order: OrderFacts) -> None:
    what = situation(order, now=NOW)
    assert what.headline
    assert what.tone in ("go", "good", "warn", "bad")
    allowed: dict[str, Any] = {
        "release": policy.may_release,
        "take_back": policy.may_take_back,
        "confirm_lines": policy.may_confirm_lines,
        "settle_difference": policy.may_settle_difference,
        "tie_top_up": policy.may_take_top_up,
    }
    if what.act in allowed and order.state in (OrderState.PAID, OrderState.UNPAID):
        verdict = allowed[what.act](order)
        assert verdict.allowed or order.released, what
