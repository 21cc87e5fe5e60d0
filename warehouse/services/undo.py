"""Take the last step of a parcel back before it is shipped (screens: `UNDO`)."""

from __future__ import annotations

from datetime import datetime

from core.acts import Actor, Change, lock, together
from core.verdict import no
from warehouse import policy
from warehouse.models import Parcel
from warehouse.selectors.parcels import facts_of
from warehouse.services.steps import parcel_act, require_free, save_counts
from warehouse.words import ParcelState


def undo(parcel: Parcel, *, by: Actor, now: datetime) -> Parcel:
    """Verified, packed or weighed: one step back (SOP 2.e, 2.f, 2.g). Raises Refused."""
    with parcel_act("undo_step", parcel, by=by, now=now) as (order, row, log):
        facts = facts_of(row)
        require_free(policy.may_undo(facts), facts)
        before = ParcelState(row.state)
        if before is ParcelState.VERIFIED:
            _unverify(row)
        elif before is ParcelState.PACKED:
            row.unpack()
            order.unpack()
            log.changed([Change("状态", "已打包", "配货中")], order)
        else:
            row.unweigh()
        log.noted(f"撤销{before.label} {row.number}", clause=policy.CLAUSE[policy.UNDONE[before]])
    return row


def _unverify(parcel: Parcel) -> None:
    parcel.unverify()
    count_anew(parcel)


def count_anew(parcel: Parcel) -> None:
    """What was counted of a locked parcel counts no more."""
    for line in parcel.goods:
        line.verified = line.to_check = 0
    save_counts(*parcel.goods)


def unscan(parcel: Parcel, line_id: int, *, now: datetime) -> None:
    """Take one scanned piece out again while it is being verified. Raises Refused."""
    with together():
        row = lock(parcel)
        line = next((each for each in row.goods if each.pk == line_id), None)
        if row.state != ParcelState.PICKED or line is None or not (line.verified + line.to_check):
            no("2.e", "没有可以撤销的一件。").require()
            raise AssertionError
        if line.to_check:
            line.to_check -= 1
        else:
            line.verified -= 1
        save_counts(line)
