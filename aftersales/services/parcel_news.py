"""What tracking and carriers say of parcels that cannot be delivered (SOP 1.4′; architecture §1).

The warehouse's room leaves rows: troubles, enquiries, orders that were received. These sweeps
read them, along the indexes of what is open.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from aftersales.kinds.undeliverable import AWAY
from aftersales.models import Case
from aftersales.models.case import OPEN
from aftersales.services.acting import heard, order_of
from aftersales.services.undeliverable import open_undeliverable, settle_parcel
from aftersales.services.waiting import resolve, wait_for
from aftersales.words import CaseKind, Outcome, WaitsFor
from core.acts import TIMER
from core.sweeping import BATCH
from core.verdict import Refused
from orders.words import OrderState
from staff.services.tell import tell
from warehouse.models import Enquiry, Trouble
from warehouse.words import EnquiryState, TroubleKind, TroubleOutcome

K, W = TroubleKind, WaitsFor
REASONS = {
    K.REFUSED: "refused",
    K.UNREACHED: "unreached",
    K.ADDRESS: "bad_address",
    K.RETURNING: "turned_back",
    K.RETURNED: "turned_back",
}
BACK = {K.RETURNING: TroubleOutcome.COMES_BACK, K.RETURNED: TroubleOutcome.CAME_BACK}
_KIND = CaseKind.UNDELIVERABLE.value
_STILL_OUT = [what.value for what in AWAY]
_DELIVERED = [OrderState.RECEIVED.value, OrderState.COMPLETED.value]
# Whose question to the carrier is heard here, and what comes after a yes.
ASKED = {_KIND: W.DELIVERY, CaseKind.RESHIP.value: W.WORK}


def in_trouble() -> QuerySet[Trouble]:
    """Parcels without a case, and those whose case has to hear that they come back.

    What ended while its trouble stood is not opened once more.
    """
    mine = Case.objects.filter(order=OuterRef("order"), kind=_KIND)
    known = mine.filter(Q(ended_at=None) | Q(ended_at__gte=OuterRef("opened_at")))
    rows = Trouble.objects.filter(done_at__isnull=True, kind__in=[kind.value for kind in REASONS])
    comes_back = Q(kind__in=[kind.value for kind in BACK]) & Exists(mine.filter(ended_at=None))
    ours = {"order__state": OrderState.SHIPPED.value, "tracking__inbound": False}
    return rows.filter(~Exists(known) | comes_back, **ours)


def hear_troubles(now: datetime, limit: int = BATCH) -> int:
    """Each parcel that cannot be delivered gets its case; what comes back is waited for.

    Says how many.
    """
    rows = in_trouble().select_related("order__shop", "tracking").order_by("due_at", "id")
    found = list(rows[:limit])
    for trouble in found:
        case = Case.objects.filter(order=trouble.order_id, kind=_KIND, ended_at=None).first()
        if case is None:
            _open(trouble, now)
        else:
            _comes_back(case, trouble, now)
    return len(found)


def _open(trouble: Trouble, now: datetime) -> None:
    with suppress(Refused):  # somebody opened it meanwhile
        open_undeliverable(
            trouble.order,
            REASONS[TroubleKind(trouble.kind)],
            trouble.keeps_until,
            by=TIMER,
            now=now,
            owner=(trouble.claimed_by_id, trouble.claimed_name),
        )


def _comes_back(case: Case, trouble: Trouble, now: datetime) -> None:
    with heard("hear_parcel", case, now) as (row, log):
        if row.is_open and row.waits_for in _STILL_OUT:
            wait_for(row, W.ARRIVAL, log, now)
        settle_parcel(row, BACK[TroubleKind(trouble.kind)], TIMER, now)
        log.noted(f"快递退回（{row.number}）", clause="1.4′.b")


def delivered() -> QuerySet[Case]:
    """Cases of parcels that reached their customer after all."""
    rows = Case.objects.filter(kind=_KIND, state__in=OPEN, waits_for__in=_STILL_OUT)
    return rows.filter(order__state__in=_DELIVERED)


def hear_delivered(now: datetime, limit: int = BATCH) -> int:
    """The customer has it: the case is done. Says how many."""
    found = list(delivered().select_related("order__shop", "version_of").order_by("id")[:limit])
    for case in found:
        with heard("hear_parcel", case, now) as (row, log):
            if not row.is_open:
                continue
            resolve(row, log, now, Outcome.SETTLED, "快递送到了")
            log.noted(f"快递送到了，{row.number} 办完", clause="1.4′.a")
    return len(found)


def answered() -> QuerySet[Case]:
    """Cases that wait for a carrier who has answered all that was asked."""
    open_ = Enquiry.objects.filter(order=OuterRef("order"), state=EnquiryState.OPEN.value)
    rows = Case.objects.filter(kind__in=list(ASKED), state__in=OPEN, waits_for=W.CARRIER.value)
    return rows.filter(~Exists(open_))


def hear_answers(now: datetime, limit: int = BATCH) -> int:
    """What the carrier said: it tries again, or a person goes on. Says how many."""
    found = list(answered().select_related("order__shop", "version_of").order_by("id")[:limit])
    for case in found:
        _answered(case, now)
    return len(found)


def _answered(case: Case, now: datetime) -> None:
    with heard("hear_parcel", case, now) as (row, log):
        if row.waits_for != W.CARRIER:
            return
        newest = Enquiry.objects.filter(order=order_of(row)).order_by("-id").first()
        done = newest is not None and newest.state == EnquiryState.DONE
        wait_for(row, ASKED[row.kind] if done else W.WORK, log, now)
        words = newest.get_state_display() if newest else "没有问过快递"
        log.noted(f"快递答复（{row.number}）：{words}", clause="1.4′.a")
        text = f"售后单 {row.number} 快递答复了：{words}，请接着办。"
        key = f"case:{row.pk}:answered:{row.version}"
        tell(text, to=row.owner_id, url=row.get_absolute_url(), key=key)
