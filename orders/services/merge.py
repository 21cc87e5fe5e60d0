"""Merge a buyer's orders into one parcel, and take that back (合单, SOP 2.b)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.acts import Actor, Change, flush
from core.models import Act
from core.verdict import Say, no
from orders import parting
from orders.models import Hold, Order, OrderLine, OrderLink, Payment
from orders.parting import AMOUNTS, Money
from orders.policy import Contacted
from orders.selectors.parts import last_merge, merged_into, side
from orders.services.acting import orders_act
from orders.services.hold import open_hold
from orders.services.products import signature
from orders.services.sharing import (
    money_of,
    put_money,
    put_reserved,
    reserved_of,
    summarise,
)
from orders.words import HoldKind, HoldState, OrderState, Relation


def merge_orders(
    survivor: Order,
    others: Sequence[Order],
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """Move goods, payments, top-ups and holds of `others` into `survivor` and close them (2.b).

    Raises Refused, Conflict, Repeated. Each payment keeps its trade and its platform number.
    """
    others = [order for order in others if order.pk != survivor.pk]
    top_ups = list(Order.objects.filter(top_up_for__in=[order.pk for order in others]))
    rows = [survivor, *others, *top_ups]
    with orders_act(
        "merge_orders", rows, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (rows, log):
        survivor, others, top_ups = _sorted_out(rows, len(others))
        _check(survivor, others)
        survivor.before_hand = {"lines": signature(survivor.lines.all())} | survivor.before_hand
        changes = []
        for order in others:
            said = "、".join(f"{line.label} × {line.quantity}" for line in order.lines.all())
            _take_in(survivor, order, by, now)
            _tie(survivor, order, said)
            changes.append(Change("合并", f"{order.order_no}：{said}"[:300], survivor.order_no))
        for top_up in top_ups:
            top_up.top_up_for = survivor
        summarise(survivor)
        changes.append(Change("应付", "", str(survivor.due)))
        numbers = "、".join(order.order_no for order in others)
        log.changed(changes, survivor, *others)
        flush(*others)  # the review of the one that is left must not find them any more
        log.noted(f"合单：{numbers} 合到 {survivor.order_no}", clause=parting.MERGE)
        log.tell(Say("merge.done", {"count": str(len(others) + 1)}))
    return log.act


def _sorted_out(rows: list[Order], count: int) -> tuple[Order, list[Order], list[Order]]:
    """As they were given; a top-up that was tied or untied meanwhile: asked for again."""
    survivor, others, top_ups = rows[0], rows[1 : count + 1], rows[count + 1 :]
    tied = set(Order.objects.filter(top_up_for__in=[o.pk for o in others]).values_list("pk"))
    if tied != {(top_up.pk,) for top_up in top_ups}:
        no(parting.MERGE, "补差价刚刚变了。", instead="刷新以后再做一次。").require()
    return survivor, others, top_ups


def _check(survivor: Order, others: Sequence[Order]) -> None:
    """Raises Refused for the first that may not be merged."""
    if not others:
        no(parting.MERGE, "还没有选要合并的订单。", instead="勾上要一起发的订单。").require()
    main = side(survivor, carries=False)
    for order in others:
        parting.may_merge_into(main, side(order)).require()


def _take_in(survivor: Order, order: Order, by: Actor, now: datetime) -> None:
    """Everything that one order has, moved; the order itself closed."""
    own_part = order.platform_no == survivor.platform_no and order.shop_id == survivor.shop_id
    order.before_hand = {"lines": signature(order.lines.all())} | order.before_hand
    _move_lines(survivor, order, join=own_part)
    _move_payments(survivor, order, join=own_part)
    _move_holds(survivor, order, by, now)
    money = money_of(order)
    put_money(survivor, money_of(survivor).plus(money))
    put_money(order, Money())
    if order.ship_by is not None:
        survivor.ship_by = min(order.ship_by, survivor.ship_by or order.ship_by)
    survivor.expedited = survivor.expedited or order.expedited
    survivor.parted = order.parted = True
    order.merged_into = survivor
    order.close(now, f"已合并到 {survivor.order_no}")
    summarise(order)


def _move_lines(survivor: Order, order: Order, *, join: bool) -> None:
    """A line remembers with which order it came; what a split had divided becomes one again."""
    known = list(survivor.lines.all()) if join else []
    for line in order.lines.all():
        twin = next((each for each in known if _twins(each, line, order)), None)
        if twin is None:
            line.came_with_id = line.came_with_id or (None if join else order.pk)
            line.order = survivor
            line.save()
            continue
        twin.quantity += line.quantity
        twin.amount += line.amount
        waits = [since for since in (twin.short_since, line.short_since) if since]
        twin.short_since = min(waits, default=None)
        put_reserved(twin, reserved_of(twin) + reserved_of(line))
        _follow_line(order, line, twin)
        line.delete()
        twin.save()


_LIKE = ("sku_id", "platform_line_no", "code", "title", "spec", "price", "came_with_id")


def _twins(one: OrderLine, other: OrderLine, order: Order) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _LIKE)


def _follow_line(order: Order, line: OrderLine, twin: OrderLine) -> None:
    """The stock-out of a line that becomes one with another is about that one."""
    holds = Hold.objects.filter(order=order, kind=HoldKind.STOCK_OUT.value, cause=str(line.pk))
    for hold in holds.filter(state=HoldState.OPEN.value):
        hold.cause = str(twin.pk)
        hold.save()


def _move_payments(survivor: Order, order: Order, *, join: bool) -> None:
    """Shares of trades; two of one trade for one platform number become one again."""
    mine = list(survivor.payments.filter(reversed=False)) if join else []
    for share in order.payments.order_by("id"):
        home = share.came_with_id or order.pk
        twin = next((p for p in mine if _same_share(p, share, home, survivor)), None)
        if twin is not None and not share.reversed:
            twin.amount += share.amount
            twin.save()
            share.delete()
            continue
        share.order = survivor
        share.came_with_id = None if home == survivor.pk else home
        share.save()


def _same_share(one: Payment, other: Payment, home: int, survivor: Order) -> bool:
    return (one.trade_id, one.side, one.came_with_id or survivor.pk) == (
        other.trade_id,
        other.side,
        home,
    )


def _move_holds(survivor: Order, order: Order, by: Actor, now: datetime) -> None:
    """Open holds go on holding, on the survivor; the same one twice becomes one."""
    same = {(hold.kind, hold.cause) for hold in survivor.holds.filter(state="open")}
    for hold in order.holds.filter(state=HoldState.OPEN.value).order_by("id"):
        if (hold.kind, hold.cause) in same:
            hold.lift(now, f"已合并到 {survivor.order_no}，那一单上有同样的挂起"[:200])
        else:
            hold.order = survivor
        hold.save()


def _tie(survivor: Order, order: Order, said: str) -> None:
    OrderLink.objects.filter(order=survivor, other=order, kind=Relation.SPLIT).delete()
    OrderLink.objects.get_or_create(
        order=survivor, other=order, kind=Relation.MERGED.value, defaults={"text": said[:200]}
    )


# -- taking it back ------------------------------------------------------------------------------


def unmerge_orders(
    survivor: Order,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Take the last merge back, exactly, while nothing else happened (SOP 2.b).

    Raises Refused, Conflict, Repeated.
    """
    merged = list(merged_into(survivor))
    top_ups = list(Order.objects.filter(top_up_for=survivor.pk))
    rows = [survivor, *merged, *top_ups]
    with orders_act("unmerge_orders", rows, by=by, seen=seen, token=token, now=now) as (rows, log):
        survivor = rows[0]
        found: tuple[Any, parting.LastMerge] = last_merge(survivor)
        merge, last = found
        parting.may_unmerge(survivor.facts(), last).require()
        by_id = {row.pk: row for row in rows}
        back = [row for row in rows if row.order_no in last.numbers]
        was = _before(survivor, merge)
        for name in ("before_hand", "ship_by", "expedited"):
            setattr(survivor, name, getattr(was, name))
        for order in back:
            _give_back(survivor, order, merge)
        _move_back(merge, by_id)
        for row in (survivor, *back):
            summarise(row)
            row.parted = _still_parted(row, back)
        _reopen_holds(merge, by_id, by, now)
        numbers = "、".join(order.order_no for order in back)
        log.changed([Change("合并", survivor.order_no, numbers)], survivor, *back)
        log.noted(f"撤销合单：{numbers} 重新打开", clause=parting.MERGE)
    return log.act


