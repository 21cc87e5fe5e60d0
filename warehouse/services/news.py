"""News of a parcel is taken in: its lines, where it is, what follows (SOP 6.a, 6.c).

Twice, late, out of order or from two trackers: the same end. Lines are a set; where it is says the
newest news (`following.News`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core.sweeping import BATCH, locked
from orders.services.finish import signed
from orders.words import OrderState
from warehouse import following as policy
from warehouse.models import Tracking, TrackingEvent
from warehouse.selectors.tracking import followed, term_of, terms
from warehouse.services.troubles import found_trouble
from warehouse.words import TrackSource, TrackState, TroubleKind

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a parcel's way."""

    at: datetime
    text: str
    place: str = ""
    state: str = ""


def take_news(
    carrier: str,
    waybill: str,
    state: TrackState,
    lines: Sequence[Line],
    source: TrackSource,
    *,
    now: datetime,
) -> int:
    """Keep what a tracker says of a waybill, oldest line first; says how many orders it moved.

    A waybill that nobody follows, or another carrier's of the same number, is nobody's.
    """
    moved = 0
    for row in followed(waybill):
        if _same(carrier, row.carrier):
            moved += _take(row, state, lines, source, now)
    return moved


def _same(theirs: str, ours: str) -> bool:
    return not theirs or not ours or theirs.casefold() == ours.casefold()


def _take(
    row: Tracking, state: TrackState, lines: Sequence[Line], source: TrackSource, now: datetime
) -> bool:
    lines = [line for line in lines if line.at <= now + policy.AHEAD]
    with transaction.atomic():
        fresh = locked_one(row)
        _keep(fresh, lines, source)
        newer = _newer(fresh, state, lines)
        if newer:
            _move(fresh, state, lines, now)
            fresh.save()
    # Also when it is not the newest: what was signed for once was received, whatever came first.
    if state is TrackState.SIGNED and not fresh.inbound and _current(fresh):
        signed(fresh.order, _signed_at(lines, now), now=now)
    return newer


def _current(row: Tracking) -> bool:
    """Is it still waited for: the order bears this waybill, or the buyer sends by it?"""
    if row.inbound:
        return row.ended_at is None
    return bool(row.order.waybill == row.waybill)


def _signed_at(lines: Sequence[Line], now: datetime) -> datetime:
    of_signing = [line.at for line in lines if line.state == TrackState.SIGNED]
    if of_signing:
        return of_signing[0]
    return lines[-1].at if lines else now


def locked_one(row: Tracking) -> Tracking:
    """The row as it stands, nobody else changes it."""
    rows = Tracking.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("order__shop").get(pk=row.pk)


def _keep(row: Tracking, lines: Sequence[Line], source: TrackSource) -> None:
    TrackingEvent.objects.bulk_create(
        [
            TrackingEvent(
                tracking=row,
                at=line.at,
                text=_cut(line.text),
                place=_cut(line.place)[:64],
                state=line.state,
                source=source.value,
            )
            for line in lines
        ],
        ignore_conflicts=True,
        batch_size=200,
    )


def _cut(text: str) -> str:
    return text.replace("\0", "")[:LONGEST]


def _newer(row: Tracking, state: TrackState, lines: Sequence[Line]) -> bool:
    """Is it newer than the newest before? Keeps it as the newest, when it is."""
    news = policy.News(lines[-1].at if lines else None, len(lines), state)
    known = (row.news_at.timestamp() if row.news_at else 0.0, row.news_count, row.news_rank)
    if news.key <= known:
        return False
    row.news_at, row.news_count, row.news_rank = news.at, news.count, policy.rank(state)
    return True


def _move(row: Tracking, state: TrackState, lines: Sequence[Line], now: datetime) -> None:
    """Where it is now, and by when it has to go on."""
    term = term_of(row.carrier, terms())
    row.stage = state.value
    if lines:
        row.last_at, row.last_text = lines[-1].at, _cut(lines[-1].text)
    last = row.last_at or row.made_at
    keeps = policy.keeps_until(state, row.last_at, term)
    row.keeps_until = timezone.localdate(keeps) if keeps else None
    row.why_not = ""
    if not _current(row):  # kept for the record, nothing is waited for
        return
    row.poll_at = policy.poll_at(state, last, pushed=bool(row.subscribed), now=now)
    row.look_at = policy.look_at(state, last, term)
    row.ended_at = now if state in policy.ENDED else None
    found_trouble(row, _wrong(row, policy.trouble(state, row.last_text)), now)


def _wrong(row: Tracking, kind: TroubleKind | None) -> TroubleKind | None:
    return None if row.inbound and kind not in policy.COMING else kind


def look(now: datetime, limit: int = BATCH) -> int:
    """Parcels that have not gone on for too long go on the worklist; says how many were due."""
    due = Tracking.objects.filter(look_at__lte=now)
    if not due.exists():
        return 0
    with transaction.atomic():
        rows = list(locked(due).select_related("order").order_by("look_at", "id")[:limit])
        for row in rows:
            row.look_at = None
            kind = policy.overdue(TrackState(row.stage))
            out = row.inbound or row.order.state == OrderState.SHIPPED
            if out and _current(row) and not row.why_not:
                found_trouble(row, _wrong(row, kind), now)
            row.save(update_fields=["look_at", "trouble"])
    return len(rows)
