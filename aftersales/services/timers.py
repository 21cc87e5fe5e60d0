"""The timers of cases: a wait that is over, a broken promise, silence (architecture §5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aftersales.models import Case, CaseOrder
from aftersales.policy import PAUSED
from aftersales.services.waiting import NOT_SENT
from aftersales.words import CaseKind, CaseState, OrderRole, Outcome, WaitsFor
from core.sweeping import BATCH
from orders.services.due import Done, Due
from staff.roles import Role
from staff.services.tell import Telling

DUE = Due(Case, "1.4", "售后单", "件")


def nudge(now: datetime, limit: int = BATCH) -> int:
    """What was waited for did not come in time: whoever has it hears of it. Says how many."""
    due = Case.objects.filter(nudge_at__lte=now)
    return DUE.move("nudge_case", "nudge_at", due, now, limit, _nudge)


def escalate(now: datetime, limit: int = BATCH) -> int:
    """The promise is broken: the supervisor hears of it, once (SOP 3)."""
    due = Case.objects.filter(escalate_at__lte=now)
    return DUE.move("escalate_case", "escalate_at", due, now, limit, _escalate)


def close_silent(now: datetime, limit: int = BATCH) -> int:
    """Nobody answered although it was said that it would be closed: closed, with notice."""
    due = Case.objects.filter(close_at__lte=now)
    return DUE.move("close_case", "close_at", due, now, limit, _close)


def _nudge(batch: Sequence[Case], now: datetime) -> Done:
    for row in batch:
        row.late, row.nudge_at = True, None
    told = [_to_owner(row, _overdue(row), f"nudge:{row.version}") for row in batch]
    told += [_given_away(row) for row in _sent_early(batch)]
    return ["late", "nudge_at"], "等过了", told


def _sent_early(batch: Sequence[Case]) -> list[Case]:
    """Of these the exchanges whose other goods went out, while the old ones do not come."""
    waiting = [row for row in batch if row.kind == CaseKind.EXCHANGE and row.arrived_at is None]
    new = CaseOrder.objects.filter(case__in=waiting, role=OrderRole.NEW.value)
    sent = set(new.exclude(NOT_SENT).values_list("case_id", flat=True)) if waiting else set()
    return [row for row in waiting if row.pk in sent]


def _given_away(row: Case) -> Telling:
    text = f"换货 {row.number} 先寄了换的，买家的货一直没有寄回，请看看要不要接着等。"
    key = f"case:{row.pk}:unreturned"
    return Telling(text, key, role=Role.SUPERVISOR, url=row.get_absolute_url())


def _overdue(row: Case) -> str:
    text = f"{row.number} {row.get_waits_for_display()}已经等过了。"
    if row.waits_for == WaitsFor.OWNER:
        return f"无主件 {row.number} 保管期到了，一直没有找到是谁的，可以处置了。"
    if CaseState(row.state) in PAUSED and row.close_at is not None:
        return f"{text}请提醒买家；再没有消息会自动关闭。"
    return f"{text}请看看下一步。"


def _escalate(batch: Sequence[Case], now: datetime) -> Done:
    for row in batch:
        row.escalated_at, row.escalate_at = now, None
    told = [
        Telling(
            _broken(row),
            role=Role.SUPERVISOR,
            url=row.get_absolute_url(),
            key=f"case:{row.pk}:escalated",
        )
        for row in batch
    ]
    return ["escalated_at", "escalate_at"], "售后超时", told


def _broken(row: Case) -> str:
    who, what = row.owner_name or "没有人在办", row.get_waits_for_display()
    if row.kind == CaseKind.UNOWNED:
        return f"无主件 {row.number} 放了好几天，还在“{what}”（{who}）。"
    return f"售后单 {row.number} 过了答应买家的时间，还在“{what}”（{who}）。"


def _close(batch: Sequence[Case], now: datetime) -> Done:
    for row in batch:
        row.withdraw(now, "客户一直没有答复，自动关闭", Outcome.NO_ANSWER)
    told = [_to_owner(row, f"{row.number} 客户一直没有答复，已经关闭。", "closed") for row in batch]
    return [*ENDING], "没有答复，售后关闭", told


ENDING = (
    *("state", "ended_at", "ended_why", "outcome", "late", "promised_by", "left_s"),
    *("nudge_at", "escalate_at", "close_at"),
)


def _to_owner(row: Case, text: str, what: str) -> Telling:
    role = Role.AFTERSALES if row.owner_id is None else None
    key = f"case:{row.pk}:{what}"
    return Telling(text, key, row.owner_id, role, row.get_absolute_url())
