"""Where a parcel is: one protocol for those who ask the carriers (SOP 1.4, 6.b).

What they know comes as a `Track`: events oldest first, times in China, a state of ours. A code that
nobody here knows is kept beside `TrackState.UNCLEAR`; it never stops anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


class TrackState(StrEnum):
    """Where a parcel is, whoever was asked; `warehouse.words` has the Chinese for it."""

    UNCLEAR = "unclear"  # nothing known yet, or a code that is not in our tables
    BOOKED = "booked"
    COLLECTED = "collected"
    MOVING = "moving"
    DELIVERING = "delivering"
    AT_LOCKER = "at_locker"
    SIGNED = "signed"
    PROBLEM = "problem"
    REFUSED = "refused"
    RETURNING = "returning"
    RETURNED = "returned"
    FORWARDED = "forwarded"
    CUSTOMS = "customs"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a tracker is asked about; some carriers (SF) want a telephone's last four digits."""

    carrier: str
    waybill: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a parcel's way; its text may name a courier, so it is personal data.

    Some trackers say of each line where it was and what state it meant.
    """

    at: datetime
    text: str
    place: str = ""
    state: TrackState | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """All that is known of a parcel; `code` is the state as the tracker said it."""

    carrier: str
    waybill: str
    state: TrackState
    code: str
    events: tuple[Event, ...] = ()


class CarrierTracker(Protocol):
    """All raise Unreachable, Unknown or BreakerOpen like any call, and Rejected for a clear no."""

    def subscribe(self, parcel: Parcel) -> None:
        """Have its news pushed; once more changes nothing."""

    def query(self, parcel: Parcel) -> Track:
        """Where it is now."""

    def verify(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> None:
        """Is this push from the tracker? Raises Forged."""

    def read(self, raw: bytes) -> list[Track]:
        """What a verified push says; news without a waybill is nobody's. Raises Forged."""

    def taken(self, now: datetime) -> str:
        """What a push is answered with; after anything else it is pushed again."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a tracker calls the parts of a line, and what its codes mean."""

    at: str
    text: str
    place: tuple[str, ...]
    code: str
    states: Mapping[str, TrackState]


def events(rows: Any, names: Names, *, newest_first: bool) -> tuple[Event, ...]:
    """The lines of a way, oldest first; those without a time are left out.

    Lines of the same second keep the order in which the tracker told them.
    """
    found = []
    for row in rows if isinstance(rows, list) else []:
        moment = china_time(row.get(names.at)) if isinstance(row, dict) else None
        if moment:
            place = next((str(row[name]) for name in names.place if row.get(name)), "")
            state = names.states.get(str(row.get(names.code) or ""))
            text = str(row.get(names.text) or "").strip()
            found.append(Event(moment, text, place.strip(), state))
    if newest_first:
        found.reverse()
    return tuple(sorted(found, key=lambda event: event.at))


def china_time(said: Any) -> datetime | None:
    """Their text without a zone; None when it is none."""
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S"):
        try:
            return datetime.strptime(str(said).strip(), form).replace(tzinfo=CHINA)
        except ValueError:
            continue
    return None
