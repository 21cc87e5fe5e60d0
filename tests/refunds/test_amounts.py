"""All that may go back adds up to what was paid, to the cent (SOP 1.5)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.money import ZERO
from refunds.amounts import (
    EXTRA,
    LINE,
    Line,
    Part,
    Piece,
    Purse,
    for_pieces,
    over_payments,
    parts,
    taken,
)

pytestmark = pytest.mark.sqlite
ANY = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # beside other suites
money = st.integers(0, 1_000_000).map(lambda cents: Decimal(cents) / 100)
lines = st.lists(st.tuples(st.integers(1, 9), money), min_size=1, max_size=6)


def bought(rows: list[tuple[int, Decimal]]) -> list[Line]:
    return [Line(n, f"货{n}", count, amount) for n, (count, amount) in enumerate(rows)]


@ANY
@given(lines, money, money, money)
def test_the_parts_add_up_to_what_was_paid(
    rows: list[tuple[int, Decimal]], freight: Decimal, paid: Decimal, excess: Decimal
) -> None:
    """Whatever the discounts: paid may be less than the lines, or more."""
    found = parts(bought(rows), freight, paid, excess)
    assert sum((part.paid for part in found), ZERO) == paid
    assert all(part.paid >= ZERO for part in found)


@ANY
@given(st.integers(1, 12), money, st.data())
def test_pieces_given_back_one_by_one_add_up_to_the_lines_share(
    quantity: int, paid: Decimal, data: st.DataObject
) -> None:
    part = Part(LINE, "货", paid, quantity, 1)
    total = ZERO
    while part.pieces_left:
        count = data.draw(st.integers(1, part.pieces_left))
        back = for_pieces(part, count)
        total, part = total + back, taken(part, back, count)
    assert total == paid
    assert for_pieces(part, 1) == ZERO


@ANY
@given(lines, money, money, st.lists(money, min_size=1, max_size=4))
def test_payments_give_back_what_is_asked_and_never_more_than_they_hold(
    rows: list[tuple[int, Decimal]], freight: Decimal, paid: Decimal, held: list[Decimal]
) -> None:
    found = parts(bought(rows), freight, paid, ZERO)
    pieces = [Piece(p.what, p.label, p.paid, p.line, p.quantity) for p in found]
    shares = over_payments(pieces, [Purse(n, left) for n, left in enumerate(held)])
    given_back = sum((share.amount for share in shares), ZERO)
    assert given_back == min(paid, sum(held, ZERO))
    assert all(share.amount <= held[share.purse] for share in shares)
    for share in shares:
        assert share.amount == share.goods + share.of("freight", "excess", EXTRA)
    counted = sum(p.pieces for share in shares for p in share.pieces if p.line is not None)
    assert counted <= sum(count for count, _ in rows)  # a divided piece counts once


def test_discounts_are_spread_over_all_of_it() -> None:
    """90 and 30 and freight 10, of which the buyer paid 100: the rest was the platform's."""
    found = parts(
        [Line(1, "衬衫", 1, Decimal(90)), Line(2, "袜子", 3, Decimal(30))],
        Decimal(10),
        Decimal(100),
        ZERO,
    )
    assert [part.paid for part in found] == [
        Decimal("69.23"),
        Decimal("23.08"),
        Decimal("7.69"),
        ZERO,
    ]


def test_what_was_paid_too_much_is_a_part_of_its_own() -> None:
    found = parts([Line(1, "衬衫", 1, Decimal(80))], ZERO, Decimal(100), Decimal(20))
    assert [(part.label, part.paid) for part in found] == [
        ("衬衫", Decimal(80)),
        ("运费", ZERO),
        ("多付", Decimal(20)),
    ]
