"""Remind buyers of unpaid orders: the sweep, in batches (SOP 2.a)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from core.acts import TIMER, act_on
from core.bulk import change, find, write_parts
from core.money import ZERO
from core.sweeping import BATCH, alone, locked
from core.verdict import Say
from orders import reminding
from orders.models import Order, Shop
from orders.services.telling import Telling, opted_out, shops, write_tellings
from orders.words import MessageKind, OrderState, Terms

K = MessageKind.PAYMENT_REMINDER
NAMED = 5  # orders of one buyer that a message names; of more it says how many


class Unpaid(NamedTuple):
    """What a reminder needs to know of an order; money in yuan."""

    id: int
    order_no: str
    platform_no: str
    shop_id: int
    buyer_id: int | None
    mobile: str
    due: Decimal
    paid: Decimal
    ordered_at: datetime
    close_at: datetime | None
    remind_at: datetime | None
    remind_step: int


_COLUMNS = (
    *("id", "order_no", "platform_no", "shop_id", "buyer_id", "mobile", "due"),
    *("in_all", "ordered_at", "close_at", "remind_at", "remind_step"),
)


@dataclass(slots=True)
class Step:
    """What the sweep does with one order: how many steps are done then, and when the next is due.

    `said`: the line in its timeline; '' for an order that is only named.
    """

    order: Unpaid
    done: int
    next: datetime | None
    said: str = ""
    why: str = ""
    telling: Telling | None = None


def remind_due(now: datetime, limit: int = BATCH) -> int:
    """Remind a batch of what is due, each step once whoever sweeps; says how many orders.

    Never at night. One message for a buyer's unpaid orders in one shop; each one's step is done.
    """
    if reminding.is_quiet(now) or not _due(now).exists():
        return 0
    rows: list[Order] = []
    with act_on("remind", rows, by=TIMER, now=now, clause="2.a") as (_, log):
        batch = _take(now, limit) if alone("remind") else []
        steps = _steps(batch, now)
        _write(steps, now)
        log.act.summary = f"催付 {sum(step.telling is not None for step in steps)} 单"
    return len(batch)


def _due(now: datetime) -> QuerySet[Order]:
    """Along the partial index; what is past its limit is closed, not reminded."""
    open_ = Q(close_at__isnull=True) | Q(close_at__gt=now)
    return Order.objects.filter(open_, remind_at__lte=now)


def unpaid(orders: QuerySet[Order]) -> list[Unpaid]:
    """As plain tuples: a model's instance costs ten times as much."""
    paid = F("paid") + F("paid_by_platform") + F("topped_up")
    return [Unpaid(*row) for row in orders.annotate(in_all=paid).values_list(*_COLUMNS)]


def _take(now: datetime, limit: int) -> list[Unpaid]:
    return unpaid(locked(_due(now)).order_by("remind_at", "id")[:limit])


def _steps(batch: Sequence[Unpaid], now: datetime) -> list[Step]:
    if not batch:
        return []
    known = shops()
    deaf = opted_out({order.buyer_id for order in batch})
    due = {order.id for order in batch}
    steps: list[Step] = []
    for group in _groups([*batch, *_others(batch)]):
        shop, first = known[group[0].shop_id], group[0]
        if first.buyer_id in deaf or not _reminds(shop):
            why = "买家不接收消息" if first.buyer_id in deaf else f"“{shop.name}”没有开催付"
            steps += [Step(o, o.remind_step, None, "不催付", why) for o in group if o.id in due]
        else:
            steps += remind_group(group, shop, due, now)
    return steps


def _reminds(shop: Shop) -> bool:
    return shop.active and any(told.startswith(f"{K}:") for told in shop.tells)


def _others(batch: Sequence[Unpaid]) -> list[Unpaid]:
    """The same buyers' other unpaid orders: the message names them, too. Few buyers have any."""
    mine = {order.id for order in batch}
    buyers = {order.buyer_id for order in batch if order.buyer_id is not None}
    found = find(Order, "buyer_id", list(buyers), "id", "state", "terms", "do_not_remind")
    others = [
        key
        for key, state, terms, stopped in found
        if state == OrderState.UNPAID and terms == Terms.PREPAID and not stopped
        if key not in mine
    ]
    if not others:
        return []
    still = Order.objects.filter(pk__in=others, state=OrderState.UNPAID.value)
    return unpaid(locked(still).order_by("ordered_at", "id"))


def _groups(orders: Iterable[Unpaid]) -> list[list[Unpaid]]:
    """By buyer and shop; the one that is due longest leads. Without a buyer each stands alone."""
    groups: defaultdict[tuple[int, int], list[Unpaid]] = defaultdict(list)
    for order in orders:
        key = (order.shop_id, order.buyer_id or -order.id)
        groups[key].append(order)
    return list(groups.values())


def remind_group(
    group: Sequence[Unpaid], shop: Shop, due: Mapping[int, object] | set[int], now: datetime
) -> list[Step]:
    """The steps of a buyer's orders in one shop; the first one leads the message."""
    counted = [order for order in group if order.id in due or order.remind_at is not None]
    lead = _step(counted[0], shop, now, due)
    lead.telling = _telling(lead, shop, reminder(group, shop))
    steps = [lead]
    for order in counted[1:]:
        step = _step(order, shop, now, due)
        step.telling = _telling(step, shop, lead.telling.say)
        step.telling.led_by, step.telling.how = lead.telling, lead.telling.how
        steps.append(step)
    how = lead.telling.how.label if lead.telling.how else "没有办法告知"
    together = f"，和同一买家的 {len(group) - 1} 单一起" if len(group) > 1 else ""
    for step in steps:
        step.said = f"催付（第 {step.done} 次，{how}{together}）"
    return steps


def _step(order: Unpaid, shop: Shop, now: datetime, due: Mapping[int, object] | set[int]) -> Step:
    """The newest due step; an order that is not due yet has its next one done with the others."""
    done = reminding.newest_due(order.ordered_at, shop.reminder_steps, order.remind_step, now)
    done = max(done, order.remind_step + 1)
    return Step(order, done, reminding.next_at(order.ordered_at, shop.reminder_steps, done, now))


def _telling(step: Step, shop: Shop, say: Say) -> Telling:
    order = step.order
    how = reminding.way(shop.tells, K, order.mobile)
    return Telling(order.id, order.order_no, order.buyer_id, K, say, how, step.done)


def reminder(group: Sequence[Unpaid], shop: Shop) -> Say:
    """What the buyer is told: one order with its amount, or all of them; by when at the latest."""
    amount = sum((order.due - order.paid for order in group), ZERO)
    ends = [order.close_at for order in group if order.close_at]
    by = f"{timezone.localtime(min(ends)):%m月%d日 %H:%M}" if ends else ""
    numbers = "、".join(order.platform_no for order in group[:NAMED])
    values = {"order_no": numbers, "amount": str(amount), "shop": shop.name, "by": by}
    if len(group) > 1:
        return Say("remind.several", values | {"count": str(len(group))})
    return Say("remind.one" if by else "remind.open", values)


def _write(steps: Sequence[Step], now: datetime) -> None:
    """Orders, history, timeline, messages and outbox: a fixed number of statements."""
    change(
        Order,
        ["remind_step", "remind_at"],
        [[step.order.id, step.done, step.next] for step in steps],
    )
    write_parts(
        "order",
        [(s.order.id, s.order.order_no, s.said, s.why, []) for s in steps],
    )
    write_tellings([step.telling for step in steps if step.telling], now)
