"""Money beyond what was paid: asked for with evidence, decided, transferred by two (SOP 1.5.f)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from core.acts import Actor, Change, Log, lock
from core.evidence.keeping import Kept
from core.masking import scrub
from core.models import Act
from core.verdict import no
from orders.models import Order
from orders.services.acting import order_act
from refunds import beyond
from refunds.models import Payout, PayoutEvidence
from refunds.selectors.weighing import limits
from refunds.words import PayoutKind
from staff.roles import Role
from staff.services.tell import tell


def request_payout(
    order: Order,
    kind: PayoutKind,
    amount: Decimal,
    payee: str,
    why: str,
    evidence: Sequence[Kept],
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Ask for it; without evidence it is refused. Raises Refused, Conflict, Repeated."""
    with order_act("request_payout", order, by=by, seen=seen, token=token, now=now) as (order, log):
        beyond.may_ask(order.facts()).require()
        if not evidence:
            no("1.5.f", "赔付要有凭证。", instead="传运费单、照片或聊天截图。").require()
        count = Payout.objects.filter(order=order).count()
        row = Payout.objects.create(
            number=f"{order.order_no}-P{count + 1}",
            shop=order.shop,
            order=order,
            kind=kind.value,
            amount=amount,
            payee=payee,
            why=scrub(why)[:300],
            asked_by_id=by.user_id,
            asked_name=by.name,
            asked_at=now,
        )
        PayoutEvidence.objects.bulk_create(
            PayoutEvidence(payout=row, name=one.name, kind=one.kind, size=one.size, place=one.place)
            for one in evidence
        )
        log.changed([Change("赔付", "", f"{row.number} {amount} 元，{kind.label}")])
        log.noted(f"申请赔付 {amount} 元（{kind.label}）", clause="1.5.f", reason=row.why)
        _tell(row, order, Role.SUPERVISOR, "等审核")
    return log.act


def approve_payout(
    order: Order,
    payout: Payout,
    *,
    role: str,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Agree; above the limit a second person has to, too. Raises Refused, Conflict, Repeated."""
    with order_act("approve_payout", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row, most = lock(payout), limits()
        beyond.may_agree(row.facts(), by.user_id, role, most).require()
        row.said_by = "、".join(name for name in (row.said_by, by.name) if name)[:140]
        if beyond.enough(row.facts(), role, most):
            before = row.get_state_display()
            row.approve(by.user_id)
            _changed(row, before, log)
            log.noted(f"同意赔付 {row.amount} 元（{row.number}）", clause="1.5.f")
            _tell(row, order, Role.FINANCE, "要转账")
        else:
            row.first_by_id = by.user_id
            log.changed([Change(f"赔付 {row.number} 的审核", "", f"{by.name}同意，还差一位")])
            log.noted(f"同意赔付 {row.number}，还要另一位来审", clause="1.5.f")
    return log.act


def reject_payout(
    order: Order,
    payout: Payout,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Refuse it with a reason; who asked hears of it. Raises Refused, Conflict, Repeated."""
    with order_act("reject_payout", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row, before = lock(payout), payout.get_state_display()
        beyond.may_refuse(row.facts(), by.user_id).require()
        row.reject(now, scrub(why))
        _changed(row, before, log)
        log.noted(f"驳回赔付 {row.number}", clause="1.5.f", reason=why)
        text, url = f"{order.order_no} 的赔付被驳回：{row.ended_why}"[:200], row.get_absolute_url()
        if row.asked_by_id is not None:
            tell(text, to=row.asked_by_id, url=url, key=f"payout:{row.pk}:rejected")
    return log.act


def enter_payout(
    order: Order,
    payout: Payout,
    transfer_no: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """The transfer was made, with the bank's number. Raises Refused, Conflict, Repeated."""
    with order_act("enter_payout", order, by=by, seen=seen, token=token, now=now) as (_, log):
        row = lock(payout)
        beyond.may_enter(row.facts()).require()
        log.changed([Change("银行流水号", row.transfer_no, transfer_no)])
        row.transfer_no, row.made_by_id, row.made_name = transfer_no, by.user_id, by.name
        log.noted(f"已转账 {row.amount} 元（{row.number}），等复核", clause="1.5.f")
    return log.act


def confirm_payout(
    order: Order,
    payout: Payout,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """A second person saw it at the bank. Raises Refused, Conflict, Repeated."""
    with order_act("confirm_payout", order, by=by, seen=seen, token=token, now=now) as (_, log):
        row = lock(payout)
        beyond.may_confirm(row.facts(), by.user_id).require()
        before = row.get_state_display()
        row.pay(now, by.user_id)
        _changed(row, before, log)
        log.noted(f"赔付 {row.amount} 元已转到（{row.number}）", clause="1.5.f")
    return log.act


def _changed(row: Payout, before: str, log: Log) -> None:
    log.changed([Change(f"赔付 {row.number}", before, row.get_state_display())])


def _tell(row: Payout, order: Order, role: Role, what: str) -> None:
    text = f"{order.order_no} 赔付 {row.amount} 元{what}。"
    tell(text, role=role, url=row.get_absolute_url(), key=f"payout:{row.pk}:{what}")
