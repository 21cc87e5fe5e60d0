"""What a station shows: the parcel in hand, its goods, the last scans; 5 queries at most."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.masking import scrub
from core.verdict import Verdict
from orders.models import Hold
from warehouse import policy
from warehouse.models import Box, Parcel, ParcelLine, Scan
from warehouse.selectors.parcels import facts_of, lines_of, open_holds, parcels_of
from warehouse.words import ParcelState, Station, Step

LAST = 10
STEP = {
    Station.VERIFY: Step.VERIFY,
    Station.PACK: Step.PACK,
    Station.WEIGH: Step.WEIGH,
    Station.SHIP: Step.SHIP,
    Station.PICK: Step.PICK,
}
GIFT = ("礼", "贺卡", "生日", "包装")


@dataclass(slots=True)
class Bench:
    """A station with what lies on it. `stop`: what bars the parcel in hand, whatever the step."""

    station: Station
    parcel: Parcel | None = None
    lines: list[ParcelLine] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    best: str = ""
    stop: Verdict | None = None

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
    def notes(self) -> list[str]:
        """What the buyer and the shop wrote, for the packer: gifts, cards (SOP 2.f)."""
        if self.parcel is None:
            return []
        order = self.parcel.order
        return [scrub(text) for text in (order.buyer_message, order.seller_memo) if text]

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


def get_parcel(user: Any, number: str) -> Parcel | None:
    """The parcel of this number where the person may see it."""
    if not number:
        return None
    return parcels_of(user).filter(number=number.replace("\0", "")).first()


def bench(user: Any, station: Station, parcel: Parcel | None) -> Bench:
    """The station as it is now; at most 5 queries."""
    found = Bench(station, parcel, scans=last_scans(user, station))
    if parcel is None:
        return found
    found.lines = lines_of(parcel)
    found.holds = open_holds(parcel.order_id)
    found.stop = stop_of(parcel, found.holds)
    if station in (Station.PACK, Station.WEIGH):
        found.boxes = list(Box.objects.filter(active=True))
        facts = [box.fact() for box in found.boxes]
        best = policy.best_box(facts, parcel.expected_g, found.pieces)
        found.best = best.code if best else ""
    return found


def stop_of(parcel: Parcel, holds: list[Hold]) -> Verdict | None:
    """What takes the whole screen: asked to be stopped, held, stopped, gone; else None."""
    if parcel.state in (ParcelState.SHIPPED, ParcelState.HANDED_OVER) and not holds:
        return None
    return policy.barred(facts_of(parcel, parcel.order, holds), "2.e")


def last_scans(user: Any, station: Station) -> list[Scan]:
    """The person's last ten at this station, newest first."""
    scans = Scan.objects.filter(by=user, station=station.value)
    return list(scans.order_by("-id")[:LAST])
