"""Macros: one press does an act with its inputs and names the sentence (快捷).

A macro decides nothing: the rule that greys it is the act's, and the act asks it again.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from aftersales.models import Case, Macro
from aftersales.selectors.macros import place_of, say_for, usable
from aftersales.services.asking import ask_customer
from aftersales.words import MacroAct
from core.acts import Actor, Change, Conflict, act, act_on, lock
from core.masking import scrub
from core.models import Act
from core.sentences import from_act
from orders.models import Order
from orders.services.acting import order_act
from orders.services.hold import hold_order
from orders.services.note import follow_up, note
from orders.words import HoldKind


def use_macro(
    macro: Macro,
    order: Order,
    case: Case | None = None,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Do what it says, on the order or, where there is one, on its case.

    `seen`: the version of the case, else of the order. Raises Refused, Conflict, Repeated.
    """
    of_order = seen if case is None else None
    with order_act("use_macro", order, by=by, seen=of_order, token=token, now=now) as (row, log):
        macro = Macro.objects.get(pk=macro.pk)
        usable(macro, place_of(row, case)).require()
        if case is not None and seen is not None and lock(case).version != seen:
            raise Conflict(lock(case), seen)
        done = _do(macro, row, case, by=by, now=now)
        log.noted(f"快捷：{macro.name}", clause=done.clause)
        log.tell(say_for(macro, place_of(row, case)) or from_act(done.say))
    return log.act


def _do(macro: Macro, order: Order, case: Case | None, **common: Any) -> Act:
    now = common["now"]
    if macro.does == MacroAct.ASK and case is not None:
        return ask_customer(case, macro.text, **common)
    if macro.does == MacroAct.HOLD:
        until = now + timedelta(days=macro.days) if macro.days else None
        return hold_order(order, HoldKind.CUSTOMER, macro.text, until=until, **common)
    if macro.days:
        follow_up(order, timezone.localdate(now) + timedelta(days=macro.days), **common)
    return note(order, macro.text, **common)


def save_macro(
    macro: Macro,
    values: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """A new one, or another wording; old ones stay in its history. Raises Conflict, Repeated."""
    rows: list[Macro] = []
    if macro.pk is None:
        with act_on("save_macro", rows, by=by, token=token, now=now) as (_, log):
            _put(macro, values, by, now)
            macro.save()
            log.about(macro)
            log.noted(f"写快捷“{macro.name}”")
        return log.act
    with act("save_macro", macro, by=by, seen=seen, token=token, now=now) as (row, log):
        before = row.name
        _put(row, values, by, now)
        log.changed([Change("快捷", before, row.name)])
        log.noted(f"改快捷“{row.name}”")
    return log.act


def _put(macro: Macro, values: dict[str, Any], by: Actor, now: datetime) -> None:
    for name, value in values.items():
        setattr(macro, name, scrub(value) if isinstance(value, str) else value)
    macro.by_name, macro.at = by.name, now
