"""Tell who waits for goods when their day is known, moved or gone (SOP 5.d, 6.b)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.urls import reverse

from core.acts import TIMER, act_on
from core.bulk import write_parts
from core.sweeping import BATCH, alone
from core.workdays import CHINA
from orders.models import Contact, Order, OrderLine
from orders.selectors.short import waiting
from orders.selectors.shortage import all_here, expected_dates
from orders.services.news import put_off
from orders.services.telling import tell_buyers
from orders.words import OrderState
from staff.roles import Role
from staff.services.tell import tell
from stock.models import Supply
from stock.policy import ENDED
from stock.selectors.supply import moved
from stock.services.supply import told

SHOWN = 3  # orders that a notice names


def tell_moved(now: datetime, limit: int = 20) -> int:
    """Of each supply whose day changed: the colleagues whose orders wait, and late buyers.

    Each change is told once, whoever sweeps; says how many supplies there were.
    """
    count = 0
    for supply in moved(limit):
        rows: list[Order] = []
        with act_on("tell_expected", rows, by=TIMER, now=now, clause="5.d") as (_, log):
            if supply.moved_at is None or not alone(f"tell_moved:{supply.pk}"):
                continue
            lines = list(waiting([supply.sku_id]).select_related("order__shop")[:BATCH])
            _tell_colleagues(supply, lines)
            late = _tell_buyers(lines, now)
            told(supply, supply.moved_at)
            log.noted(f"{supply.number} 的预计到货变了：{len(lines)} 单在等，告知 {late} 位买家")
        count += 1
    return count


def _tell_colleagues(supply: Supply, lines: Sequence[OrderLine]) -> None:
    """Whoever follows a waiting order; where nobody does, after-sales."""
    for user, numbers in _followers([line.order for line in lines]).items():
        more = f" 等 {len(numbers)} 单" if len(numbers) > SHOWN else ""
        text = f"{said(supply)}。在等的：{'、'.join(numbers[:SHOWN])}{more}"
        url = f"{reverse('search')}?hold=stock_out"
        if len(numbers) == 1:
            url = reverse("order", args=numbers)
        mark = supply.moved_at.timestamp() if supply.moved_at else 0
        key = f"supply:{supply.pk}:{mark:.0f}:{user or 'aftersales'}"
        tell(text, to=user, role=None if user else Role.AFTERSALES, url=url, key=key)


def said(supply: Supply) -> str:
    """CG12 A2031 亚麻衬衫：预计 12-08 到货."""
    day = supply.expected_on
    gone = supply.state in ENDED or day is None
    what = "不来了，没有到的不再等" if gone or day is None else f"预计 {day:%m-%d} 到货"
    return f"{supply.number} {supply.sku.label}：{what}"


def _followers(orders: Sequence[Order]) -> dict[int | None, list[str]]:
    """By colleague the numbers of the orders that wait: who follows it, else who had it last."""
    ids = {order.pk for order in orders if order.follow_up_by_id is None}
    talked = Contact.objects.filter(order__in=ids, by__isnull=False).order_by("at", "id")
    last = dict(talked.values_list("order", "by"))
    found: dict[int | None, list[str]] = defaultdict(list)
    for order in {order.pk: order for order in orders}.values():
        found[order.follow_up_by_id or last.get(order.pk)].append(order.order_no)
    return found


def _tell_buyers(lines: Sequence[OrderLine], now: datetime) -> int:
    """Buyers whose promise cannot be kept learn the new day, before it passes (SOP 6.b)."""
    orders = {line.order_id: line.order for line in lines if line.order.state == OrderState.PAID}
    own = defaultdict(list)
    for line in OrderLine.objects.filter(order__in=orders, short_since__isnull=False):
        own[line.order_id].append(line)
    dates = expected_dates([line for each in own.values() for line in each])
    late: list[tuple[Order, date]] = []
    for key, order in orders.items():
        day = all_here(dates.get(line.pk) for line in own[key])
        if day is not None and missed(order.ship_by, day):
            late.append((order, day))
    count = tell_buyers([put_off(order, day, now) for order, day in late], now)
    write_parts(
        "order", [(o.pk, o.order_no, f"缺货，预计 {day:%m-%d} 到货", "", []) for o, day in late]
    )
    return count


def missed(ship_by: datetime | None, day: date) -> bool:
    """Can it not leave in time when its goods are here on the evening of that day?"""
    if ship_by is None:
        return False
    return ship_by < datetime.combine(day + timedelta(days=1), time(), CHINA)
