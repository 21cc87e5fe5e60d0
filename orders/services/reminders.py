"""What a person does about reminders: send now, stop, go on, tick (SOP 2.a, 6.b)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, Log
from core.models import Act
from orders import reminding
from orders.models import CustomerMessage, Order
from orders.policy import OrderFacts
from orders.services.acting import order_act
from orders.services.remind import remind_group, unpaid
from orders.services.telling import write_tellings
from orders.services.timers import start_timers
from orders.words import TellState


def _facts(order: Order) -> OrderFacts:
    """With the buyer's wish, which lists do not ask for."""
    _ = order.buyer
    return order.facts([])


def remind_now(
    order: Order,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Send the next reminder now, or at 08:00 when it is night; its step is done (SOP 2.a).

    Raises Refused, Repeated.
    """
    with order_act("remind_now", order, by=by, token=token, now=now) as (order, log):
        reminding.may_remind(_facts(order)).require()
        row = unpaid(Order.objects.filter(pk=order.pk))[0]
        step = remind_group([row], order.shop, {row.id}, now)[0]
        order.remind_step, order.remind_at = step.done, step.next
        if step.telling:
            write_tellings([step.telling], now)
        night = "，夜里不发，8:00 发出" if reminding.is_quiet(now) else ""
        log.noted(f"马上{step.said}{night}", clause="2.a")
        log.tell(step.telling.say if step.telling else None)
    return log.act


def stop_reminding(
    order: Order,
    *,
    by: Actor,
    now: datetime,
    why: str = "",
    never: bool = False,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Remind this order no more; `never`: its buyer wants no messages at all (SOP 2.a).

    The closing stays. Raises Refused, Repeated.
    """
    with order_act("stop_reminding", order, by=by, token=token, now=now) as (order, log):
        reminding.may_stop_reminding(_facts(order)).require()
        order.do_not_remind, order.remind_at = True, None
        if never and order.buyer is not None:
            order.buyer.no_messages = True
            order.buyer.save(update_fields=["no_messages"])
        wish = "，买家什么消息都不接收" if never else ""
        log.noted(f"停止催付{wish}", clause="2.a", reason=why)
    return log.act


def resume_reminding(
    order: Order,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Go on with the next step, and with the closing (SOP 2.a). Raises Refused, Repeated."""
    with order_act("resume_reminding", order, by=by, token=token, now=now) as (order, log):
        reminding.may_resume_reminding(_facts(order)).require()
        order.do_not_remind = False
        closing = order.close_at
        start_timers(order, now)
        order.close_at = closing or order.close_at
        log.noted("恢复催付", clause="2.a")
    return log.act


def tick_told(
    message: CustomerMessage,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """A colleague sent the sentence in the chat (SOP 6.b). Raises Refused, Repeated."""
    with order_act("tick_told", message.order, by=by, token=token, now=now) as (_, log):
        row = CustomerMessage.objects.select_for_update().get(pk=message.pk)
        reminding.may_tick(row.state).require()
        _told(row, log, by, now)
    return log.act


def _told(row: CustomerMessage, log: Log, by: Actor, now: datetime) -> None:
    """With it are told the buyer's other orders that it names."""
    ids = [row.pk, *row.led.filter(state=TellState.TO_TELL.value).values_list("pk", flat=True)]
    told = CustomerMessage.objects.filter(pk__in=ids)
    told.update(state=TellState.TOLD.value, by=by.user_id, done_at=now)
    log.noted(f"已告知买家：{row.label}", clause="6.b")
