"""Goods that are not there: another person looks, then stock is corrected (SOP 2.d)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from core.acts import Actor, Change, Log, lock, together
from core.verdict import no
from orders.models import Order
from orders.services.hold import open_hold
from orders.services.stocking import lose_goods
from orders.words import HoldKind
from stock.services import ledger
from stock.words import MovementKind
from warehouse import policy
from warehouse.models import Parcel, ParcelLine, ShortPick, Wave
from warehouse.selectors.parcels import wanted
from warehouse.selectors.pick import picking
from warehouse.services.pick import finish_if_done
from warehouse.services.steps import parcel_act, require, save_counts
from warehouse.services.waybills.void import void
from warehouse.words import Step


def tell_next(wave: Wave, *, by: Actor, now: datetime) -> ShortPick:
    """The next goods of the walk are not on their shelf (SOP 2.d). Raises Refused."""
    told = ShortPick.objects.filter(line__parcel__wave=wave, looked_at__isnull=True)
    waiting = picking(wave).exclude(pk__in=told.values("line"))
    line = waiting.order_by("sku__shelf", "sku_id", "parcel__slot").first()
    if line is None:
        no("2.d", "没有等配的商品可以报缺。").require()
        raise AssertionError
    return tell_short(line, Step.PICK, by=by, now=now)


def tell_missing(parcel: Parcel, *, by: Actor, now: datetime) -> ShortPick:
    """What the verify station misses is nowhere to be found (SOP 2.e). Raises Refused."""
    line = next((each for each in parcel.goods if each.left_to_verify > 0), None)
    if line is None:
        no("2.e", "商品已经齐了，没有缺的。").require()
        raise AssertionError
    return tell_short(line, Step.VERIFY, by=by, now=now)


def tell_short(line: ParcelLine, step: Step, *, by: Actor, now: datetime) -> ShortPick:
    """The rest of a line was not found; another person looks (SOP 2.d). Raises Refused."""
    with together():
        parcel = lock(Parcel(pk=line.parcel_id))
        require(parcel, step)
        line.refresh_from_db(fields=["picked", "verified", "to_check"])
        line.parcel = parcel
        left = line.left_to_pick if step is Step.PICK else line.left_to_verify
        try:
            with transaction.atomic():
                return ShortPick.objects.create(
                    line=line, quantity=left, by_id=by.user_id or 0, at=now
                )
        except IntegrityError:
            no(
                "2.d",
                f"{line.sku.label} 已经报缺了",
                instead="请另一个人在“报缺复核”里确认。",
            ).require()
            raise


def look(short: ShortPick, *, found: bool, by: Actor, now: datetime) -> Parcel:
    """The second person's look: found, or the stock is wrong (SOP 2.d, 1.3).

    Not found: the stock is corrected, the line held as out of stock, the order goes back to
    service and its parcel is stopped. Raises Refused.
    """
    parcel = Parcel.objects.select_related("order").get(lines=short.line_id)
    with parcel_act("look_for_short", parcel, by=by, now=now) as (order, row, log):
        fresh = ShortPick.objects.select_related("line__sku").get(pk=short.pk)
        if fresh.looked_at is not None:
            no("2.d", "已经有人复核过了。").require()
        policy.may_look_again(fresh.by_id, by.user_id).require()
        ShortPick.objects.filter(pk=short.pk).update(
            looked_by=by.user_id, looked_at=now, found=found
        )
        goods = f"{fresh.line.sku.label} × {fresh.quantity}"
        if found:
            log.noted(f"报缺复核：找到了 {goods}", clause="2.d")
            return row
        move = ledger.Move(
            fresh.line.sku_id,
            MovementKind.SHORT_PICK,
            order.order_no,
            on_hand=-fresh.quantity,
            note=row.number,
        )
        lose_goods(order, fresh.line.line_id, move, now, replace=False)
        _out_of_stock(order, row, fresh.line, log, now, by)
        log.noted(f"报缺复核：没有 {goods}，退回客服", clause="2.d")
    return row


def defect(parcel: Parcel, *, by: Actor, now: datetime) -> ParcelLine:
    """The piece that waits for its quality tick is bad: to defect stock, another one is taken.

    Where there is none the line is out of stock and the order goes back (SOP 5.f). Raises Refused.
    """
    with parcel_act("defect", parcel, by=by, now=now) as (order, row, log):
        require(row, Step.VERIFY)
        policy.may_tick_quality(wanted(row.goods)).require()
        line = next(each for each in row.goods if each.to_check)
        line.to_check -= 1
        save_counts(line)
        move = ledger.Move(
            line.sku_id,
            MovementKind.DEFECT,
            order.order_no,
            on_hand=-1,
            defect=1,
            note=row.number,
        )
        log.noted(f"次品：{line.sku.label}", clause="5.f")
        if not lose_goods(order, line.line_id, move, now, replace=True):
            _out_of_stock(order, row, line, log, now, by)
    return line


def _out_of_stock(
    order: Order,
    parcel: Parcel,
    line: ParcelLine,
    log: Log,
    now: datetime,
    by: Actor,
) -> None:
    """Hold the line, send the order back (SOP 1.3.a): inside the act."""
    order.recall()
    reason = f"仓库没有找到：{line.sku.label}"
    open_hold(order, HoldKind.STOCK_OUT, reason, by=by, now=now, cause=str(line.line_id))
    parcel.stop(now, f"缺货：{line.sku.label}")
    void([parcel], now=now)
    log.changed([Change("状态", "配货中", "已付款"), Change("挂起", "", "缺货")], order)
    finish_if_done(parcel)
