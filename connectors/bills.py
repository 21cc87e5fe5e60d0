"""A gateway's bill of one day, fetched: what came of asking, and its file (SOP 6.d)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LARGEST = 32 * 2**20  # as it comes: both gateways send it compressed


class BillState(StrEnum):
    """What became of asking for a bill."""

    HERE = "here"
    EMPTY = "empty"  # the gateway says that nothing was paid and nothing went back
    LATER = "later"  # not made yet, or nobody knows
    REFUSED = "refused"  # a person has to look


@dataclass(frozen=True, slots=True)
class BillAnswer:
    """`data`: the file, CSV or ZIP, when it is here. `reason` is Chinese, for finance."""

    state: BillState
    reason: str = ""
    data: bytes = b""
    name: str = ""


def later(reason: str) -> BillAnswer:
    return BillAnswer(BillState.LATER, reason)


def refused(reason: str) -> BillAnswer:
    return BillAnswer(BillState.REFUSED, reason)
