"""Money out: what is handed over, what was answered, and what finance does (architecture §4, §6).

An act never calls out: it leaves a message, and the handler brings the answer back here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.acts import Actor, Change, Log, lock
from core.masking import scrub
from core.messages import Outgoing, send_all
from core.models import Act
from orders.models import Order
from orders.services.acting import order_act
from orders.services.news import refunded
from refunds import paying
from refunds.deciding import rejected
from refunds.models import Refund
from refunds.payees import Payee
from refunds.paying import Way
from refunds.services.finish import succeeded
from refunds.services.holding import hold_the_rest, let_go, release
from refunds.services.refusing import refuse_there
from refunds.services.telling import tell_asker
from refunds.services.transfers import pay_to
from refunds.services.withdraw import facts_of
from refunds.words import Outcome, RefundState
from staff.roles import Role
from staff.services.tell import tell

R = RefundState
SEND = "refund.send"


@dataclass(frozen=True, slots=True)
class Said:
    """What a gateway or a platform answered; `why` is what a colleague reads."""

    outcome: Outcome
    code: str = ""
    why: str = ""
    by_hand: bool = False

    @property
    def kept(self) -> tuple[str, str, bool]:
        """What the refund keeps of it. A code always: it says that somebody was asked."""
        return (self.code or self.outcome.value)[:64], self.why[:300], self.by_hand


def outgoing(refund: Refund) -> Outgoing:
    """The message that pays it back: one for each time that it is handed over."""
    return Outgoing(
        SEND,
        f"{SEND}:{refund.number}:{refund.sends}",
        {"refund": refund.pk},
        line=f"{SEND}:{refund.number}",
        order_no=refund.order.order_no,
    )


# -- what was answered ---------------------------------------------------------------------------


def take_answer(refund: Refund, said: Said, *, way: Way, now: datetime) -> None:
    """Bring what was answered into the refund; told again, late or in any order it changes nothing.

    Succeeded: the order is closed where all is back, the buyer is told (SOP 1.5, 1.2.f).
    """
    if _step(refund, said) is None:
        return
    by = Actor("platform" if way is Way.PLATFORM else "gateway", way.label)
    with order_act("answer_refund", refund.order, by=by, now=now) as (order, log):
        row = lock(refund)
        step = _step(row, said)
        log.noted(f"退款 {row.number}：{said.outcome.label}", clause="1.5", reason=said.why)
        if step is None:  # another worker was quicker
            return
        row.code, row.said, row.by_hand = said.kept
        if said.outcome is Outcome.SUCCEEDED:
            succeeded(order, row, log, now=now)
            log.tell(refunded(order, row.amount, now).say)
        else:
            _move(row, log, step)
        _tell_of(order, row, said, way)


def _step(row: Refund, said: Said) -> Callable[[], object] | None:
    """What the answer does with the refund; None: nothing new."""
    state, outcome = RefundState(row.state), said.outcome
    if outcome is Outcome.SUCCEEDED:
        return (lambda: None) if row.is_open else None
    if state not in (R.SENDING, R.UNKNOWN):
        return None
    if outcome is Outcome.REJECTED:
        return lambda: row.fail(said.why)
    if outcome is Outcome.UNKNOWN and state is R.SENDING:
        return row.lose_sight
    if outcome is not Outcome.UNKNOWN and state is R.UNKNOWN:
        return row.find
    return (lambda: None) if (row.code, row.said, row.by_hand) != said.kept else None


def _move(row: Refund, log: Log, step: Callable[[], object]) -> None:
    before = row.get_state_display()
    step()
    now = row.get_state_display()
    changes = [Change(f"退款 {row.number}", before, now)] if before != now else []
    log.changed(changes)


def _tell_of(order: Order, row: Refund, said: Said, way: Way) -> None:
    """What failed and what has to be done by hand is somebody's to look after."""
    if said.outcome is Outcome.REJECTED:
        text = f"{order.order_no} 退款 {row.amount} 元没有退成：{said.why}"
    elif said.code == paying.DIFFERS:
        text = f"{order.order_no} 退款 {row.amount} 元对不上：{said.why}"
    elif said.by_hand:
        text = f"{order.order_no} 退款 {row.amount} 元要人来办：{said.why}"
    else:
        return
    role = Role.SUPERVISOR if way is Way.PLATFORM else Role.FINANCE
    key = f"refund:{row.pk}:{row.sends}:{said.outcome}"
    tell(text[:200], role=role, url=row.get_absolute_url(), key=key)


