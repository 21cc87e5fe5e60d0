"""Every change of a stock level is a movement: why, for what, who, before → after (SOP 5.b)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from core.acts import Actor, act_on
from orders.services.stock_check import check_stock
from staff.models import Notice
from stock.factories import SkuFactory
from stock.models import Movement, Sku, StockLevel
from stock.services import ledger
from stock.services.ledger import Move, ShortOfStock
from stock.words import MovementKind

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
K = MovementKind


def move(by: Actor, *moves: Move) -> dict[int, StockLevel]:
    rows: list[Sku] = []
    with act_on("adjust_stock", rows, by=by, now=NOW):
        return ledger.change_all(moves, NOW)


@pytest.fixture
def sku(db: None) -> Sku:
    return SkuFactory.create(on_hand=5)


def test_a_movement_tells_why_who_and_before_and_after(sku: Sku, by: Actor) -> None:
    rows: list[Sku] = []
    with act_on("adjust_stock", rows, by=by, now=NOW) as (_, log):
        level = ledger.change(sku.pk, on_hand=3, why=K.RECEIVED, ref="R1", now=NOW, note="补一箱")
    assert (level.on_hand, level.available) == (8, 8)
    told = Movement.objects.get(why="received")
    assert (told.on_hand_before, told.on_hand, told.reserved_before, told.reserved) == (5, 8, 0, 0)
    assert (told.ref, told.note, told.by_name, told.at) == ("R1", "补一箱", by.name, NOW)
    assert told.act == log.act.pk
    assert StockLevel.objects.get(sku=sku).on_hand == 8


def test_a_new_sku_opens_its_ledger(sku: Sku) -> None:
    told = Movement.objects.get(sku=sku)
    assert (told.get_why_display(), told.on_hand_before, told.on_hand) == ("期初", 0, 5)


def test_moves_of_one_sku_come_one_after_the_other(sku: Sku, by: Actor) -> None:
    levels = move(
        by,
        Move(sku.pk, K.ADJUSTED, "R1", on_hand=2),
        Move(sku.pk, K.ADJUSTED, "R2", on_hand=-3),
    )
    assert levels[sku.pk].on_hand == 4
    told = Movement.objects.filter(why="adjusted").order_by("id")
    assert [(m.ref, m.on_hand_before, m.on_hand) for m in told] == [("R1", 5, 7), ("R2", 7, 4)]


@pytest.mark.parametrize(
    "amounts", [{"on_hand": -6}, {"reserved": 6}, {"reserved": -1}, {"defect": -1}], ids=str
)
def test_nobody_promises_or_takes_what_is_not_there(
    sku: Sku, by: Actor, amounts: dict[str, Any]
) -> None:
    with pytest.raises(ShortOfStock) as error:
        move(by, replace(Move(sku.pk, K.ADJUSTED), **amounts))
    assert (error.value.sku_id, error.value.available) == (sku.pk, 5)
    assert Movement.objects.filter(sku=sku).count() == 1


def test_the_database_refuses_more_promised_than_there_is(sku: Sku) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        StockLevel.objects.filter(sku=sku).update(reserved=6)


def test_defects_are_no_stock_to_sell(sku: Sku, by: Actor) -> None:
    level = move(by, Move(sku.pk, K.DEFECT, on_hand=-1, defect=1))[sku.pk]
    assert (level.on_hand, level.defect, level.available) == (4, 1, 4)


def test_goods_whose_stock_was_not_kept_get_a_level_when_some_come(db: None, by: Actor) -> None:
    sku = SkuFactory.create(on_hand=None)
    assert move(by, Move(sku.pk, K.RECEIVED, on_hand=4))[sku.pk].on_hand == 4


def test_more_to_sell_marks_the_level_for_those_who_wait(sku: Sku, by: Actor) -> None:
    assert move(by, Move(sku.pk, K.ADJUSTED, on_hand=-1))[sku.pk].freed_at is None
    assert move(by, Move(sku.pk, K.RECEIVED, on_hand=1))[sku.pk].freed_at == NOW


def test_many_levels_cost_as_many_statements_as_one(
    by: Actor, django_assert_num_queries: Any
) -> None:
    skus = [SkuFactory.create() for _ in range(20)]
    rows: list[Sku] = []
    with act_on("adjust_stock", rows, by=by, now=NOW), django_assert_num_queries(3):
        ledger.change_all([Move(s.pk, K.RECEIVED, on_hand=1) for s in skus], NOW)


# The check


def test_the_check_finds_a_level_that_no_movement_tells(sku: Sku) -> None:
    call_command("check_stock")
    StockLevel.objects.filter(sku=sku).update(on_hand=7)
    with pytest.raises(CommandError, match="1 处"):
        call_command("check_stock")
    assert check_stock(NOW) == 1
    notice = Notice.objects.get(role="owner")
    assert f"{sku.code} 在库：库存 7，流水 5" in notice.text
    check_stock(NOW)
    assert Notice.objects.count() == 1  # once a day
    StockLevel.objects.filter(sku=sku).update(on_hand=5)


def test_nothing_differs_nobody_is_told(sku: Sku) -> None:
    assert check_stock(NOW) == 0
    assert not Notice.objects.exists()
