"""Money and holds of an order that is split, put back in place; inside a running act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from core.acts import Actor
from core.money import ZERO
from orders.models import Hold, Order, OrderLine, Payment
from orders.parting import AMOUNTS, Cut, Goods, Money
from orders.services.hold import open_hold
from orders.services.products import summary
from orders.words import HoldKind, HoldState, PayerSide


def money_of(order: Order) -> Money:
    return Money(*(getattr(order, name) for name in AMOUNTS))


def put_money(order: Order, money: Money) -> None:
    for name in AMOUNTS:
        setattr(order, name, getattr(money, name))


def goods_of(lines: Iterable[OrderLine]) -> list[Goods]:
    return [
        Goods(line.pk, line.label, line.quantity, line.amount, line.price, reserved_of(line))
        for line in lines
    ]


def reserved_of(line: OrderLine) -> int:
    """How many of its pieces lie on the shelf for it."""
    return line.reserved


def put_reserved(line: OrderLine, pieces: int) -> None:
    """So many are kept for it from now on; one that has all it needs is short no more."""
    line.reserved = pieces
    if pieces >= line.quantity:
        line.short_since = None


def summarise(order: Order) -> None:
    """What the order says of its lines, without touching the money."""
    lines = list(order.lines.all())
    order.goods_count = sum(line.quantity for line in lines)
    order.goods_summary = summary(lines)


def move_shares(order: Order, to: Order, amount: Decimal, side: PayerSide) -> None:
    """Move so much of the order's payments, oldest first; each trade keeps its sum.

    A share that moves remembers the platform's order that it paid (architecture §4).
    """
    shares = order.payments.filter(reversed=False, side=side.value).order_by("at", "id")
    for share in shares:
        part = min(share.amount, amount)
        if part <= ZERO:
            break
        amount -= part
        home = share.came_with_id or order.pk
        if part == share.amount:
            share.order, share.came_with_id = to, home
        else:
            share.amount -= part
            Payment.objects.create(
                order=to,
                trade_id=share.trade_id,
                side=share.side,
                amount=part,
                at=share.at,
                came_with_id=home,
            )
        share.save()


FIRST, SECOND, BOTH = "first", "second", "both"


def share_holds(
    order: Order,
    second: Order,
    cuts: Sequence[Cut],
    moved_to: Mapping[int, int],
    *,
    waits: str,
    by: Actor,
    now: datetime,
) -> None:
    """What holds the order, for each of the two; inside a running act (SOP 1.3.d).

    A line's stock-out goes with the pieces that are missing; what is to be checked holds both;
    for the rest a person says in `waits` which of the two waits. `moved_to`: line → its new one.
    """
    by_line = {str(c.goods.line): c for c in cuts}
    for hold in Hold.objects.filter(order=order, state=HoldState.OPEN.value).order_by("id"):
        line = by_line.get(hold.cause) if hold.kind == HoldKind.STOCK_OUT else None
        cause, (moved, kept) = hold.cause, (hold.reason, hold.reason)
        if line is not None:
            goes, stays = _missing(line)
            cause = str(moved_to.get(line.goods.line, hold.cause))
            moved, kept = line.reworded(hold.reason)
        elif hold.kind == HoldKind.REVIEW:
            goes = stays = True
        else:
            goes, stays = waits != FIRST, waits != SECOND
        if goes and stays:
            kind, until = HoldKind(hold.kind), hold.until
            open_hold(second, kind, moved, by=by, now=now, cause=cause, until=until)
        elif goes:
            hold.order, hold.cause, kept = second, cause, moved
        if hold.order == second or kept != hold.reason:
            hold.reason = kept
            hold.save()


def _missing(line: Cut) -> tuple[bool, bool]:
    """Is something missing of the pieces that go, and of those that stay?"""
    if not line.kept or not line.moved:  # the whole line is on one side
        return line.moved > 0, line.kept > 0
    goes = line.moved > line.reserved
    stays = line.kept > line.kept_reserved
    return goes, stays or not goes
