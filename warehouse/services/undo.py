"""Take the last step of a parcel back before it is shipped (screens: `UNDO`)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.acts import Actor, Change
from core.verdict import no
from warehouse import policy
from warehouse.models import Parcel
from warehouse.selectors.parcels import facts_of
from warehouse.services.steps import locked, parcel_act, require_free, save_counts
from warehouse.words import ParcelState


def undo(parcel: Parcel, *, by: Actor, now: datetime) -> Parcel:
    """Verified, packed or weighed: one step back (SOP 2.e, 2.f, 2.g). Raises Refused."""
    with parcel_act("undo_step", parcel, by=by, now=now) as (order, row, log):
        facts = facts_of(row, order)
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
    lines = list(parcel.lines.all())
    for line in lines:
        line.verified = line.to_check = 0
    save_counts(*lines)


def unscan(parcel: Parcel, line_id: int, *, now: datetime) -> None:
    """Take one scanned piece out again while it is being verified. Raises Refused."""
    with transaction.atomic():
        row = locked(parcel.pk)
        line = row.lines.filter(pk=line_id).first()
        if row.state != ParcelState.PICKED or line is None or not (line.verified + line.to_check):
            no("2.e", "没有可以撤销的一件。").require()
            raise AssertionError
        if line.to_check:
            line.to_check -= 1
        else:
            line.verified -= 1
        save_counts(line)