def tell_lost(refund: Refund) -> None:
    """It has been unknown for long: finance looks at the gateway. Once for each handing-over."""
    text = f"{refund.order.order_no} 退款 {refund.amount} 元结果不明超过 1 小时：{refund.said}"
    key = f"refund:{refund.pk}:{refund.sends}:lost"
    tell(text[:200], role=Role.FINANCE, url=refund.get_absolute_url(), key=key)


# -- what finance does ---------------------------------------------------------------------------


def send_again(
    order: Order,
    refund: Refund,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Hand what failed over once more, under the same number. Raises Refused, Conflict."""
    with order_act("send_again", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row = lock(refund)
        paying.may_send_again(facts_of(row, order)).require()
        _move(row, log, row.send)
        row.code = ""  # of this handing-over nothing was answered yet
        send_all([outgoing(row)], now=now)
        log.noted(f"再发一次退款 {row.number}", clause="1.5")
    return log.act


def pay_by_hand(
    order: Order,
    refund: Refund,
    payee: Payee | None,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Finance transfers what the gateway refused, to `payee` or who was named before.

    Raises Refused, Conflict, Repeated.
    """
    with order_act("pay_by_hand", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row = lock(refund)
        paying.may_pay_by_hand(facts_of(row, order)).require()
        pay_to(row, payee, log)
        _move(row, log, row.send)
        row.by_hand, row.said = True, f"改为手工转账。{row.said}"[:300]
        log.noted(f"退款 {row.number} 改为手工转账", clause="1.5")
    return log.act


def give_up_refund(
    order: Order,
    refund: Refund,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Not paid back after all: hold and reservation end, who asked and the customer are told why.

    The buyer's application on the platform is refused there, too. Raises Refused, Conflict,
    Repeated.
    """
    with order_act("give_up_refund", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row = lock(refund)
        paying.may_give_up(facts_of(row, order)).require()
        why = scrub(why)[:300]
        _move(row, log, lambda: row.give_up(now, why))
        release(order, row)
        let_go(order, row.number, f"退款{row.get_state_display()}", now)
        hold_the_rest(order, row, now)
        refuse_there(order, row, now)
        log.noted(f"不再退 {row.number}", clause="1.5", reason=why)
        if row.code != paying.DIFFERS:  # of that some went back: finance tells how it was settled
            log.tell(rejected(why))
        text = f"{order.order_no} 的退款 {row.amount} 元没有退成，不再退了：{why}"
        tell_asker(row, order, text[:200], "given-up")
    return log.act


def enter_transfer(
    order: Order,
    refund: Refund,
    transfer_no: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """The transfer was made, with the bank's number. Raises Refused, Conflict, Repeated."""
    with order_act("enter_transfer", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row = lock(refund)
        paying.may_enter_transfer(facts_of(row, order)).require()
        log.changed([Change("银行流水号", row.transfer_no, transfer_no)])
        row.transfer_no, row.made_by_id, row.made_name = transfer_no, by.user_id, by.name
        log.noted(f"已转账 {row.amount} 元（{row.number}），等复核", clause="1.5")
    return log.act


def confirm_transfer(
    order: Order,
    refund: Refund,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """A second person saw it at the bank: the money is back. Raises Refused, Conflict, Repeated."""
    with order_act("confirm_transfer", order, by=by, seen=seen, token=token, now=now) as (
        order,
        log,
    ):
        row = lock(refund)
        paying.may_confirm_transfer(facts_of(row, order), by.user_id).require()
        row.checked_by_id = by.user_id
        succeeded(order, row, log, now=now, why=f"手工转账，流水号 {row.transfer_no}")
        log.noted(f"复核转账 {row.amount} 元（{row.number}）", clause="1.5")
        log.tell(refunded(order, row.amount, now).say)
    return log.act


def finish_there(
    order: Order,
    refund: Refund,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """It was agreed to on the platform's own pages. Raises Refused, Conflict, Repeated."""
    with order_act("finish_there", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row = lock(refund)
        paying.may_finish_there(facts_of(row, order)).require()
        succeeded(order, row, log, now=now, why="在平台后台同意了退款")
        log.noted(f"平台已同意退款 {row.amount} 元（{row.number}）", clause="1.5")
        log.tell(refunded(order, row.amount, now).say)
    return log.act
