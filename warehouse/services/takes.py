"""Count the shelves, blind, and accept what differs by a second person (SOP 5.b)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Sum

from core.acts import Actor, Change, act, act_on
from core.bulk import next_ids, write
from core.models import Act
from core.verdict import no
from orders.services.correct import correct_stock, losers
from stock.services import ledger
from stock.words import MovementKind
from warehouse import take_policy as policy
from warehouse.models import StockTake, TakeCount, TakeLine
from warehouse.selectors.takes import MOST, counters, differences, in_scope, on_shelf, pending
from warehouse.words import TakeLineState, TakeState

MOST_PIECES = 1_000_000


def begin_take(
    shelf: str,
    codes: Sequence[str],
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> StockTake:
    """Begin a stock-take of a zone or of a list of SKUs (SOP 5.b). Raises Refused, Repeated."""
    goods = list(in_scope(shelf, codes).order_by("shelf", "id")[: MOST + 1])
    if not goods:
        no(
            "5.b", "这个范围里没有商品。", instead="看看货位是不是写对了，或者填商家编码。"
        ).require()
    if len(goods) > MOST:
        no("5.b", f"这个范围超过 {MOST} 种商品。", instead="按货位分几次盘。").require()
    title = f"货位 {shelf}" if not codes else f"{goods[0].label} 等 {len(goods)} 种"
    rows: list[StockTake] = []
    with act_on("begin_take", rows, by=by, now=now, token=token, clause="5.b") as (_, log):
        take = StockTake(title=title, begun_at=now, by_name=by.name)
        take.save()
        ids = next_ids(TakeLine, len(goods))
        names = ("id", "take_id", "sku_id", "shelf")
        values = [[k, take.pk, sku.pk, sku.shelf] for k, sku in zip(ids, goods, strict=True)]
        write(TakeLine, names, values)
        log.about(take)
        log.noted(f"开始盘点：{title}，{len(goods)} 种")
    return take


def count(
    line: TakeLine, quantity: int, *, by: Actor, now: datetime, again: bool = False, **about: Any
) -> Act:
    """Count pieces of a line: added to what this person counted, or (`again`) instead of it.

    What the shelf should have is read at this moment, so that what moves later is no difference.
    Raises Refused, Repeated.
    """
    with act("count_stock", line, by=by, now=now, clause="5.b", **about) as (row, log):
        take = StockTake.objects.get(pk=row.take_id)
        policy.may_count(TakeState(take.state), TakeLineState(row.state)).require()
        mine = TakeCount.objects.filter(line=row, round=row.round, by_id=by.user_id).first()
        mine = mine or TakeCount(line=row, round=row.round, by_id=by.user_id or 0, quantity=0)
        mine.quantity, mine.at = quantity if again else mine.quantity + quantity, now
        if mine.quantity > MOST_PIECES:
            no("5.b", "数量太大了。", instead="是不是把条码扫进了数量？").require()
        mine.save()
        ledger.lock_levels([row.sku_id])
        total = TakeCount.objects.filter(line=row, round=row.round).aggregate(n=Sum("quantity"))
        row.count(total["n"] or 0, on_shelf(row.sku_id), now)
        log.noted(f"数到 {mine.quantity} 件：{row.sku.label}")
    return log.act


def accept(line: TakeLine, **common: Any) -> Act:
    """A second person accepts a difference: the stock is what was counted (SOP 5.b).

    What then was promised too much is taken from the newest orders, which become short (1.3).
    Raises Refused, Conflict, Repeated.
    """
    by, now = common["by"], common["now"]
    orders = losers(line.sku_id, line.difference or 0)
    rows: list[Any] = [line, *orders]
    with act_on("accept_count", rows, clause="5.b", **common) as ((row, *held), log):
        take = StockTake.objects.get(pk=row.take_id)
        facts = row.facts(counters([row])[row.pk])
        policy.may_accept(TakeState(take.state), facts, by.user_id).require()
        change = row.difference or 0
        lost = correct_stock(
            row.sku_id,
            change,
            held,
            why=MovementKind.COUNTED,
            ref=f"PD{take.pk}",
            note=f"账面 {row.booked}，实盘 {row.counted}",
            now=now,
        )
        row.accept(by.name, now)
        log.changed([Change("盘点差异", str(row.booked), str(row.counted))], row)
        short = f"；{lost} 单的货不够了，已挂起缺货" if lost else ""
        log.noted(f"认可差异 {change:+d} 件：{row.sku.label}{short}")
    return log.act


def recount(line: TakeLine, **common: Any) -> Act:
    """What was counted of it does not count; it is counted again. Raises Refused, Conflict, …"""
    with act("recount_stock", line, clause="5.b", **common) as (row, log):
        take = StockTake.objects.get(pk=row.take_id)
        policy.may_recount(TakeState(take.state), row.facts(frozenset())).require()
        log.changed([Change("实盘", str(row.counted), "")])
        log.noted(f"复盘：{row.sku.label}")
        row.recount()
    return log.act


def finish_take(take: StockTake, **common: Any) -> Act:
    """All is counted and accepted. Raises Refused, Conflict, Repeated."""
    with act("finish_take", take, clause="5.b", **common) as (row, log):
        open_ones, left = bool(differences(row)), pending(row).exists()
        policy.may_finish(TakeState(row.state), pending=left, open_differences=open_ones).require()
        row.finish(common["now"])
        log.changed([Change("状态", TakeState.OPEN.label, TakeState.DONE.label)])
        log.noted("盘点完")
    return log.act


def cancel_take(take: StockTake, why: str, **common: Any) -> Act:
    """Give it up; what was accepted stays. Raises Refused, Conflict, Repeated."""
    with act("cancel_take", take, clause="5.b", **common) as (row, log):
        policy.may_cancel(TakeState(row.state)).require()
        row.cancel(common["now"])
        log.changed([Change("状态", TakeState.OPEN.label, TakeState.CANCELLED.label)])
        log.noted("取消盘点", reason=why)
    return log.act
