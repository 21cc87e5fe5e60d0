"""Modify products: swap, add, remove, change quantities; the difference (SOP 1.1.a, 1.1.f)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.acts import Actor, Change
from core.models import Act
from core.money import ZERO, yuan
from core.verdict import Say, no
from orders import policy
from orders.models import Order, OrderLine
from orders.policy import Contacted
from orders.services.acting import order_act
from orders.services.hold import end_holds, open_hold
from orders.words import HoldKind
from stock.models import Sku


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line as it shall be. `line` None: a new one. `quantity` 0: removed. `sku` None: kept."""

    line: int | None
    sku: Sku | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Drafted:
    """A line before and after, with what it costs the buyer more, yuan."""

    line: OrderLine | None
    sku: Sku | None
    quantity: int
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before

    @property
    def label(self) -> str:
        return self.sku.label if self.sku else (self.line.label if self.line else "")


@dataclass(frozen=True, slots=True)
class Draft:
    """What the change would do; the preview and the act are one path (simulate = perform)."""

    lines: list[Drafted]

    @property
    def difference(self) -> Decimal:
        """Positive: the buyer pays more; negative: gets back; yuan."""
        return sum((line.difference for line in self.lines), ZERO)

    @property
    def changed(self) -> list[Drafted]:
        return [d for d in self.lines if _touched(d)]


def _touched(drafted: Drafted) -> bool:
    if drafted.line is None:
        return drafted.quantity > 0
    return drafted.sku is not None or drafted.quantity != drafted.line.quantity


def draft(lines: Sequence[OrderLine], wanted: Sequence[Wanted]) -> Draft:
    """The change with its difference. What stays keeps its price; a swap takes the SKU's price.

    The buyer keeps what was agreed for the old goods: the unit that was really paid.
    """
    by_id = {line.pk: line for line in lines}
    found = []
    for want in wanted:
        line = by_id.get(want.line) if want.line else None
        before = line.amount if line else ZERO
        found.append(Drafted(line, want.sku, want.quantity, before, _cost(line, want)))
    return Draft(found)


def _cost(line: OrderLine | None, want: Wanted) -> Decimal:
    """What the line costs afterwards, yuan."""
    if want.quantity == 0:
        return ZERO
    if line is not None and want.sku is None:
        return yuan(line.amount * want.quantity / line.quantity)
    if want.sku is None:
        raise ValueError("a new line needs a SKU")
    if line is None:
        return yuan(want.sku.price * want.quantity)
    # A swap costs the difference of the list prices; the discount on the old goods stays.
    kept = yuan(line.amount * min(want.quantity, line.quantity) / line.quantity)
    swapped = policy.difference(line.price, want.sku.price, min(want.quantity, line.quantity))
    more = yuan(want.sku.price * max(want.quantity - line.quantity, 0))
    return max(kept + swapped, ZERO) + more


def modify_products(
    order: Order,
    wanted: Sequence[Wanted],
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """Swap, add or remove goods before release (SOP 1.1.e, 1.1.f).

    Dearer: a `top_up` hold with the amount expected. Cheaper: the difference is recorded as owed
    back. Unpaid: what is due changes, nothing else. Raises Refused, Conflict, Repeated.
    """
    with order_act(
        "modify_products", order, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (order, log):
        verdict = policy.may_swap(order.facts())
        verdict.require()
        plan = draft(list(order.lines.all()), wanted)
        _check(plan)
        changes = [_apply(order, drafted) for drafted in plan.changed]
        _recount(order, now)
        say = _settle(order, plan, by, now)
        if changes:
            log.changed(changes)
        log.noted(_summary(plan), clause="1.1.f")
        log.tell(say)
    return log.act


def _check(plan: Draft) -> None:
    if not any(drafted.quantity for drafted in plan.lines):
        no(
            "1.1.a",
            "商品不能全部去掉。",
            instead="整单不要了：未付款的关闭订单，已付款的申请退款。",
        ).require()
    for drafted in plan.changed:
        if drafted.sku is not None and (drafted.sku.is_top_up or not drafted.sku.active):
            no(
                "1.1.f", f"{drafted.sku.code} 不能作为换货商品。", instead="换一个在售的款。"
            ).require()


def _apply(order: Order, drafted: Drafted) -> Change:
    """Write one line; returns how it reads in the timeline."""
    line = drafted.line
    before = f"{line.label} × {line.quantity}" if line else ""
    if line is not None and drafted.quantity == 0:
        line.delete()
        return Change("商品", before, "")
    line = line or OrderLine(order=order)
    if drafted.sku is not None:
        _put(line, drafted.sku)
    line.quantity, line.amount = drafted.quantity, drafted.after
    line.save()
    return Change("商品", before, f"{line.label} × {line.quantity}")


def _put(line: OrderLine, sku: Sku) -> None:
    line.sku, line.code, line.style_no = sku, sku.code, sku.style_no
    line.title, line.colour, line.size = sku.name, sku.colour, sku.size
    line.spec, line.price = sku.spec, sku.price


def _recount(order: Order, now: datetime) -> None:
    lines = list(order.lines.all())
    order.goods_total = sum((line.amount for line in lines), ZERO)
    order.goods_count = sum(line.quantity for line in lines)
    order.goods_summary = summary(lines)
    order.modified_at = now


def summary(lines: Sequence[OrderLine]) -> str:
    """亚麻衬衫 藏青 L 等 2 种."""
    if not lines:
        return ""
    first = lines[0]
    spec = " ".join(p for p in (first.colour, first.size) if p) or first.spec
    text = f"{first.title} {spec}".strip()[:150]
    return f"{text} 等 {len(lines)} 种" if len(lines) > 1 else f"{text} × {first.quantity}"


def _settle(order: Order, plan: Draft, by: Actor, now: datetime) -> Say:
    """What the difference means for the order's money, and the sentence for it.

    It is settled against all that was paid, so that swapping there and back owes nothing.
    """
    order.due = max(order.due + plan.difference, ZERO)
    goods = "、".join(d.label for d in plan.changed if d.quantity)[:100] or "新的商品"
    if order.state == "unpaid" or not order.facts([]).needs_payment:
        return Say("modify.products.unpaid", {"goods": goods, "amount": str(order.due)})
    rest = order.due - order.total_paid
    order.owed_back = max(-rest, ZERO)
    if rest > ZERO:
        open_hold(
            order, HoldKind.TOP_UP, f"换货补差价 {rest} 元，等买家付款", by=by, now=now, amount=rest
        )
        return Say("modify.products.dearer", {"goods": goods, "amount": str(rest)})
    end_holds(order, HoldKind.TOP_UP, "差价已结清", now)
    if rest < ZERO:
        return Say("modify.products.cheaper", {"goods": goods, "amount": str(-rest)})
    return Say("modify.products.same", {"goods": goods})


def _summary(plan: Draft) -> str:
    if not plan.changed:
        return "商品没有变化"
    difference = plan.difference
    if difference > ZERO:
        return f"修改商品，补差价 {difference} 元"
    return f"修改商品，应退差价 {-difference} 元" if difference < ZERO else "修改商品，没有差价"
