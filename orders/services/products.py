"""Modify products: swap, add, remove, change quantities; the difference (SOP 1.1.a, 1.1.f)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.acts import Actor, Change
from core.models import Act
from core.money import ZERO, yuan
from core.verdict import Say, no
from core.workdays import REFUND_DAYS, promise
from orders import policy
from orders.models import Order, OrderLine
from orders.policy import Contacted
from orders.services.acting import order_act
from orders.services.settle import settle
from orders.services.stocking import let_go, reserve_goods
from orders.words import BY_HAND, Gateway, OrderState
from staff.selectors import office_calendar
from stock.models import Sku, StockLevel
from stock.services.ledger import Move


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line as it shall be. `line` None: a new one. `quantity` 0: removed. `sku` None: kept."""

    line: int | None
    sku: Sku | None
    quantity: int


def swapped(line: OrderLine, pieces: int, sku: Sku) -> list[Wanted]:
    """So many pieces of a line become others: the whole line, or a new line beside the rest."""
    if pieces >= line.quantity:
        return [Wanted(line.pk, sku, line.quantity)]
    return [Wanted(line.pk, None, line.quantity - pieces), Wanted(None, sku, pieces)]


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
    def wants(self) -> Sku | None:
        """What it is afterwards."""
        return self.sku or (self.line.sku if self.line else None)

    @property
    def more(self) -> int:
        """So many pieces are needed beyond what the line keeps already."""
        kept = self.line.reserved if self.line and not self.sku else 0
        return self.quantity - kept

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


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a line cost before anybody changed it by hand: yuan a piece, and the list price then.

    Every change is reckoned from here, so that a swap there and back owes nothing, to the cent.
    """

    amount: Decimal
    quantity: int
    list_price: Decimal
    sku_id: int | None

    def cost(self, price: Decimal, quantity: int) -> Decimal:
        """A swap costs the difference of the list prices; the discount agreed stays, yuan. Of what
        was given for nothing (a gift, what is sent again) more pieces are not.
        """
        kept = yuan(self.amount * quantity / self.quantity)
        if not self.amount:
            kept = yuan(self.list_price * max(quantity - self.quantity, 0))
        return max(kept + policy.difference(self.list_price, price, quantity), ZERO)


def agreed(order: Order, lines: Sequence[OrderLine]) -> dict[int, Agreed]:
    """For each line what its newest history row says that no change by hand wrote (SOP 1.1.f)."""
    by_hand = Act.objects.filter(order_no=order.order_no, verb="modify_products").values("pk")
    rows = OrderLine.history.filter(id__in=[line.pk for line in lines])
    rows = rows.exclude(history_change_reason__in=by_hand).order_by("history_id")
    first: dict[int, Any] = {row.id: row for row in rows}
    known = {line.pk: first.get(line.pk, line) for line in lines}
    prices = dict(
        Sku.objects.filter(pk__in=[row.sku_id for row in known.values()]).values_list("pk", "price")
    )
    return {
        key: Agreed(row.amount, row.quantity, prices.get(row.sku_id, row.price), row.sku_id)
        for key, row in known.items()
    }


def draft(order: Order, wanted: Sequence[Wanted]) -> Draft:
    """The change with its difference; what nobody touches keeps its price."""
    lines = list(order.lines.all())
    by_id, base = {line.pk: line for line in lines}, agreed(order, lines)
    found = []
    for want in wanted:
        line = by_id.get(want.line) if want.line else None
        if line is None and (want.line or not want.sku or not want.quantity):
            continue  # a line that somebody removed meanwhile, or an empty new one
        sku = None if line is not None and want.sku and want.sku.pk == line.sku_id else want.sku
        before = line.amount if line else ZERO
        after = _cost(line, base, sku, want.quantity)
        found.append(Drafted(line, sku, want.quantity, before, after))
    return Draft(found + _untouched(lines, found))


def _untouched(lines: Sequence[OrderLine], found: Sequence[Drafted]) -> list[Drafted]:
    """Lines that nobody named stay as they are."""
    named = {drafted.line.pk for drafted in found if drafted.line}
    rest = [line for line in lines if line.pk not in named]
    return [Drafted(line, None, line.quantity, line.amount, line.amount) for line in rest]


def _cost(
    line: OrderLine | None, base: dict[int, Agreed], sku: Sku | None, quantity: int
) -> Decimal:
    """What the line costs afterwards, yuan."""
    if quantity == 0:
        return ZERO
    if line is None:
        return yuan(sku.price * quantity) if sku else ZERO
    if sku is None and quantity == line.quantity:
        same: Decimal = line.amount
        return same
    at = base[line.pk]
    kept = at.list_price if line.sku_id == at.sku_id else line.price
    return at.cost(sku.price if sku else kept, quantity)


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
        plan = draft(order, wanted)
        check(order, plan)
        if plan.changed:
            lacks = lacking(plan)
            log.changed(_change(order, plan, by, now))
            log.tell(said(order, plan, order.due, now, lacks))
        log.noted(_summary(plan), clause="1.1.f")
    return log.act


def rewrite(order: Order, wanted: Sequence[Wanted], by: Actor, now: datetime) -> list[Change]:
    """Make the goods what they shall be, inside a running act. Raises Refused."""
    plan = draft(order, wanted)
    check(order, plan)
    return _change(order, plan, by, now) if plan.changed else []


def _change(order: Order, plan: Draft, by: Actor, now: datetime) -> list[Change]:
    """Write the lines, remember what the platform had said, and settle the money."""
    kept = signature(order.lines.all())
    order.before_hand = {"lines": kept} | order.before_hand
    freed = let_go_of(order, plan.changed, now)
    changes = [apply(order, drafted) for drafted in plan.changed]
    recount(order)
    order.modified_at = now
    before, order.due = order.due, order.due + plan.difference
    settle(order, "换货后", by=by, now=now)
    reserve_goods(order, now, freed)
    if order.due != before:
        changes.append(Change("应付", str(before), str(order.due)))
    return changes


def signature(lines: Iterable[OrderLine]) -> list[list[str]]:
    """What was ordered as a later import compares it (SOP 5.a)."""
    return [[line.code, line.title, line.spec, str(line.quantity)] for line in lines]


def check(order: Order, plan: Draft) -> None:
    """Raises Refused for a change that leaves nothing, sells what is not sold, or owes below 0."""
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
    if order.due + plan.difference < ZERO:
        no(
            "1.1.f",
            f"换货后应付会变成 {order.due + plan.difference} 元。",
            instead="核对商品金额；多退的部分走申请退款。",
        ).require()


def apply(order: Order, drafted: Drafted) -> Change:
    """Write one line; returns how it reads in the timeline."""
    line = drafted.line
    before = f"{line.label} × {line.quantity}" if line else ""
    if line is not None and drafted.quantity == 0:
        line.delete()
        return Change("商品", before, "")
    line = line or OrderLine(order=order)
    if drafted.sku is not None:
        put(line, drafted.sku)
    line.quantity, line.amount = drafted.quantity, drafted.after
    line.save()
    return Change("商品", before, f"{line.label} × {line.quantity}")


def let_go_of(order: Order, drafted: Iterable[Drafted], now: datetime) -> list[Move]:
    """What the lines that are about to change give back; for `reserve_goods` afterwards."""
    return [
        move
        for each in drafted
        if each.line is not None
        for move in let_go(each.line, order, now, 0 if each.sku else each.quantity)
    ]


def put(line: OrderLine, sku: Sku) -> None:
    """Make a line one of this SKU."""
    line.sku, line.code, line.style_no = sku, sku.code, sku.style_no
    line.title, line.colour, line.size = sku.name, sku.colour, sku.size
    line.spec, line.price = sku.spec, sku.price


def recount(order: Order) -> None:
    """What the order keeps of its lines: their sum, number and a summary."""
    lines = list(order.lines.all())
    order.goods_total = sum((line.amount for line in lines), ZERO)
    order.goods_count = sum(line.quantity for line in lines)
    order.goods_summary = summary(lines)


def summary(lines: Sequence[OrderLine]) -> str:
    """亚麻衬衫 藏青 L 等 2 种."""
    if not lines:
        return ""
    first = lines[0]
    spec = " ".join(p for p in (first.colour, first.size) if p) or first.spec
    text = f"{first.title} {spec}".strip()[:150]
    return f"{text} 等 {len(lines)} 种" if len(lines) > 1 else f"{text} × {first.quantity}"


@dataclass(frozen=True, slots=True)
class Lack:
    """Of what is wanted so many pieces are not there to be promised."""

    label: str
    available: int
    missing: int

    def __str__(self) -> str:
        return f"{self.label} 可用 {self.available} 件，缺 {self.missing} 件，改好以后是缺货。"


def lacking(plan: Draft) -> list[Lack]:
    """What the change asks for beyond what is there (SOP 1.3, 5.b); asked before it is made."""
    wanted = [(drafted, drafted.wants) for drafted in plan.changed if drafted.quantity]
    levels = StockLevel.objects.in_bulk([sku.pk for _, sku in wanted if sku])
    found = []
    for drafted, sku in wanted:
        level = levels.get(sku.pk) if sku else None
        missing = drafted.more - max(level.available, 0) if level else 0
        if level and missing > 0:
            found.append(Lack(drafted.label, max(level.available, 0), missing))
    return found


def said(order: Order, plan: Draft, due: Decimal, now: datetime, lacks: Sequence[Lack] = ()) -> Say:
    """The sentence for the customer, before the change (its preview) and after it; `due` then."""
    if lacks:
        short = "、".join(lack.label for lack in lacks)[:100]
        return Say("modify.products.short", {"goods": short})
    goods = "、".join(d.label for d in plan.changed if d.quantity)[:100] or "新的商品"
    values = {"goods": goods, "amount": str(due)}
    if not order.facts([]).needs_payment:
        terms = str(order.get_terms_display())
        return Say("modify.products.later", values | {"terms": terms})
    if order.state == OrderState.UNPAID:
        return Say("modify.products.unpaid", values)
    rest = due - order.total_paid
    if rest > ZERO:
        return Say("modify.products.dearer", {"goods": goods, "amount": str(rest)})
    if rest < ZERO:
        return _cheaper(order, {"goods": goods, "amount": str(-rest)}, now)
    return Say("modify.products.same", {"goods": goods})


def _cheaper(order: Order, values: dict[str, str], now: datetime) -> Say:
    """The difference goes back; what the platform keeps the buyer applies for there (1.5)."""
    payments = order.payments.filter(trade__gateway=Gateway.PLATFORM.value)
    if order.shop.channel in BY_HAND or not payments.exists():
        by = promise(now, REFUND_DAYS, office_calendar()).said
        return Say("modify.products.cheaper", values | {"by": by})
    opens = (order.paid_at or now) + timedelta(hours=order.shop.refund_opens_h)
    local = timezone.localtime(opens)
    when = f"在 {local.month} 月 {local.day} 日 {local:%H:%M} 以后" if now < opens else "现在"
    return Say("modify.products.cheaper.platform", values | {"opens": when})


def _summary(plan: Draft) -> str:
    if not plan.changed:
        return "商品没有变化"
    difference = plan.difference
    if difference > ZERO:
        return f"修改商品，补差价 {difference} 元"
    return f"修改商品，应退差价 {-difference} 元" if difference < ZERO else "修改商品，没有差价"
