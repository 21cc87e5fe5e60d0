"""What a refund would be: the preview and the act are one path (simulate = perform)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from core.money import ZERO, spread
from core.verdict import Verdict, yes
from core.workdays import Calendar
from orders.models import Order, Payment
from orders.policy import OrderFacts
from orders.services.split import Plan, Wish, plan
from refunds import policy
from refunds.amounts import (
    EXCESS,
    EXTRA,
    FREIGHT,
    LINE,
    Part,
    Piece,
    Share,
    for_pieces,
    over_payments,
)
from refunds.policy import Asked, Ruling, Terms
from refunds.selectors.left import Left, left_of
from refunds.words import Fault, FreightPayer, RefundKind, ToldReason, TrueReason
from staff.selectors import office_calendar

K = RefundKind
_ALONE = {K.DIFFERENCE: EXCESS, K.FREIGHT: FREIGHT}  # what money alone is for


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for. `pieces`: line → how many; `freight` and `extra` in yuan.

    `given`: the total, where it is not ours to reckon (the buyer's application on the platform).
    """

    kind: RefundKind
    true: TrueReason
    told: ToldReason
    pieces: Mapping[int, int] = field(default_factory=dict)
    freight: Decimal = ZERO
    extra: Decimal = ZERO
    fault: Fault | None = None
    freight_payer: FreightPayer | None = None
    why: str = ""
    given: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """How it would go: what of which part and payment, where it begins, by when it is done.

    `split`: goods that are not sent are split off first, and the refund is that order's.
    """

    pieces: list[Piece]
    shares: list[Share]
    ruling: Ruling
    terms: Terms
    verdict: Verdict
    left: Left
    split: Plan | None = None
    names_reason: bool = True

    @property
    def amount(self) -> Decimal:
        return sum((piece.amount for piece in self.pieces), ZERO)


def draft(
    order: Order, wanted: Wanted, now: datetime, *, applied_at: datetime | None = None
) -> Draft:
    """The refund as it would be, with its verdict; writes nothing (SOP 1.2.c, 1.3.c, 1.5)."""
    facts, left, calendar = order.facts(), left_of(order), office_calendar()
    split = _split(order, facts, wanted, by_itself=applied_at is not None)
    pieces = _split_pieces(split, wanted) if split else _pieces(left, wanted)
    shares = over_payments(pieces, left.purses)
    if wanted.kind is K.WHOLE and wanted.given is None:  # what the payments still hold
        pieces = [piece for share in shares for piece in share.pieces]
    first = left.payment(shares[0].purse) if shares else next(iter(left.payments), None)
    ruling = rule(order, facts, first, now, applied=applied_at is not None)
    amount = sum((piece.amount for piece in pieces), ZERO)
    asked = _asked(wanted, amount, left.amount, applied=applied_at is not None)
    verdict = policy.may_ask(facts, asked)
    if verdict.allowed:
        verdict = ruling.verdict
    if verdict.allowed and split is not None:
        verdict = _may_split(facts, split, ruling.verdict)
    promised = promise_for(order, facts, ruling, applied_at or now, calendar)
    return Draft(pieces, shares, ruling, promised, verdict, left, split, order.shop.names_reason)


def rule(
    order: Order, facts: OrderFacts, payment: Payment | None, now: datetime, *, applied: bool
) -> Ruling:
    """Where a refund of this payment begins."""
    paid_at = order.paid_at or (payment.at if payment else order.ordered_at)
    shop = order.shop
    window = policy.window(paid_at, shop.refund_opens_h, shop.refund_closes_h)
    applies = payment is not None and policy.on_platform(shop.channel, payment.trade.gateway)
    return policy.begin(facts, window, now, applies=applies, applied=applied)


def promise_for(
    order: Order, facts: OrderFacts, ruling: Ruling, applied_at: datetime, calendar: Calendar
) -> Terms:
    """By when it is done, if it is applied for then."""
    paid_at = None if policy.gone(facts) else order.paid_at
    return policy.terms(applied_at, paid_at=paid_at, opens_at=ruling.opens_at, calendar=calendar)


def whole_pieces(order: Order, pieces: Mapping[int, int]) -> bool:
    """Are these all the goods of the order?"""
    return all(pieces.get(line.pk, 0) >= line.quantity for line in order.lines.all())


def _asked(wanted: Wanted, amount: Decimal, left: Decimal, *, applied: bool) -> Asked:
    return Asked(wanted.kind, amount, left, wanted.true, wanted.told, wanted.fault, applied)


def _split(order: Order, facts: OrderFacts, wanted: Wanted, *, by_itself: bool) -> Plan | None:
    """`by_itself`: an application came; what cannot be split then holds the whole order."""
    if wanted.kind is not K.GOODS or not policy.unshipped(facts):
        return None
    found = plan(order, Wish(wanted.pieces, why=wanted.why))
    if by_itself and not _may_split(facts, found, yes("1.3.c")).allowed:
        return None
    return found


def _may_split(facts: OrderFacts, split: Plan, verdict: Verdict) -> Verdict:
    """What nobody has begun is taken back first, so its release is no obstacle."""
    may = policy.may_split_off(facts)
    if not may.allowed:
        return may
    return verdict if split.verdict.allowed or facts.released else split.verdict


def _split_pieces(split: Plan, wanted: Wanted) -> list[Piece]:
    """What the order that is split off was paid with, by line."""
    gone = split.gone
    total = split.goes.paid if wanted.given is None else wanted.given
    shares = spread(total, [cut.amount for cut in gone])
    return [
        Piece(LINE, cut.goods.label, share, cut.goods.line, cut.moved)
        for cut, share in zip(gone, shares, strict=True)
    ]


def _pieces(left: Left, wanted: Wanted) -> list[Piece]:
    if wanted.kind is K.WHOLE:
        return _all(left.parts, wanted)
    found = [
        Piece(part.what, part.label, for_pieces(part, count), part.line, count)
        for part in left.parts
        if part.line and (count := min(wanted.pieces.get(part.line, 0), part.pieces_left))
    ]
    if wanted.given is not None:
        return _given(found, wanted.given, _ALONE.get(wanted.kind, EXTRA))
    found.append(Piece(FREIGHT, "运费", wanted.freight))
    if wanted.kind is K.DIFFERENCE:
        found.append(Piece(EXCESS, "差价", wanted.extra))
    else:
        found.append(Piece(EXTRA, "补偿", wanted.extra))
    return [piece for piece in found if piece.amount > ZERO]


def _all(parts: Sequence[Part], wanted: Wanted) -> list[Piece]:
    """All that is left; of an amount that is given, so much of it."""
    rows = [Piece(p.what, p.label, p.left, p.line, p.pieces_left) for p in parts if p.left > ZERO]
    if wanted.given is None or not rows:
        return rows
    return _given(rows, wanted.given)


def _given(pieces: list[Piece], total: Decimal, what: str = EXTRA) -> list[Piece]:
    """So much in all, spread over these parts; where there are none it is for `what`."""
    if not pieces:
        return [Piece(what, "买家申请的金额", total)]
    shares = spread(total, [piece.amount for piece in pieces])
    return [
        Piece(p.what, p.label, share, p.line, p.pieces)
        for p, share in zip(pieces, shares, strict=True)
        if share > ZERO
    ]
