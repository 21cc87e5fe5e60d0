"""What an exchange before shipping would do to its order (SOP 1.1.f, 1.2.d)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from aftersales.models import Case
from aftersales.selectors.exchanges import Price
from aftersales.words import SwapWay
from core.money import ZERO
from orders.models import Order
from orders.selectors.order import visible
from orders.services.products import Draft, Wanted, draft, swapped
from stock.models import Sku

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Swapping:
    """What the customer wants instead. `pieces`: line → how many; `new`: line → SKU."""

    way: SwapWay = SwapWay.IN_PLACE
    pieces: Mapping[int, int] = field(default_factory=dict)
    new: Mapping[int, Sku] = field(default_factory=dict)
    reason: str = ""
    wants: str = ""

    @property
    def becomes(self) -> str:
        """The new goods with style, colour and size."""
        return "、".join(f"{sku.label} × {self.pieces[line]}" for line, sku in self.new.items())


def wanted_of(order: Order, swap: Swapping) -> list[Wanted]:
    """The lines of the order as they shall be; what it does not have any more is left out."""
    lines = {line.pk: line for line in order.lines.all()}
    return [
        want
        for line, sku in swap.new.items()
        if line in lines
        for want in swapped(lines[line], swap.pieces[line], sku)
    ]


def draft_of(order: Order, swap: Swapping) -> Draft:
    """The change with its difference: preview and act are one path."""
    return draft(order, wanted_of(order, swap))


def price_of(plan: Draft) -> Price:
    """What the customer pays more, or gets back."""
    return Price(max(ZERO, plan.difference), ZERO, max(ZERO, -plan.difference))


def swapping_of(case: Case) -> Swapping:
    """What was agreed when the case was opened, for the lines that are still there."""
    wanted: dict[str, int] = case.details.get("new", {})
    skus = Sku.objects.in_bulk(list(wanted.values()))
    pieces = {line.line_id: line.pieces for line in case.lines.order_by("id") if line.line_id}
    new = {line: skus[wanted[str(line)]] for line in pieces if str(line) in wanted}
    return Swapping(SwapWay(case.details.get("way", SwapWay.IN_PLACE)), pieces, new)


def new_orders(user: Any, old: Order) -> list[Order]:
    """The same buyer's newer orders, one of which may be the new one (SOP 1.2.d)."""
    same = Q(pk__in=[])
    if old.buyer_account:
        same |= Q(buyer_account=old.buyer_account, shop=old.shop_id)
    if old.buyer_id:
        same |= Q(buyer=old.buyer_id)
    rows = visible(user).filter(same, is_top_up=False, ordered_at__gt=old.ordered_at)
    return list(rows.exclude(pk=old.pk).exclude(state="closed").order_by("-ordered_at")[:SHOWN])


def find_order(user: Any, text: str) -> Order | None:
    """An order by our number or the platform's."""
    text = text.strip().replace("\0", "")
    both = Q(order_no=text.upper()) | Q(platform_no=text)
    return visible(user).filter(both).order_by("-id").first() if text else None
