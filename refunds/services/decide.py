"""What supervisors decide of a refund: agree, refuse, give back, and take it back (SOP 1.5)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from core.acts import Actor, Change, Log, lock
from core.masking import scrub
from core.models import Act
from orders.models import Order
from orders.services.acting import order_act, orders_act
from orders.services.claims import let_go as unclaim
from refunds import deciding
from refunds.models import Approval, Refund
from refunds.selectors.weighing import agreed, limits
from refunds.services.holding import hold_the_rest, let_go, release
from refunds.services.refusing import refuse_there
from refunds.services.telling import tell_asker
from refunds.services.withdraw import CLAIM, come_back, facts_of, with_whole
from refunds.words import Decision, RefundState

R = RefundState


def approve_refund(
    order: Order,
    refund: Refund,
    *,
    role: str,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Agree; with enough of them it is sent after 30 seconds (SOP 1.5, 1.2.f).

    Above the role's limit a second person has to agree. Raises Refused, Conflict, Repeated.
    """
    with order_act("approve_refund", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row = lock(refund)
        before, most = agreed(row), limits()
        facts = facts_of(row, order)
        deciding.may_approve(facts, by.user_id, before, role, most).require()
        _decided(row, Decision.APPROVED, by, now)
        if deciding.enough(row.amount, role, most, before):
            _move(row, log, lambda: row.approve(now, by.user_id, now + deciding.UNDO))
            log.noted(f"通过退款 {row.number}：{row.amount} 元", clause="1.5")
        else:
            log.changed([Change(f"退款 {row.number} 的审核", "", f"{by.name}同意，还差一位")], row)
            log.noted(f"同意退款 {row.number}，还要另一位来审", clause="1.5")
        unclaim(order, CLAIM)
    return log.act


def undo_approval(
    order: Order,
    refund: Refund,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Take an approval back before the money is sent; that of somebody else, too.

    Raises Refused, Conflict, Repeated.
    """
    with order_act("undo_approval", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row = lock(refund)
        deciding.may_undo(facts_of(row, order), by.user_id, agreed(row)).require()
        last = row.approvals.filter(turn=row.turn, undone=False).order_by("id")
        if row.state == R.APPROVED:
            _undone(last.get(by=row.approved_by_id))
            _move(row, log, row.undo_approval)
        else:
            _undone(last.get(by=by.user_id))
            log.changed([Change(f"退款 {row.number} 的审核", "同意", "撤销")], row)
        log.noted(f"撤销通过 {row.number}", clause="1.5")
    return log.act


def reject_refund(
    order: Order,
    refund: Refund,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Refuse it: hold and reservation end, what was split off comes back (SOP 1.5.e).

    The buyer's application on the platform is refused there, too. Raises Refused, Conflict,
    Repeated.
    """
    rows = with_whole(order, refund)
    with orders_act("reject_refund", rows, by=by, seen=seen, token=token, now=now) as (rows, log):
        order, row = rows[0], lock(refund)
        deciding.may_reject(facts_of(row, order), by.user_id).require()
        why = scrub(why)[:300]
        _decided(row, Decision.REJECTED, by, now, why)
        _move(row, log, lambda: row.reject(now, why))
        release(order, row)
        let_go(order, row.number, f"退款{row.get_state_display()}", now)
        hold_the_rest(order, row, now)
        refuse_there(order, row, now)
        log.noted(f"驳回退款 {row.number}", clause="1.5", reason=why)
        log.tell(deciding.rejected(why))
        tell_asker(row, order, f"{order.order_no} 的退款被驳回：{why}"[:200], "rejected")
        unclaim(order, CLAIM)
        come_back(rows, by, now)
    return log.act


def return_refund(
    order: Order,
    refund: Refund,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Give it back to who asked, for what is missing (退回补充). Raises Refused, Conflict."""
    with order_act("return_refund", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row = lock(refund)
        deciding.may_return(facts_of(row, order), by.user_id).require()
        why = scrub(why)[:300]
        _decided(row, Decision.RETURNED, by, now, why)
        _move(row, log, lambda: row.give_back(why))
        log.noted(f"退回补充 {row.number}", clause="1.5", reason=why)
        tell_asker(row, order, f"{order.order_no} 的退款要补充：{why}"[:200], "returned")
        unclaim(order, CLAIM)
    return log.act


def _decided(row: Refund, decision: Decision, by: Actor, now: datetime, why: str = "") -> None:
    """What was said before by the same person in this turn counts no more."""
    for known in row.approvals.filter(turn=row.turn, undone=False, by=by.user_id):
        _undone(known)
    Approval.objects.create(
        refund=row,
        turn=row.turn,
        decision=decision.value,
        by_id=by.user_id or 0,
        by_name=by.name,
        asked_by_id=row.asked_by_id,
        why=why,
        at=now,
    )


def _undone(approval: Approval) -> None:
    approval.undone = True
    approval.save(update_fields=["undone"])


def _move(row: Refund, log: Log, step: Callable[[], object]) -> None:
    before = row.get_state_display()
    step()
    log.changed([Change(f"退款 {row.number}", before, row.get_state_display())])