def _before(row: Any, merge: Act) -> Any:
    """The row as it was before the merge."""
    written = row.history.filter(history_change_reason=merge.pk).order_by("history_id").first()
    return _previous(type(row), written)


def _previous(model: Any, past: Any) -> Any:
    """The history row before this one: by number, for two acts may have one time."""
    rows = model.history.filter(id=past.id, history_id__lt=past.history_id)
    return rows.order_by("history_id").last()


def _give_back(survivor: Order, order: Order, merge: Act) -> None:
    was = _before(order, merge)
    money = Money(*(getattr(was, name) for name in AMOUNTS))
    put_money(survivor, money_of(survivor).less(money))
    put_money(order, money)
    order.merged_into = None
    order.before_hand = was.before_hand
    order.reopen()
    OrderLink.objects.filter(order=survivor, other=order, kind=Relation.MERGED).delete()


_MOVED: tuple[Any, ...] = (OrderLine, Payment, Hold)


def _move_back(merge: Act, rows: dict[int, Order]) -> None:
    """Lines, payments, holds and top-ups that the merge moved, each where it was."""
    for model in _MOVED:
        for past in model.history.filter(history_change_reason=merge.pk):
            row = model.objects.filter(pk=past.id).first()
            was = _previous(model, past)
            if row is None or was is None or was.order_id == row.order_id:
                continue
            row.order_id = was.order_id
            if hasattr(was, "came_with_id"):
                row.came_with_id = was.came_with_id
            row.save()
    moved = Order.history.filter(history_change_reason=merge.pk, is_top_up=True)
    for past in moved:
        was = _previous(Order, past)
        if past.id in rows and was is not None:
            rows[past.id].top_up_for_id = was.top_up_for_id


def _reopen_holds(merge: Act, rows: dict[int, Order], by: Actor, now: datetime) -> None:
    """A hold that had its like on the survivor holds its own order again."""
    for past in Hold.history.filter(history_change_reason=merge.pk, state=HoldState.LIFTED.value):
        order = rows.get(past.order_id)
        if order is not None and order.state == OrderState.PAID:
            kind = HoldKind(past.kind)
            open_hold(order, kind, past.reason, by=by, now=now, cause=past.cause, until=past.until)


def _still_parted(order: Order, back: Sequence[Order]) -> bool:
    """Is it a part of a split, or does it carry others than those that go `back`?"""
    same = Order.objects.filter(platform_no=order.platform_no, shop=order.shop_id)
    left = merged_into(order).exclude(pk__in=[row.pk for row in back])
    return same.exclude(pk=order.pk).exists() or left.exists()
