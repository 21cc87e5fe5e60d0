"""Money is `Decimal` yuan with two places."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def yuan(value: Decimal | int | str) -> Decimal:
    """Round to the cent, half up."""
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share `total` by weight to the cent; the shares always add up to it."""
    if not weights:
        return []
    whole = sum(weights, ZERO)
    if whole <= 0:
        weights, whole = [Decimal(1)] * len(weights), Decimal(len(weights))
    shares, given, passed = [], ZERO, ZERO
    for weight in weights:
        passed += weight
        upto = yuan(total * passed / whole)
        shares.append(upto - given)
        given = upto
    return shares
