"""A scan as it came, and what a station says of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from core.acts import Actor
from staff.models import User
from warehouse import codes
from warehouse.models import Parcel, Wave
from warehouse.words import Outcome, Station


@dataclass(frozen=True, slots=True)
class Scanned:
    """One scan as it came: where, what, with which parcel (its number) or wave in hand."""

    station: Station
    text: str
    token: uuid.UUID
    user: User
    now: datetime
    in_hand: str = ""
    wave: Wave | None = None

    @property
    def by(self) -> Actor:
        return Actor.person(self.user)

    @property
    def code(self) -> codes.Code:
        return codes.read(self.text, weighing=self.station is Station.WEIGH)


@dataclass(frozen=True, slots=True)
class Told:
    """What a station says of a scan: the parcel in hand from now on, a line, and what is next."""

    parcel: Parcel | None
    text: str
    hint: str = ""
    outcome: Outcome = Outcome.RIGHT
