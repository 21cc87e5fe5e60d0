"""The demo's cases of what has not left: stock-outs (SOP 1.3)."""

from __future__ import annotations

from aftersales.services.stock_outs import Decision, hear_goods, record_decision
from aftersales.words import Sending, Way
from orders.policy import Contacted
from orders.services.seed.demo.stage import Stage, enter
from orders.words import ContactChannel, IdentityKey, OrderState

KEYS = frozenset({IdentityKey.ORDER_NO, IdentityKey.ACCOUNT})


def play(stage: Stage) -> None:
    """One at each place, then what was heard since."""
    _short(stage)
    hear_goods(stage.now)


def _short(stage: Stage) -> None:
    """The customer considers, waits for the goods, gets money back."""
    scarce, plenty = stage.scarce[0], stage.sku("A1023")
    for hours, way, sending in (
        (30, Way.CONSIDER, Sending.FIRST),
        (4, Way.CONSIDER, Sending.TOGETHER),
        (28, Way.WAIT, Sending.FIRST),
        (50, Way.REFUND, Sending.FIRST),
    ):
        lines = [(scarce, 9), (plenty, 1)]
        order = enter(stage, "tel", stage.ago(hours=hours + 10), OrderState.PAID, lines=lines)
        by, now = stage.by("aftersales"), stage.ago(hours=hours)
        said = Contacted(ContactChannel.TELEPHONE, KEYS, f"{way.label}，{sending.label}")
        record_decision(order, Decision(way, sending), by=by, now=now, contact=said)
