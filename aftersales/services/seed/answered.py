"""The demo's answers to “is it intact, how was it?” (SOP 6.c)."""

from __future__ import annotations

from datetime import timedelta

from aftersales.listening import Answer
from aftersales.services.feedback import CUSTOMER, record_feedback
from core.acts import Actor
from orders.policy import Contacted
from orders.services.seed.demo.stage import Stage, enter
from orders.words import ContactChannel, IdentityKey, OrderState

KEYS = frozenset({IdentityKey.ORDER_NO, IdentityKey.ACCOUNT})


def play(stage: Stage) -> None:
    """A good one and a bad one by the customer; one that an agent heard in the chat."""
    _says(stage, Answer(True, 5, "料子舒服，发货也快。"), CUSTOMER, 20)
    _says(stage, Answer(False, 2, "袖口脱线，盒子也压扁了。"), CUSTOMER, 4)
    said = Contacted(ContactChannel.WANGWANG, KEYS, "挺好的，下次再来")
    _says(stage, Answer(True, 4, "尺码准。"), stage.by("agent"), 26, said)


def _says(
    stage: Stage, answer: Answer, by: Actor, hours: float, contact: Contacted | None = None
) -> None:
    goods = [(stage.sku("A1023"), 1)]
    order = enter(stage, "taobao", stage.ago(days=6), OrderState.RECEIVED, lines=goods)
    now = max(stage.ago(hours=hours), (order.received_at or stage.now) + timedelta(minutes=5))
    record_feedback(order, answer, by=by, now=now, contact=contact)
