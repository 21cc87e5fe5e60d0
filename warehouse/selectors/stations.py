"""What a station shows: the parcel in hand, its goods, the last scans; 6 queries at most.

What the scan has just read of the parcel (`goods`, `bars`) is not read again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from core.masking import scrub
from core.verdict import Verdict
from orders.selectors.parts import written
from warehouse import codes, policy
from warehouse.models import Box, Parcel, ParcelLine, Printed, Scan
from warehouse.models.packing import boxes_in_use
from warehouse.selectors.parcels import facts_of, size_of
from warehouse.words import Command, Outcome, ParcelState, Station

LAST = 10
GIFT = ("礼", "贺卡", "生日", "包装")


@dataclass(slots=True)
class Bench:
    """A station with what lies on it. `stop`: what bars the parcel in hand, whatever the step."""

    station: Station
    parcel: Parcel | None = None
    scans: list[Scan] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    best: str = ""
    papers: dict[str, int] = field(default_factory=dict)
    stop: Verdict | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[ParcelLine]:
        return self.parcel.goods if self.parcel else []

    @property
    def next(self) -> ParcelLine | None:
        """The line to scan next: one that waits for its quality tick, else the first unfinished."""
        if self.parcel is None or self.parcel.state != ParcelState.PICKED:
            return None
        waiting = [line for line in self.lines if line.to_check]
        return next(iter(waiting or [x for x in self.lines if x.left_to_verify]), None)

    @property
    def pieces(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def counted(self) -> int:
        return sum(line.verified for line in self.lines)

    @property
    def may_print(self) -> bool:
        """Slip and label of a parcel that goes on; verify has no use for them."""
        return self.parcel is not None and self.station is not Station.VERIFY and not self.stop

    @property
    def gift(self) -> bool:
        return any(word in note for note in self.notes for word in GIFT)

    @property
    def expected_g(self) -> int:
        """With its box; 0: not known."""
        if self.parcel is None or not self.parcel.expected_g:
            return 0
        own = {box.code: box.weight_g for box in self.boxes}
        return self.parcel.expected_g + own.get(self.parcel.box, 0)


def bench(user: Any, station: Station, parcel: Parcel | None) -> Bench:
    """The station as it is now; at most 6 queries."""
    found = Bench(station, parcel, scans=last_scans(user, station))
    if parcel is None:
        return found
    found.stop = stop_of(parcel)
    if found.may_print:
        found.papers = printed_of(parcel)
    if station is Station.PACK:
        found.notes = notes_for(parcel)
    to_pack = station is Station.PACK and parcel.state == ParcelState.VERIFIED
    if to_pack or station is Station.WEIGH:
        found.boxes = boxes_in_use()
    if to_pack:
        facts = [box.fact() for box in found.boxes]
        room = size_of(found.lines)
        best = policy.best_box(facts, parcel.expected_g, found.pieces, room)
        found.best = best.code if best else ""
    return found


def notes_for(parcel: Parcel) -> list[str]:
    """What buyer and shop wrote, of what was merged into the order, too: gifts, cards (SOP 2.f)."""
    rows = written(parcel.order)
    return [scrub(text) for row in rows for text in (row.buyer_message, row.seller_memo) if text]


def stop_of(parcel: Parcel) -> Verdict | None:
    """What takes the whole screen: asked to be stopped, held, stopped, gone; else None."""
    if parcel.state in (ParcelState.SHIPPED, ParcelState.HANDED_OVER) and not parcel.bars:
        return None
    return policy.barred(facts_of(parcel), "2.e")


def printed_of(parcel: Parcel) -> dict[str, int]:
    """How often slip and label of it were printed, those that were."""
    times: dict[str, int] = {}
    for paper, nth in Printed.objects.filter(parcel=parcel).order_by().values_list("paper", "nth"):
        times[paper] = max(nth, times.get(paper, 0))
    return times


def print_of(done: Scan) -> uuid.UUID | None:
    """The print that a scan at a station asked for; None: it asked for none."""
    if done.outcome != Outcome.RIGHT or done.parcel_id is None:
        return None
    if codes.read(done.code).value not in (Command.SLIP, Command.LABEL, Command.WAYBILL):
        return None
    rows = Printed.objects.filter(parcel=done.parcel_id, at=done.at, by=done.by_id)
    return rows.order_by("-id").values_list("job", flat=True).first()


def last_scans(user: Any, station: Station) -> list[Scan]:
    """The person's last ten at this station, newest first."""
    scans = Scan.objects.filter(by=user, station=station.value)
    return list(scans.order_by("-id")[:LAST])
