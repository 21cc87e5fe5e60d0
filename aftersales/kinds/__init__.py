"""The kinds of cases. A new one is a module here, and a line in this table."""

from __future__ import annotations

from aftersales.kinds import (
    exchanges,
    modifications,
    partial,
    questions,
    repairs,
    reships,
    returns,
    stock_outs,
    swaps,
    undeliverable,
    unowned,
)
from aftersales.kinds.kind import Kind
from aftersales.words import CaseKind

KINDS: dict[CaseKind, Kind] = {
    kind.kind: kind
    for kind in (
        returns.KIND,
        exchanges.KIND,
        stock_outs.KIND,
        swaps.KIND,
        modifications.KIND,
        undeliverable.KIND,
        reships.KIND,
        partial.KIND,
        repairs.KIND,
        questions.ENQUIRY,
        questions.COMPLAINT,
        unowned.KIND,
    )
}


def kind_of(kind: str) -> Kind:
    """The kind by its code. Raises KeyError for one that nobody has built."""
    return KINDS[CaseKind(kind)]
