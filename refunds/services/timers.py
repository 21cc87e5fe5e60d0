"""The timers of refunds: window, promise at risk, promise broken (SOP 1.5; architecture §5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.messages import send_all
from core.sweeping import BATCH
from orders.services.due import Done, Due
from refunds.models import Refund
from refunds.services.assess import assess_all
from refunds.services.money import outgoing
from refunds.words import RefundState
from staff.roles import Role
from staff.services.tell import Telling

R = RefundState
# Of the order what risks are found by, of the refund what is told, and what its steps ask.
DUE = Due(
    Refund,
    "1.5",
    "退款",
    "笔",
    (
        *("received_at", "buyer", "buyer_account", "mobile", "telephone", "province"),
        *("city", "district", "street"),
    ),
    (
        *("number", "state", "version", "turn", "sends", "amount", "applies", "application"),
        *("asked_by", "asked_at"),
    ),
)


def open_windows(now: datetime, limit: int = BATCH) -> int:
    """The window opened: to review, or the buyer may apply and the agent hears it (SOP 1.2.c).

    Says how many were due.
    """
    due = Refund.objects.filter(state=R.WAITING.value, opens_at__lte=now)
    return DUE.move("open_window", "opens_at", due, now, limit, _open)


def warn_of_closing(now: datetime, limit: int = BATCH) -> int:
    """The window closes soon and the buyer has not applied: the agent is warned (SOP 1.5.a)."""
    due = Refund.objects.filter(warn_at__lte=now)
    return DUE.move("watch_refund", "warn_at", due, now, limit, _warn)


def raise_at_risk(now: datetime, limit: int = BATCH) -> int:
    """Four working hours before the promise ends: raised in the queue (SOP 1.5, reading)."""
    due = Refund.objects.filter(risk_at__lte=now)
    return DUE.move("watch_refund", "risk_at", due, now, limit, _raise)


def escalate_broken(now: datetime, limit: int = BATCH) -> int:
    """The promise is broken: the owner hears it, and it is counted (SOP 1.5, reading)."""
    due = Refund.objects.filter(break_at__lte=now)
    return DUE.move("watch_refund", "break_at", due, now, limit, _escalate)


def send_approved(now: datetime, limit: int = BATCH) -> int:
    """Approved, and the time to undo is over: handed over to who pays it back (SOP 1.2.f)."""
    due = Refund.objects.filter(state=R.APPROVED.value, not_before__lte=now)
    return DUE.move("send_refund", "not_before", due, now, limit, _send)


def _open(batch: Sequence[Refund], now: datetime) -> Done:
    for row in batch:
        row.open_window()
    # What is handed in now is looked at as it is now: days may have gone by since it was noted.
    assess_all([row for row in batch if row.state == R.REVIEW], now)
    told = [
        _to_asker(row, f"{row.order.order_no} 可以申请退款了，请告诉买家去平台申请。", "opened")
        for row in batch
        if row.state == R.TO_APPLY
    ]
    return ["state"], "退款开窗", told


def _warn(batch: Sequence[Refund], now: datetime) -> Done:
    for row in batch:
        row.warn_at = None
    told = [
        _to_asker(row, f"{row.order.order_no} 申请退款的时间快过了，买家还没有申请。", "closing")
        for row in batch
    ]
    return ["warn_at"], "退款快到关窗时间", told


def _raise(batch: Sequence[Refund], now: datetime) -> Done:
    for row in batch:
        row.at_risk, row.risk_at = True, None
    told = [_to_role(row, Role.SUPERVISOR, "快到答应买家的时间", "risk") for row in batch]
    return ["at_risk", "risk_at"], "退款快到期", told


def _escalate(batch: Sequence[Refund], now: datetime) -> Done:
    for row in batch:
        row.broken_at, row.at_risk = now, True
        row.break_at = row.risk_at = None
    told = [_to_role(row, Role.OWNER, "过了答应买家的时间", "broken") for row in batch]
    return ["broken_at", "at_risk", "break_at", "risk_at"], "退款超时", told


def _send(batch: Sequence[Refund], now: datetime) -> Done:
    for row in batch:
        row.send()
    send_all([outgoing(row) for row in batch], now=now)
    return ["state", "not_before", "ended_why", "sends"], "开始退款", []


def _to_asker(row: Refund, text: str, what: str) -> Telling:
    key, url = f"refund:{row.pk}:{row.turn}:{what}", row.get_absolute_url()
    role = Role.SENIOR if row.asked_by_id is None else None
    return Telling(text, to=row.asked_by_id, role=role, url=url, key=key)


def _to_role(row: Refund, role: Role, what: str, why: str) -> Telling:
    text = (
        f"{row.order.order_no} 退款 {row.amount} 元{what}，还没有退（{row.get_state_display()}）。"
    )
    key = f"refund:{row.pk}:{row.turn}:{why}"
    return Telling(text, role=role, url=row.get_absolute_url(), key=key)
