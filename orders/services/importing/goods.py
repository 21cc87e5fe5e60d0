"""The goods of an imported order: our SKUs, top-ups, the summary (SOP 1.1.f, 5.a)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from orders.formats import ImportedLine, ImportedOrder
from orders.models import Shop
from stock.models import Sku

# What sellers call the goods by which a buyer pays a difference.
TOP_UP_WORDS = ("补差价", "补邮费", "补运费", "差价补拍", "邮费补拍", "补差专拍", "差价专拍")


@dataclass(slots=True)
class Goods:
    """The SKUs that a chunk of orders names, and what the shop calls a top-up."""

    by_code: dict[str, Sku] = field(default_factory=dict)
    by_style: dict[tuple[str, str, str], Sku] = field(default_factory=dict)
    top_up_codes: frozenset[str] = frozenset()

    def sku(self, line: ImportedLine) -> Sku | None:
        """By the seller's code; of a SKU that the buyer changed, the style's other variant."""
        if line.replaced_code:
            old = self.by_code.get(line.replaced_code)
            return self.by_style.get((old.style_no, line.colour, line.size)) if old else None
        return self.by_code.get(line.code) or self.by_code.get(line.sku_id)

    def is_top_up(self, lines: Sequence[ImportedLine]) -> bool:
        """Does the order hold top-up goods alone?"""
        return bool(lines) and all(self._tops_up(line) for line in lines)

    def _tops_up(self, line: ImportedLine) -> bool:
        sku = self.sku(line)
        return (
            (sku is not None and sku.is_top_up)
            or line.code in self.top_up_codes
            or any(word in line.title for word in TOP_UP_WORDS)
        )


def goods_of(shop: Shop, orders: Iterable[ImportedOrder]) -> Goods:
    """Ask for the SKUs of a chunk: one query, or two when a buyer changed a SKU."""
    lines = [line for order in orders for line in order.lines]
    codes = {code for line in lines for code in (line.code, line.sku_id, line.replaced_code)}
    by_code = {sku.code: sku for sku in Sku.objects.filter(code__in=codes - {""})}
    styles = {
        by_code[line.replaced_code].style_no for line in lines if line.replaced_code in by_code
    }
    variants = Sku.objects.filter(style_no__in=styles) if styles else []
    by_style = {(sku.style_no, sku.colour, sku.size): sku for sku in variants}
    return Goods(by_code, by_style, frozenset(shop.top_up_codes))


def summary(lines: Sequence[ImportedLine]) -> str:
    """亚麻衬衫 藏青 L × 1, or 亚麻衬衫 藏青 L 等 2 种."""
    if not lines:
        return ""
    first = lines[0]
    spec = f"{first.colour} {first.size}".strip() or first.spec
    text = f"{first.title} {spec}".strip()[:150]
    return f"{text} 等 {len(lines)} 种" if len(lines) > 1 else f"{text} × {first.quantity}"


def signature(lines: Iterable[ImportedLine]) -> list[list[str]]:
    """What the platform says was ordered, to see whether it says something else later."""
    return [[line.code, line.title, line.spec, str(line.quantity)] for line in lines]
