"""Decide between the platform's value and ours where both were changed (SOP 5.a)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, Change
from core.masking import scrub
from core.models import Act
from core.verdict import no
from orders import policy
from orders.models import Hold, Order
from orders.models.order import RECEIVING_LABELS, masked_value, tail
from orders.policy import Contacted
from orders.services.acting import order_act
from orders.services.modify import check_again
from orders.services.products import Wanted, rewrite
from stock.selectors.goods import skus_by_text

THEIRS, OURS = "theirs", "ours"


def settle_difference(
    order: Order,
    hold: Hold,
    choice: str,
    *,
    by: Actor,
    now: datetime,
    why: str = "",
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """Take the platform's value or keep ours; either lifts the hold (SOP 5.a).

    Raises Refused, Conflict, Repeated.
    """
    with order_act(
        "settle_difference", order, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (order, log):
        hold = Hold.objects.get(pk=hold.pk, order=order)
        if hold.cause not in policy.DIFFERENCES or hold.state != "open":
            no("5.a", "这个差异已经处理过了。").require()
        changes: list[Change] = []
        if choice == THEIRS:
            policy.may_take_theirs(order.facts(), hold.cause).require()
            take = _take_lines if hold.cause == "import:lines" else _take_receiving
            changes = take(order, by, now)
        label = "用平台的" if choice == THEIRS else "保留我们的"
        hold.lift(now, label)
        hold.save()
        log.changed([*changes, Change("平台和我们不一致", "待核对", label)])
        log.noted(f"核对差异：{label}", clause="5.a", reason=scrub(why))
    return log.act


def differing(order: Order) -> dict[str, str]:
    """The receiving fields where the platform says something else than we, with its values."""
    theirs = {n: v for n, v in order.before_hand.items() if n in RECEIVING_LABELS}
    return {n: v for n, v in theirs.items() if getattr(order, n) != v}


def _take_receiving(order: Order, by: Actor, now: datetime) -> list[Change]:
    """Put the platform's receiving information in place; nothing of it is by hand any more."""
    changes, theirs = [], differing(order)
    for name, value in theirs.items():
        old = getattr(order, name)
        setattr(order, name, value)
        before, after = masked_value(name, old), masked_value(name, value)
        changes.append(Change(RECEIVING_LABELS[name], before, after))
    order.before_hand = {n: v for n, v in order.before_hand.items() if n not in theirs}
    order.mobile_tail, order.modified_at = tail(order.mobile), now
    check_again(order, by, now)
    return changes


def _take_lines(order: Order, by: Actor, now: datetime) -> list[Change]:
    """Put the platform's goods in place, found by their codes; the difference is settled."""
    theirs: list[list[str]] = order.before_hand.get("lines", [])
    known = skus_by_text(code for code, *_ in theirs)
    lines = {line.code: line for line in order.lines.all() if line.code}
    wanted = []
    for code, title, _, quantity in theirs:
        line, skus = lines.pop(code, None), known.get(code, [])
        if line is None and not skus:
            no(
                "5.a",
                f"平台上的“{title[:40]}”（编码 {code or '空'}）在商品资料里找不到。",
                instead="请选“保留我们的”，再到“修改商品”照平台的样子改。",
            ).require()
        sku = None if line else skus[0]
        wanted.append(Wanted(line.pk if line else None, sku, int(quantity)))
    kept = {want.line for want in wanted}
    gone = [Wanted(line.pk, None, 0) for line in order.lines.all() if line.pk not in kept]
    changes = rewrite(order, [*wanted, *gone], by, now)
    order.before_hand = {n: v for n, v in order.before_hand.items() if n != "lines"}
    return changes
