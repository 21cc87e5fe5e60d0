"""Goods that are kept for orders: reserve, free, consume (SOP 5.b, 1.3; decision 0021).

A line's reservation is its own column; together they are what the stock level says. All run
inside an act that has locked the orders; the levels are locked once, in the order of their SKUs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from core import bulk
from core.acts import Actor, current_act
from orders import policy
from orders.models import Hold, Order, OrderLine
from orders.services.allot import Need, allot
from orders.services.hold import end_holds, goods_went, open_hold, raise_calls
from orders.words import HoldKind, OrderState
from stock.services.ledger import Book, Move
from stock.words import MovementKind

K = MovementKind


def reserve_goods(order: Order, now: datetime, freed: Sequence[Move] | None = None) -> list[Need]:
    """Keep what is there for an order that shall have it; free it where it shall not.

    A line that is short gets a `stock_out` hold; one that is short no more loses it. `freed`: what
    lines let go that were changed (`let_go`), done first. Returns the lines as they stand now.
    """
    return settle_goods([order], now, freed)


def settle_goods(
    orders: Sequence[Order], now: datetime, freed: Sequence[Move] | None = None
) -> list[Need]:
    """Bring what is kept for these orders in line with their states (SOP 5.b).

    Shipped elsewhere (a platform says so): what we had kept is gone, and nothing else of ours.
    """
    by_id = {order.pk: order for order in orders}
    needs = _needs(orders)
    book = Book.of({need.sku for need in needs} | {move.sku_id for move in freed or ()}, now)
    for move in freed or ():
        book.move(move)
    kept, over = list[Need](), list[Need]()
    for need in needs:
        order = by_id[need.order]
        if policy.keeps_goods(order.facts([]), on_order=order.shop.reserve_on_order):
            need.waits = order.state != OrderState.UNPAID
            kept.append(need)
        else:
            _release(need, book, gone=order.state in policy.GONE)
            over.append(need)
    allot(kept, book, now)
    book.write()
    _save(needs)
    for order in orders:
        _hold(order, [n for n in kept if n.order == order.pk], now, swapped=freed is not None)
    _end_short(orders, over, "", now)
    return needs


def let_go(line: OrderLine, order: Order, now: datetime, keep: int = 0) -> list[Move]:
    """A line that changes keeps at most so many pieces; call it before the line is saved.

    The moves belong to the `reserve_goods` that follows: all levels are locked at once.
    """
    given = line.reserved - min(line.reserved, keep)
    if line.short_since is not None and not keep:
        end_holds(order, HoldKind.STOCK_OUT, "商品换掉了", now, str(line.pk))
        line.short_since = None
    line.reserved -= given
    if not given:
        return []
    return [Move(line.sku_id or 0, K.FREED, order.order_no, reserved=-given)]


def free_goods(order: Order, why: str, now: datetime) -> None:
    """Give back what is kept for an order, whatever its state (SOP 1.2.e, 2.a)."""
    free_all([order], why, now)


def free_all(orders: Sequence[Order], why: str, now: datetime) -> None:
    """The same for many orders, in a fixed number of statements where no line was short."""
    needs = _needs(orders, Q(reserved__gt=0) | Q(short_since__isnull=False))
    book = Book.of((need.sku for need in needs), now)
    for need in needs:
        _release(need, book, gone=False)
    book.write()
    _save(needs)
    _end_short(orders, needs, why, now)


def consume_goods(order: Order, now: datetime) -> None:
    """It left our warehouse: what was kept goes out, and what else of it the shelf had (2.g).

    More than the level knows cannot go out of it: the stock-take finds what was miscounted.
    """
    needs = _needs([order])
    book = Book.of((need.sku for need in needs), now)
    for need in needs:
        level = book.levels.get(need.sku)
        if level is not None:
            out = need.reserved + min(need.missing, level.available)
            _release(need, book, gone=True, out=out)
    book.write()
    _save(needs)
    _end_short([order], needs, "已发货", now)


def put_back(order: Order, now: datetime) -> None:
    """A parcel that had left the books came back before the carrier had it (1.2.b): its pieces
    lie on the shelf again, and are kept for the order as before."""
    needs = _needs([order])
    book = Book.of((need.sku for need in needs), now)
    for need in needs:
        if need.sku in book.levels and need.missing:
            back = need.missing
            book.move(Move(need.sku, K.RETURNED, need.ref, on_hand=back, reserved=back))
            need.reserved, need.short_since = need.quantity, None
    book.write()
    _save(needs)


def lose_goods(order: Order, line: int, move: Move, now: datetime, *, replace: bool) -> bool:
    """Pieces of a line are not there, or bad (SOP 2.d, 5.f): the level is corrected.

    `replace`: other pieces that are free take their place, else the line waits for goods. Says
    whether it has all it needs. Nothing that others were promised is taken: what the level cannot
    give, the stock-take finds.
    """
    need = next((each for each in _needs([order], Q(pk=line))), None)
    book = Book.of([move.sku_id], now)
    level = book.levels.get(move.sku_id)
    if need is None or level is None:
        return False
    lost = min(-move.on_hand, level.available + need.reserved)
    kept = min(need.reserved, level.on_hand - lost) if replace else max(need.reserved - lost, 0)
    kept = min(kept, level.available + need.reserved - lost)
    book.move(
        dataclasses.replace(
            move,
            on_hand=-lost,
            reserved=kept - need.reserved,
            defect=min(move.defect, lost),
        )
    )
    need.reserved = kept
    if need.missing:
        need.short_since = need.short_since or now
    book.write()
    _save([need])
    return not need.missing


def _needs(orders: Sequence[Order], where: Q | None = None) -> list[Need]:
    """The lines that need stock: not those without SKU, nor mere differences in price."""
    numbers = {order.pk: order.order_no for order in orders}
    lines = OrderLine.objects.filter(order__in=list(numbers), sku__is_top_up=False)
    if where is not None:
        lines = lines.filter(where)
    return [Need.of(line, numbers[line.order_id]) for line in lines]


def _release(need: Need, book: Book, *, gone: bool, out: int | None = None) -> None:
    """Nothing is kept any more: it goes back to the others, or out of the house (`gone`)."""
    out = need.reserved if out is None else out
    if need.reserved or out:
        why, leaves = (K.SHIPPED, -out) if gone else (K.FREED, 0)
        book.move(Move(need.sku, why, need.ref, on_hand=leaves, reserved=-need.reserved))
    need.reserved, need.short_since = 0, None


def _save(needs: Sequence[Need]) -> None:
    rows = [[need.line, need.reserved, need.short_since] for need in needs if need.changed]
    bulk.change(OrderLine, ("reserved", "short_since"), rows, history=False)


# -- the holds of what is missing (SOP 1.3) ---------------------------------------------------


def _hold(order: Order, needs: Sequence[Need], now: datetime, *, swapped: bool) -> None:
    """Open, word anew and end the holds of its lines, as far as any line was or is short."""
    for need in needs:
        if need.became_short and order.state == OrderState.PAID:
            _open(order, need, now)
        elif need.became_whole:
            end_holds(order, HoldKind.STOCK_OUT, "货齐了", now, str(need.line))
        elif need.changed and need.short_since and _is_held(order, need):
            _open(order, need, now)
    if any(need.became_short for need in needs):
        goods_went(order)
    arrived = any(need.became_whole for need in needs)
    if (swapped or arrived) and not any(need.short_since for need in needs):
        end_holds(order, HoldKind.GOODS, "货齐了", now, None)
        if arrived and not swapped:
            raise_calls(order, now)


def _open(order: Order, need: Need, now: datetime) -> None:
    act = current_act()
    by = Actor(act.actor_kind, act.actor_name, act.actor_id)
    open_hold(order, HoldKind.STOCK_OUT, need.said, by=by, now=now, cause=str(need.line))


def _is_held(order: Order, need: Need) -> bool:
    """A hold that somebody lifted by hand is not opened again."""
    held = Hold.objects.filter(order=order, kind=HoldKind.STOCK_OUT.value, state="open")
    return held.filter(cause=str(need.line)).exists()


def _end_short(orders: Sequence[Order], needs: Sequence[Need], why: str, now: datetime) -> None:
    short = {need.order for need in needs if need.became_whole}
    for order in orders:
        if order.pk in short:
            said = why or f"订单{order.get_state_display()}"
            end_holds(order, HoldKind.STOCK_OUT, said, now, None)
