"""Ask for a refund (申请退款, SOP 1.2.c, 1.3.c, 1.3.e, 1.5)."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.acts import Actor, Change, lock
from core.evidence.keeping import Kept
from core.masking import scrub
from core.models import Act
from core.verdict import Say
from orders.models import Order, OrderLink
from orders.policy import Contacted
from orders.services.acting import order_act
from orders.services.release import take_back
from orders.services.split import Wish, split_order
from orders.words import Relation
from refunds import policy
from refunds.amounts import EXCESS, EXTRA, FREIGHT, Share
from refunds.models import Refund, RefundLine
from refunds.policy import Ruling
from refunds.saying import names_reason, say_of
from refunds.services.assess import assess
from refunds.services.draft import Draft, Wanted, draft, promise_for, rule, whole_pieces
from refunds.services.evidence import attach
from refunds.services.holding import hold_for, reserve
from refunds.services.promises import put_promise
from refunds.words import RefundKind, RefundSource, RefundState
from staff.selectors import office_calendar

R = RefundState


@dataclass(frozen=True, slots=True)
class Applied:
    """The buyer's own application on the platform (1.5, reading)."""

    number: str
    at: datetime
    deadline: datetime | None = None
    platform: dict[str, Any] = field(default_factory=dict)


def request_refund(
    order: Order,
    wanted: Wanted,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
    source: RefundSource = RefundSource.AGENT,
    applied: Applied | None = None,
    evidence: Sequence[Kept] = (),
) -> Act:
    """Ask for money back: held at once where goods must not leave, one refund a payment (1.5).

    Some goods of what has not left are split off first; the refund is then that order's (1.3.c).
    Raises Refused, Conflict, Repeated.
    """
    if wanted.kind is RefundKind.GOODS and whole_pieces(order, wanted.pieces):
        wanted = dataclasses.replace(wanted, kind=RefundKind.WHOLE, pieces={})
    wanted = dataclasses.replace(wanted, why=scrub(wanted.why)[:300])
    make = _Asking(by, now, source, applied, evidence)
    with order_act(
        "request_refund", order, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (order, log):
        found = draft(order, wanted, now, applied_at=applied.at if applied else None)
        found.verdict.require()
        if found.split is not None:
            second = _split_off(order, wanted, by, now)
            made = make.on_part(second, wanted, order)
        else:
            made = make.write(order, found, wanted)
        log.changed([_change(refund) for refund in made])
        log.noted(_said(made), clause=found.verdict.clause, reason=wanted.why)
        log.tell(said_of(found, wanted))
    return log.act


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who asks, when, and with what in hand."""

    by: Actor
    now: datetime
    source: RefundSource
    applied: Applied | None
    evidence: Sequence[Kept]

    def on_part(self, part: Order, wanted: Wanted, whole: Order) -> list[Refund]:
        """The refund of what was split off, in an act of its own order (SOP 1.3.c)."""
        wanted = dataclasses.replace(wanted, pieces={})
        with order_act("request_refund", part, by=self.by, now=self.now) as (part, log):
            found = draft(
                part,
                dataclasses.replace(wanted, kind=RefundKind.WHOLE),
                self.now,
                applied_at=self.applied.at if self.applied else None,
            )
            found.verdict.require()
            made = self.write(part, found, wanted, split_from=whole)
            log.changed([_change(refund) for refund in made])
            log.noted(_said(made), clause="1.3.c", reason=wanted.why)
        return made

    def write(
        self, order: Order, found: Draft, wanted: Wanted, split_from: Order | None = None
    ) -> list[Refund]:
        """One refund for each payment that gives something back."""
        count = Refund.objects.filter(order=order).count()
        trades = (found.left.payment(share.purse).trade for share in found.shares)
        for trade in sorted(trades, key=lambda row: row.pk):
            lock(trade)
        return [
            self._one(order, found, share, wanted, f"{order.order_no}-R{count + place}", split_from)
            for place, share in enumerate(found.shares, start=1)
        ]

    def _one(
        self,
        order: Order,
        found: Draft,
        share: Share,
        wanted: Wanted,
        number: str,
        split_from: Order | None,
    ) -> Refund:
        payment = found.left.payment(share.purse)
        ruling = rule(order, order.facts(), payment, self.now, applied=self.applied is not None)
        reserve(order, payment.trade, share.amount)
        refund = Refund(
            number=number,
            shop=order.shop,
            order=order,
            trade=payment.trade,
            payment=payment,
            kind=wanted.kind.value,
            state=ruling.state.value,
            source=self.source.value,
            split_from=split_from,
            applies=ruling.applies,
            **_amounts(share),
            **_why(wanted),
            asked_by_id=self.by.user_id,
            asked_name=self.by.name,
            asked_at=self.now,
        )
        self._when(refund, order, ruling)
        holds = wanted.kind is RefundKind.WHOLE or split_from or self.applied
        if wanted.kind in policy.OF_GOODS and holds:
            refund.stop = hold_for(order, number, said_reason(refund), by=self.by, now=self.now)
        refund.save(force_insert=True)
        _lines(refund, share)
        assess(order, refund, self.now)
        attach(refund, self.evidence, self.by, self.now)
        return refund

    def _when(self, refund: Refund, order: Order, ruling: Ruling) -> None:
        """Window, promise and timers; the application where it came by itself."""
        refund.opens_at, refund.warn_at = ruling.opens_at, ruling.warn_at
        if ruling.warn_at is not None:
            refund.closes_at = ruling.warn_at + policy.WARN
        if self.applied is not None:
            refund.application, refund.applied_at = self.applied.number, self.applied.at
            refund.deadline, refund.platform = self.applied.deadline, self.applied.platform
        calendar = office_calendar()
        at = self.applied.at if self.applied else self.now
        terms = promise_for(order, order.facts(), ruling, at, calendar)
        put_promise(refund, terms, calendar)


def _amounts(share: Share) -> dict[str, Any]:
    return {
        "amount": share.amount,
        "goods": share.goods,
        "freight": share.of(FREIGHT),
        "compensation": share.of(EXCESS, EXTRA),
    }


def _why(wanted: Wanted) -> dict[str, Any]:
    return {
        "true_reason": wanted.true.value,
        "told_reason": wanted.told.value,
        "why": wanted.why,
        "fault": wanted.fault or "",
        "freight_payer": wanted.freight_payer or "",
    }


def _lines(refund: Refund, share: Share) -> None:
    RefundLine.objects.bulk_create(
        RefundLine(
            refund=refund,
            line_id=piece.line,
            what=piece.what,
            label=piece.label[:300],
            pieces=piece.pieces,
            amount=piece.amount,
        )
        for piece in share.pieces
    )


def _split_off(order: Order, wanted: Wanted, by: Actor, now: datetime) -> Order:
    """What is not to be sent becomes an order of its own; the rest goes on (SOP 1.3.c)."""
    if order.released_at is not None:
        take_back(order, by=by, now=now)
    wish = Wish(wanted.pieces, why=f"退款：{wanted.true.label}")
    split_order(order, wish, by=by, now=now)
    link = OrderLink.objects.filter(order=order, kind=Relation.SPLIT.value).latest("id")
    return link.other


def said_reason(refund: Refund) -> str:
    """What colleagues read of why."""
    return f"{refund.get_true_reason_display()}，{refund.amount} 元"


def _change(refund: Refund) -> Change:
    return Change("退款", "", f"{refund.number} {refund.amount} 元，{refund.get_state_display()}")


def _said(made: Sequence[Refund]) -> str:
    amounts = "、".join(f"{refund.amount} 元" for refund in made)
    return f"申请退款 {amounts}（{made[0].get_kind_display()}）"


def said_of(found: Draft, wanted: Wanted) -> Say | None:
    """What the customer hears of a refund as it begins (SOP 1.2.f, 1.5.e)."""
    ruling = found.ruling
    return say_of(
        ruling.state,
        found.amount,
        wanted.told,
        found.terms.promised,
        applies=ruling.applies,
        opens_at=ruling.opens_at,
        named=names_reason(wanted.true, shop_says=found.names_reason),
    )
