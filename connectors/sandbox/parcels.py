"""Parcels on their way, as both trackers know them: what is told of each, the newest last."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass
class Parcel:
    """One parcel: who carries it (the tracker's own code), the code of its state, its way."""

    carrier: str
    number: str
    code: str = "0"
    way: list[tuple[str, str]] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    def moves(self, code: str, text: str) -> None:
        """Something happened; each event is later than the last."""
        self.codes.append(code)
        at = datetime.now(CHINA) + timedelta(seconds=len(self.way))
        self.code = code
        self.way.append((f"{at:%Y-%m-%d %H:%M:%S}", text))
