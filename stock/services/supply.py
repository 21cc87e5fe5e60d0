"""Short goods: bought or made, step by step, until they are on the shelf (SOP 5.d)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from core.acts import Actor, Change, Log, act, act_on, current_act
from core.models import Act
from core.verdict import no
from stock import policy
from stock.models import Arrival, Sku, Supply
from stock.services import ledger
from stock.words import MovementKind, SupplyKind, SupplyState

S = SupplyState


def draft_supply(
    sku: Sku, quantity: int, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Supply:
    """Make a draft for a SKU: a production order where it is made here, else a purchase.

    Raises Repeated, Refused.
    """
    rows: list[Supply] = []
    with act_on("draft_supply", rows, by=by, now=now, token=token, clause="5.d") as (_, log):
        policy.may_draft(sold=sku.active and not sku.is_top_up).require()
        kind = SupplyKind.PRODUCTION if sku.made else SupplyKind.PURCHASE
        supply = Supply(kind=kind.value, sku=sku, quantity=quantity, made_at=now)
        supply.by_id, supply.by_name = by.user_id, by.name
        supply.save()
        log.about(supply)
        log.noted(f"建{kind.label}单：{sku.label} {quantity} 件")
    return supply


@contextmanager
def _step(
    verb: str, supply: Supply, to: SupplyState, common: dict[str, Any]
) -> Iterator[tuple[Supply, Log]]:
    """An act that takes a supply one step on, under its rule."""
    with act(verb, supply, clause="5.d", **common) as (row, log):
        policy.may_step(row.facts(), to).require()
        before = row.get_state_display()
        yield row, log
        log.changed([Change("状态", before, row.get_state_display())])


def order_supply(supply: Supply, supplier: str, expected_on: date, **common: Any) -> Act:
    """The supplier has the order, and has named a day (SOP 5.d). Raises Refused, Conflict, …

    `common`: by, now, seen, token, as in every act here.
    """
    with _step("order_supply", supply, S.ORDERED, common) as (row, log):
        row.order(supplier, expected_on)
        _dated(row, None, log)
        log.changed([Change("供应商", "", supplier)])
        log.noted(f"向{supplier}下单 {row.quantity} 件，预计 {expected_on:%m-%d} 到货")
    return log.act


def confirm_materials(supply: Supply, note: str, **common: Any) -> Act:
    """What it is made of is there (SOP 5.d). Raises Refused, Conflict, Repeated."""
    with _step("confirm_materials", supply, S.MATERIALS, common) as (row, log):
        row.have_materials()
        log.noted("物料已齐", reason=note)
    return log.act


def schedule_supply(supply: Supply, due: date, **common: Any) -> Act:
    """It gets a production due date (SOP 5.d). Raises Refused, Conflict, Repeated."""
    with _step("schedule_supply", supply, S.SCHEDULED, common) as (row, log):
        row.schedule(due)
        _dated(row, None, log)
        log.noted(f"排产：{due:%m-%d} 前完工 {row.quantity} 件")
    return log.act


def check_sample(supply: Supply, passed: bool, note: str, **common: Any) -> Act:
    """A sample was checked; one that is not right keeps the step where it is (SOP 5.d).

    Raises Refused, Conflict, Repeated.
    """
    with act("check_sample", supply, clause="5.d", **common) as (row, log):
        policy.may_step(row.facts(), S.SAMPLED).require()
        if passed:
            row.pass_sample()
            log.changed([Change("状态", S.SCHEDULED.label, row.get_state_display())])
        log.noted("样品合格" if passed else "样品不合格，要重做", reason=note)
    return log.act


def assemble_supply(supply: Supply, note: str, **common: Any) -> Act:
    """All pieces are made (SOP 5.d). Raises Refused, Conflict, Repeated."""
    with _step("assemble_supply", supply, S.ASSEMBLED, common) as (row, log):
        row.assemble()
        log.noted("完工，等入库", reason=note)
    return log.act


def change_supply(supply: Supply, quantity: int, **common: Any) -> Act:
    """Another quantity, before anybody outside knows of it. Raises Refused, Conflict, Repeated."""
    with act("change_supply", supply, clause="5.d", **common) as (row, log):
        policy.may_change(row.facts()).require()
        log.changed([Change("数量", str(row.quantity), str(quantity))])
        log.noted(f"数量改成 {quantity} 件")
        row.quantity = quantity
    return log.act


def move_expected(supply: Supply, expected_on: date, why: str, **common: Any) -> Act:
    """Another expected day; who waits for the goods is told (SOP 5.d). Raises Refused, …"""
    with act("move_expected", supply, clause="5.d", **common) as (row, log):
        policy.may_postpone(row.facts()).require()
        if row.expected_on == expected_on:
            no("5.d", f"本来就是 {expected_on:%m-%d}，没有变。").require()
        before, row.expected_on = row.expected_on, expected_on
        _dated(row, before, log)
        log.noted(f"预计到货改成 {expected_on:%m-%d}", reason=why)
    return log.act


def receive_supply(
    supply: Supply, good: int, defect: int, note: str, *, over: bool = False, **common: Any
) -> Act:
    """Pieces arrived: good ones go to the stock, defect ones beside it (SOP 5.d).

    Whoever waits for them longest gets them next: the level says that it was freed. `over`: more
    than was ordered is kept. Raises Refused, Conflict, Repeated.
    """
    with act("receive_supply", supply, clause="5.d", **common) as (row, log):
        policy.may_receive(row.facts(), good, over=over).require()
        before, now = row.get_state_display(), current_act().at
        row.take(good, defect, now)
        by = common["by"]
        Arrival.objects.create(
            supply=row, good=good, defect=defect, note=note, at=now, by_name=by.name
        )
        why = MovementKind.MADE if row.kind == SupplyKind.PRODUCTION else MovementKind.RECEIVED
        ledger.change(
            row.sku_id, why=why, ref=row.number, on_hand=good, defect=defect, note=note, now=now
        )
        after = row.get_state_display()
        log.changed([Change("状态", before, after)] if before != after else [])
        bad = f"，次品 {defect} 件" if defect else ""
        log.noted(f"到货：良品 {good} 件{bad}", reason=note)
    return log.act


def cancel_supply(supply: Supply, why: str, **common: Any) -> Act:
    """What has not come is not waited for any more (SOP 5.d). Raises Refused, Conflict, …"""
    with act("cancel_supply", supply, clause="5.d", **common) as (row, log):
        policy.may_cancel(row.facts()).require()
        before, now = row.get_state_display(), current_act().at
        missing, waited_for = row.missing, row.expected_on is not None
        row.give_up(why, now)
        row.moved_at = now if waited_for else None
        log.changed([Change("状态", before, row.get_state_display())])
        log.noted(f"没有到的 {missing} 件不再等", reason=why)
    return log.act


def told(supply: Supply, moved_at: datetime) -> None:
    """Who waits for the goods knows the date of `moved_at`; a newer one is told of once more."""
    Supply.objects.filter(pk=supply.pk, moved_at=moved_at).update(moved_at=None)


def _dated(row: Supply, before: date | None, log: Log) -> None:
    """The day is known, or is another one: the orders that wait for it have to learn it."""
    row.moved_at = current_act().at
    said = f"{before:%Y-%m-%d}" if before else ""
    log.changed([Change("预计到货", said, f"{row.expected_on:%Y-%m-%d}")])
