"""When an unpaid order is reminded and closed, and what the buyer may be told (SOP 2.a, 6.b).

Pure: times come in as parameters. Steps are minutes after the order; `done` of them were sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from core.money import ZERO
from core.verdict import Verdict, no, yes
from core.workdays import CHINA
from orders.policy import GONE, OrderFacts
from orders.words import How, MessageKind, OrderState

S = OrderState
K = MessageKind
QUIET_FROM, QUIET_TO = 22, 8  # o'clock in China
APART = timedelta(minutes=10)  # the least time between two reminders of one order
RECENT = timedelta(hours=24)  # what happened longer ago is history: nobody is told of it
CONSIDERING = timedelta(hours=24)  # an order kept for its buyer is looked at again after this
_MOBILE = re.compile(r"1[3-9]\d{9}")


# -- times ---------------------------------------------------------------------------------------


def is_quiet(at: datetime) -> bool:
    """From 22:00 to 08:00 in China nobody is written to (SOP 2.a)."""
    hour = at.astimezone(CHINA).hour
    return hour >= QUIET_FROM or hour < QUIET_TO


def awake(at: datetime) -> datetime:
    """The time itself, or the end of the night that it falls into (SOP 2.a)."""
    if not is_quiet(at):
        return at
    local = at.astimezone(CHINA)
    morning = local.replace(hour=QUIET_TO, minute=0, second=0, microsecond=0)
    return morning + timedelta(days=1) if local.hour >= QUIET_FROM else morning


def step_at(ordered_at: datetime, steps: Sequence[int], done: int) -> datetime | None:
    """When the step after `done` is due, moved out of the night; None when none is left."""
    if done >= len(steps):
        return None
    return awake(ordered_at + timedelta(minutes=steps[done]))


def newest_due(ordered_at: datetime, steps: Sequence[int], done: int, now: datetime) -> int:
    """How many steps are done when the newest due one is sent now.

    After a standstill the older ones are passed over: nobody gets two at once.
    """
    while (at := step_at(ordered_at, steps, done)) is not None and at <= now:
        done += 1
    return done


def next_at(
    ordered_at: datetime, steps: Sequence[int], done: int, now: datetime
) -> datetime | None:
    """When the next step is due after one was sent now; never right behind it."""
    at = step_at(ordered_at, steps, done)
    return max(at, awake(now + APART)) if at else None


def restarted(
    ordered_at: datetime, steps: Sequence[int], done: int, now: datetime
) -> datetime | None:
    """The next reminder of an order that is unpaid from now on: new, reopened, resumed."""
    at = step_at(ordered_at, steps, done)
    return max(at, awake(now + timedelta(minutes=steps[0]))) if at else None


def closing(ordered_at: datetime, hours: int, now: datetime) -> datetime:
    """When an order that is unpaid from now on is closed; one past its limit gets it anew."""
    limit = ordered_at + timedelta(hours=hours)
    return limit if limit > now else now + timedelta(hours=hours)


def at_import(
    ordered_at: datetime, steps: Sequence[int], hours: int, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Reminder and closing of an unpaid order that an import brings.

    One that passed its limit more than a day ago is history: a person looks at it, no timer.
    """
    limit = ordered_at + timedelta(hours=hours)
    if limit < now - RECENT:
        return None, None
    return step_at(ordered_at, steps, 0), limit


# -- how -----------------------------------------------------------------------------------------


def can_be_texted(mobile: str) -> bool:
    """Is it a real mobile, not one that a platform masked or forwards by an extension?"""
    return bool(_MOBILE.fullmatch(mobile))


def way(tells: Collection[str], kind: MessageKind, mobile: str) -> How | None:
    """How the shop tells the buyer this: by SMS, by a colleague in the chat, or not at all."""
    if can_be_texted(mobile) and f"{kind}:{How.SMS}" in tells:
        return How.SMS
    return How.CHAT if f"{kind}:{How.CHAT}" in tells else None


PUT_OFF = "told.put_off"  # goods are missing, and come on another day (SOP 5.d)


def still_fits(kind: MessageKind, order: OrderFacts) -> str:
    """Asked again at the moment of sending: why it is not sent any more, or ''."""
    if order.opted_out:
        return "买家不接收消息"
    if kind is K.PAYMENT_REMINDER:
        return _still_unpaid(order)
    if kind is K.CLOSED_UNPAID:
        return "" if order.state is S.CLOSED else f"订单已经是“{order.state.label}”"
    if kind is K.REFUNDED:
        return ""
    if order.state is S.CLOSED:
        return "订单已关闭"
    return "订单已发货" if kind is K.DELAYED and order.state in GONE else ""


def _still_unpaid(order: OrderFacts) -> str:
    if order.state is not S.UNPAID:
        return "买家已付款" if order.state is not S.CLOSED else "订单已关闭"
    return "已经停止催付" if order.do_not_remind else ""


# -- may it be done ------------------------------------------------------------------------------


def may_remind(order: OrderFacts) -> Verdict:
    """Remind a buyer of the payment (SOP 2.a)."""
    if order.state is not S.UNPAID:
        return no("2.a", f"订单{order.state.label}，不用催付。")
    if not order.needs_payment:
        return no("2.a", f"{order.terms.label}的订单不催付。")
    if order.opted_out:
        return no("2.a", "买家说过不接收消息，不催付。")
    if order.do_not_remind:
        return no("2.a", "这单已经停止催付。", instead="要再催，先恢复催付。")
    return yes("2.a", "还没有付款，可以催；夜里（22:00–8:00）不发，8:00 再发。")


def may_stop_reminding(order: OrderFacts) -> Verdict:
    """Remind no more: the buyer said when they pay, or asked for it (SOP 2.a)."""
    if order.do_not_remind:
        return no("2.a", "这单已经停止催付了。")
    verdict = may_remind(order)
    return yes("2.a", "以后不再自动催付；到期还是会自动关闭。") if verdict.allowed else verdict


def may_resume_reminding(order: OrderFacts) -> Verdict:
    """Take a stop back, or start the timers of an order that has none (SOP 2.a)."""
    if order.state is not S.UNPAID or not order.needs_payment:
        return no("2.a", f"订单{order.state.label}（{order.terms.label}），不用催付。")
    if order.opted_out:
        return no("2.a", "买家说过不接收消息，不催付。")
    if order.do_not_remind or not order.timed:
        return yes("2.a", "从下一次催付接着来，到期没付会自动关闭。")
    return no("2.a", "这单本来就在催付。")


def may_close_unpaid(order: OrderFacts) -> Verdict:
    """The timer closes what is unpaid past the shop's limit (SOP 2.a); no money may be in it."""
    if order.state is not S.UNPAID or not order.needs_payment:
        return no("2.a", f"订单{order.state.label}（{order.terms.label}），不会超时关闭。")
    if order.paid + order.topped_up > ZERO:
        return no("2.a", "已经付了一部分，由人决定。")
    return yes("2.a", "超过店铺的保留时间没有付款。")


def may_tick(state: str) -> Verdict:
    """Say that the buyer was told in the chat (SOP 6.b)."""
    if state == "to_tell":
        return yes("6.b", "把这句话发给买家以后，在这里打勾。")
    return no("6.b", "这一条已经处理过了。")


def late_payment(order: OrderFacts, *, in_stock: bool, closed_there: bool) -> bool:
    """Money arrives on an order closed unpaid: is it reopened (else the money goes back) (SOP 2.a)?

    `closed_there`: the platform closed it, so it takes no goods any more.
    """
    return order.closed_from == S.UNPAID and in_stock and not closed_there
