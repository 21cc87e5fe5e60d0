"""The demo's ordinary orders: a month of them, in every state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from orders.services.note import note
from orders.services.seed.demo.reviewed import send_on
from orders.services.seed.demo.stage import Customer, Stage, enter
from orders.services.seed.rows import MEMOS, MESSAGES, NOTES
from orders.words import BY_HAND, OrderState

S = OrderState
# How many of each state, and between how many hours ago they came in.
_PLAN: tuple[tuple[OrderState, int, tuple[int, int]], ...] = (
    (S.COMPLETED, 30, (300, 700)),
    (S.RECEIVED, 22, (110, 260)),
    (S.SHIPPED, 30, (30, 100)),
    (S.PACKED, 6, (8, 30)),
    (S.PICKING, 8, (6, 28)),
    (S.PAID, 40, (1, 30)),
    (S.UNPAID, 14, (0, 40)),
    (S.CLOSED, 8, (80, 500)),
)
_SHARES = {"taobao": 8, "tmall": 6, "jd": 4, "pdd": 4, "douyin": 3, "tel": 2}


def play(stage: Stage) -> None:
    """A month's orders, the oldest first; some buyers come again."""
    rng, known = stage.rng, list[Customer]()
    plan = [(rng.uniform(*hours), state) for state, count, hours in _PLAN for _ in range(count)]
    for hours, state in sorted(plan, reverse=True, key=lambda entry: entry[0]):
        again = known and rng.random() < 0.25
        customer = rng.choice(known) if again else next(stage.customers)
        known.append(customer)
        _one(stage, customer, hours, state)


def _one(stage: Stage, customer: Customer, hours: float, state: OrderState) -> None:
    rng = stage.rng
    shop = rng.choices(list(_SHARES), list(_SHARES.values()))[0]
    at = stage.ago(hours=hours)
    words: dict[str, Any] = {}
    if rng.random() < 0.2:
        words["buyer_message"] = rng.choice(MESSAGES)
    if rng.random() < 0.15:
        words |= {"seller_memo": rng.choice(MEMOS), "flag": "红"}
    if state is S.CLOSED:
        words |= {"closed_why": "超时未付款，系统关闭", "closed_at": at + timedelta(hours=72)}
    if stage.shops[shop].channel not in BY_HAND:
        words["platform_status"] = state.label
    order = enter(stage, shop, at, state, customer=customer, **words)
    if state is S.PAID and rng.random() < 0.4:
        when = min(at + timedelta(minutes=50), stage.now)
        send_on(stage, order, when)
    if rng.random() < 0.15:
        note(
            order,
            rng.choice(NOTES),
            by=stage.by(rng.choice(("agent", "agent2", "senior"))),
            now=min(at + timedelta(hours=1), stage.now),
        )
