"""The shelf has less than was promised: the newest reservations lose first (SOP 1.3, 5.b)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.verdict import no
from orders.models import Order, OrderLine
from orders.services.stocking import let_go, settle_goods
from orders.words import OrderState
from stock.models import StockLevel
from stock.services import ledger
from stock.services.ledger import Move
from stock.words import MovementKind

MOST = 500  # reservations that one correction may take away


def losers(sku_id: int, change: int) -> list[Order]:
    """The orders that lose goods when on-hand changes so: read before the act that locks them."""
    level = StockLevel.objects.filter(sku=sku_id).first()
    lack = level.reserved - level.on_hand - change if level else 0
    return [line.order for line, _ in _taken(sku_id, lack)]


def correct_stock(
    sku_id: int,
    change: int,
    orders: Sequence[Order],
    *,
    why: MovementKind,
    ref: str,
    note: str,
    now: datetime,
) -> int:
    """Change on-hand inside an act that has locked `orders` (see `losers`).

    What is then promised too much is taken from the newest of the orders that nobody has begun;
    each becomes short and waits. Says how many orders lost goods. Raises Refused.
    """
    move = Move(sku_id, why, ref, on_hand=change, note=note)
    level = ledger.lock_levels([sku_id]).get(sku_id)
    lack = level.reserved - level.on_hand - change if level else 0
    if lack <= 0:
        _require(level, change)
        ledger.change_all([move], now)
        return 0
    _require(level, change)
    by_id, freed = {order.pk: order for order in orders}, list[Move]()
    for line, pieces in _taken(sku_id, lack):
        order = by_id.get(line.order_id)
        if order is None:
            no("5.b", "刚刚又有订单占了货。", instead="再按一次，按现在的占用重新算。").require()
            raise AssertionError
        freed += let_go(line, order, now, keep=line.reserved - pieces)
        line.save(update_fields=["reserved", "short_since"])
    if sum(-each.reserved for each in freed) < lack:
        no(
            "5.b",
            f"有 {lack} 件已经被占、又没有货，其中有的订单仓库已经开始配了。",
            instead="先在配货台报缺，或请求拦截，再来认可。",
        ).require()
    settle_goods(list(by_id.values()), now, [*freed, move])
    return len(by_id)


def _require(level: StockLevel | None, change: int) -> None:
    if change < 0 and (level is None or level.on_hand + change < 0):
        there = level.on_hand if level else 0
        no(
            "5.b",
            f"账上只剩 {there} 件，减不了 {-change} 件。",
            instead="盘点以后货又出去了，请复盘。",
        ).require()


def _taken(sku_id: int, lack: int) -> list[tuple[OrderLine, int]]:
    """From whom so many pieces are taken: the newest that nobody has begun; with how many."""
    if lack <= 0:
        return []
    held = OrderLine.objects.filter(sku=sku_id, reserved__gt=0)
    held = held.filter(order__state__in=[OrderState.PAID.value, OrderState.UNPAID.value])
    found = []
    for line in held.select_related("order__shop").order_by("-order_id", "-id")[:MOST]:
        pieces = min(line.reserved, lack)
        found.append((line, pieces))
        lack -= pieces
        if not lack:
            break
    return found
