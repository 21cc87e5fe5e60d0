"""The timers of cases: a wait that is over, a broken promise, silence (architecture §5).

Each takes a batch of due rows along its partial index, skips what somebody works on, and writes
them in a fixed number of statements; a row leaves its index with the same statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from aftersales.models import Case
from aftersales.policy import PAUSED
from aftersales.words import CaseState, Outcome
from core.acts import TIMER, act_on
from core.bulk import change, write_parts
from core.sweeping import BATCH, locked
from staff.roles import Role
from staff.services.tell import Telling, tell_all

_Done = tuple[list[str], str, list[Telling]]  # the columns, the act's summary, who is told what
_Part = tuple[int, str, str, str, list[list[str]]]


def nudge(now: datetime, limit: int = BATCH) -> int:
    """What was waited for did not come in time: whoever has it hears of it. Says how many."""
    due = Case.objects.filter(nudge_at__lte=now)
    return _sweep("nudge_case", "nudge_at", due, now, limit, _nudge)


def escalate(now: datetime, limit: int = BATCH) -> int:
    """The promise is broken: the supervisor hears of it, once (SOP 3)."""
    due = Case.objects.filter(escalate_at__lte=now)
    return _sweep("escalate_case", "escalate_at", due, now, limit, _escalate)


def close_silent(now: datetime, limit: int = BATCH) -> int:
    """Nobody answered although it was said that it would be closed: closed, with notice."""
    due = Case.objects.filter(close_at__lte=now)
    return _sweep("close_case", "close_at", due, now, limit, _close)


def _sweep(
    verb: str,
    timer: str,
    due: QuerySet[Case],
    now: datetime,
    limit: int,
    do: Callable[[Sequence[Case], datetime], _Done],
) -> int:
    if not due.exists():
        return 0
    none: list[Case] = []
    with act_on(verb, none, by=TIMER, now=now, clause="1.4") as (_, log):
        batch = list(locked(due).select_related("order").order_by(timer, "id")[:limit])
        before = [row.get_state_display() for row in batch]
        columns, summary, told = do(batch, now)
        for row in batch:
            row.version += 1
        names = [*columns, "version"]
        change(Case, names, [[row.pk, *(getattr(row, n) for n in names)] for row in batch])
        write_parts("order", _parts(batch, before, summary))
        tell_all(told)
        log.act.summary = f"{summary} {len(batch)} 件"
    return len(batch)


def _parts(batch: Sequence[Case], before: Sequence[str], summary: str) -> list[_Part]:
    """Its order's timeline tells it; a parcel that is nobody's has none."""
    return [
        (
            row.order.pk,
            row.order.order_no,
            f"{summary}（{row.number}）",
            "",
            []
            if row.get_state_display() == was
            else [[f"售后单 {row.number}", was, row.get_state_display()]],
        )
        for row, was in zip(batch, before, strict=True)
        if row.order is not None
    ]


def _nudge(batch: Sequence[Case], now: datetime) -> _Done:
    for row in batch:
        row.late, row.nudge_at = True, None
    told = [_to_owner(row, _overdue(row), f"nudge:{row.version}") for row in batch]
    return ["late", "nudge_at"], "等过了", told


def _overdue(row: Case) -> str:
    text = f"{row.number} {row.get_waits_for_display()}已经等过了。"
    if CaseState(row.state) in PAUSED and row.close_at is not None:
        return f"{text}请提醒买家；再没有消息会自动关闭。"
    return f"{text}请看看下一步。"


def _escalate(batch: Sequence[Case], now: datetime) -> _Done:
    for row in batch:
        row.escalated_at, row.escalate_at = now, None
    told = [
        Telling(
            f"售后单 {row.number} 过了答应买家的时间，还在“{row.get_waits_for_display()}”"
            f"（{row.owner_name}）。",
            role=Role.SUPERVISOR,
            url=row.get_absolute_url(),
            key=f"case:{row.pk}:escalated",
        )
        for row in batch
    ]
    return ["escalated_at", "escalate_at"], "售后超时", told


def _close(batch: Sequence[Case], now: datetime) -> _Done:
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
