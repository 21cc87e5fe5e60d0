"""What of an order is short, and what is here (SOP 1.3)."""

from __future__ import annotations

from dataclasses import dataclass

from aftersales.kinds.stock_outs import Pieces
from orders.models import Order, OrderLine
from orders.words import HoldKind


@dataclass(frozen=True, slots=True)
class Short:
    """`missing`: line → pieces; `lines`: those on which the customer decides."""

    lines: list[OrderLine]
    missing: dict[int, int]
    pieces: Pieces

    def asked(self, line: OrderLine) -> int:
        """So many pieces of a line are spoken about."""
        return self.missing.get(line.pk, line.quantity)


def short_of(order: Order) -> Short:
    """By the order's open stock-out holds; one without a line means all goods. Two queries.

    Where the goods are here by now, the customer still decides on all of them.
    """
    holds = order.holds.filter(kind=HoldKind.STOCK_OUT.value, state="open")
    causes = set(holds.values_list("cause", flat=True))
    lines = list(order.lines.select_related("sku").order_by("id"))
    short = [line for line in lines if str(line.pk) in causes] or (lines if causes else [])
    missing = {line.pk: line.quantity - line.reserved or line.quantity for line in short}
    total = sum(line.quantity for line in lines)
    gone = sum(missing.values())
    return Short(short or lines, missing, Pieces(gone, total - gone))
