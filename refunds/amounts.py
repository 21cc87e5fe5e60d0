"""What may go back, and of which part: from what was really paid, to the cent. Pure; yuan.

The parts of an order (its lines, the freight, what was paid too much) always add up to what its
buyer paid; discounts and what the platform bore are spread over them (SOP 1.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.money import ZERO, spread, yuan

LINE, FREIGHT, EXCESS, EXTRA = "line", "freight", "excess", "extra"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was bought: `amount` is what is due for it."""

    key: int
    label: str
    quantity: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """What was paid for one part, and how much of it is on its way back or gone.

    `what`: LINE, FREIGHT, or what was paid too much (EXCESS).
    """

    what: str
    label: str
    paid: Decimal
    quantity: int = 0
    line: int | None = None
    back: Decimal = ZERO
    pieces_back: int = 0

    @property
    def left(self) -> Decimal:
        return max(ZERO, self.paid - self.back)

    @property
    def pieces_left(self) -> int:
        return max(0, self.quantity - self.pieces_back)


def parts(lines: Sequence[Line], freight: Decimal, paid: Decimal, excess: Decimal) -> list[Part]:
    """What the buyer's `paid` was for; the parts add up to it.

    `excess`: what of it is owed back already, being paid beyond what was due.
    """
    excess = min(max(excess, ZERO), paid)
    shares = spread(paid - excess, [*(line.amount for line in lines), freight])
    found = [
        Part(LINE, line.label, share, line.quantity, line.key)
        for line, share in zip(lines, shares[:-1], strict=True)
    ]
    found.append(Part(FREIGHT, "运费", shares[-1]))
    return [*found, Part(EXCESS, "多付", excess)]


def taken(part: Part, amount: Decimal, pieces: int = 0) -> Part:
    """The part after so much of it went back."""
    return replace(part, back=part.back + amount, pieces_back=part.pieces_back + pieces)


def for_pieces(part: Part, pieces: int) -> Decimal:
    """What so many further pieces of a line get back; all pieces together exactly its share."""
    pieces = min(max(pieces, 0), part.pieces_left)
    if not pieces:
        return ZERO
    upto = _upto(part, part.pieces_back + pieces) - _upto(part, part.pieces_back)
    return min(upto, part.left)


def _upto(part: Part, pieces: int) -> Decimal:
    return yuan(part.paid * pieces / part.quantity)


@dataclass(frozen=True, slots=True)
class Piece:
    """An amount that goes back for a part: a line, the freight, or something else (EXTRA)."""

    what: str
    label: str
    amount: Decimal
    line: int | None = None
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Purse:
    """A payment of the order, with what of it may still go back."""

    key: int
    left: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """What one payment gives back: a refund names one payment (architecture §4)."""

    purse: int
    pieces: tuple[Piece, ...]

    @property
    def amount(self) -> Decimal:
        return sum((piece.amount for piece in self.pieces), ZERO)

    def of(self, *whats: str) -> Decimal:
        return sum((piece.amount for piece in self.pieces if piece.what in whats), ZERO)

    @property
    def goods(self) -> Decimal:
        return sum((piece.amount for piece in self.pieces if piece.line is not None), ZERO)


def over_payments(pieces: Sequence[Piece], purses: Iterable[Purse]) -> list[Share]:
    """Which payment gives back what, one after the other; less than asked when there is less.

    A piece that does not fit into the rest of one payment is divided; its goods count once.
    """
    waiting, shares = [piece for piece in pieces if piece.amount > ZERO], list[Share]()
    for purse in purses:
        left, here = purse.left, list[Piece]()
        while waiting and left > ZERO:
            piece = waiting.pop(0)
            given = min(piece.amount, left)
            here.append(replace(piece, amount=given))
            left -= given
            if given < piece.amount:
                waiting.insert(0, replace(piece, amount=piece.amount - given, pieces=0))
        if here:
            shares.append(Share(purse.key, tuple(here)))
    return shares
