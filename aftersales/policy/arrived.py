"""What came: counted, looked at, accepted (SOP 1.4.f)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aftersales.policy.facts import LineFacts
from aftersales.words import Acceptance, Reception


def reception_of(pieces: int, got: int) -> Reception:
    """What came of so many that were expected."""
    if got == pieces:
        return Reception.ARRIVED
    return Reception.SHORT if got < pieces else Reception.EXTRA


@dataclass(frozen=True, slots=True)
class Found:
    """What an inspection says of the pieces of a line: where they go, or that they do not.

    `asks`: it cannot be said before somebody talked to the customer.
    """

    good: int = 0
    defect: int = 0
    scrap: int = 0
    asks: bool = False

    @property
    def accepted(self) -> int:
        return self.good + self.defect + self.scrap


def accepting(found: Found, pieces: int) -> Found:
    """So many pieces are taken after all: the better ones stay, what was refused is defect."""
    good = min(found.good, pieces)
    scrap = min(found.scrap, max(0, pieces - good - found.defect))
    return Found(good, pieces - good - scrap, scrap)


def acceptance_of(got: int, found: Found) -> Acceptance:
    """What after-sales says of what came."""
    if found.asks:
        return Acceptance.PERSON
    return Acceptance.ACCEPTED if found.accepted or not got else Acceptance.REFUSED


def pieces_of(lines: Sequence[LineFacts]) -> int:
    return sum(line.pieces for line in lines)
