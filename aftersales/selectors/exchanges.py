"""What an exchange sends, and what is to be paid for it (SOP 1.1.f, 1.4.c, 1.4.e)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from aftersales.models import Case, CaseLine
from aftersales.selectors.versions import rules_of
from core.money import ZERO, yuan
from orders.models import Order
from refunds.amounts import for_pieces
from refunds.selectors.left import left_of
from refunds.words import FreightPayer
from stock.models import Sku


@dataclass(frozen=True, slots=True)
class Price:
    """What the customer still pays for the new goods and their parcel, or gets back; yuan."""

    difference: Decimal = ZERO
    freight: Decimal = ZERO
    back: Decimal = ZERO


def pieces_of(line: CaseLine, *, accepted: bool) -> int:
    """So many are exchanged: those accepted, or, before they came, those asked for."""
    return line.owed if accepted else line.pieces


def new_goods(case: Case, *, accepted: bool) -> list[tuple[Sku, int]]:
    """What is sent instead, as it was asked for."""
    wanted: dict[str, int] = case.details.get("new", {})
    skus = Sku.objects.in_bulk(list(wanted.values()))
    return [
        (skus[wanted[str(line.line_id)]], pieces)
        for line in case.lines.select_related("line").order_by("id")
        if str(line.line_id) in wanted and (pieces := pieces_of(line, accepted=accepted))
    ]


def price_of(case: Case, *, accepted: bool) -> Price:
    """What a case's exchange costs; freight by who pays the parcel to the customer."""
    if case.order is None:
        return Price()
    old = {
        line.line_id: pieces_of(line, accepted=accepted)
        for line in case.lines.select_related("line")
        if line.line_id is not None
    }
    freight = rules_of(case).freight if case.pays_out == FreightPayer.BUYER else ZERO
    return reckon(case.order, old, new_goods(case, accepted=accepted), freight)


def paid_first(case: Case) -> str:
    """What the customer pays before the other goods leave, as they hear it; "" nothing (1.4.e)."""
    price = price_of(case, accepted=False)
    less = ZERO < price.freight < rules_of(case).freight
    sent = "扣掉差价，重新寄出的运费" if less else "重新寄出的运费"
    named = {"差价": price.difference, sent: price.freight}
    parts = [what for what, amount in named.items() if amount > ZERO]
    if not parts:
        theirs = case.pays_out == FreightPayer.BUYER
        return "重新寄出的运费从要退给您的差价里扣；" if theirs else ""
    return f"{'和'.join(parts)} {price.difference + price.freight:.2f} 元请先补拍；"


def reckon(
    order: Order, old: Mapping[int, int], new: Sequence[tuple[Sku, int]], freight: Decimal
) -> Price:
    """New goods at their price against what was paid for the old ones: preview and act alike."""
    parts = {part.line: part for part in left_of(order).parts}
    paid = sum((for_pieces(parts[line], n) for line, n in old.items() if line in parts), ZERO)
    rest = sum((yuan(sku.price * n) for sku, n in new), ZERO) - paid
    if rest >= ZERO:
        return Price(rest, freight)
    return Price(ZERO, max(ZERO, freight + rest), max(ZERO, -rest - freight))
