"""Goods that come back: what was asked about them, may they, and their case (1.4.a to 1.4.e)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from aftersales import policy
from aftersales.kinds import kind_of
from aftersales.kinds.repairs import said_of_warranty
from aftersales.models import Case
from aftersales.rules import Reason, Rules
from aftersales.selectors.left import titles_of, too_many
from aftersales.selectors.telling import tell_of
from aftersales.selectors.versions import rules_for
from aftersales.services.evidence import attach
from aftersales.services.opening import Opening, write_case
from aftersales.words import CaseKind, WaitsFor
from core.acts import Actor, Log
from core.evidence.keeping import Kept
from core.verdict import Verdict, no
from core.workdays import CHINA
from orders.models import Order
from orders.services.acting import order_act


@dataclass(frozen=True, slots=True)
class GoodsBack:
    """What the customer wants to send back, and what was asked about it (SOP 1.4.a, 1.4.b).

    `received_on` counts where the order does not know the day. `here`: the goods came unasked.
    """

    pieces: Mapping[int, int] = field(default_factory=dict)
    reason: str = ""
    received_on: date | None = None
    tags: bool = True
    packaging: bool = True
    wants: str = ""
    overruled: str = ""
    here: bool = False

    @property
    def chosen(self) -> dict[int, int]:
        """The lines of which anything comes back."""
        return {line: count for line, count in self.pieces.items() if count}


def verdict_for(
    order: Order, kind: CaseKind, back: GoodsBack, now: datetime, *, senior: bool
) -> Verdict:
    """May these goods come back (SOP 1.4.a, 1.4.b)? The preview and the act ask the same."""
    opened = kind_of(kind).may_open(order.facts())
    if not opened.allowed:
        return opened
    if not any(back.pieces.values()):
        return no("1.4.a", "还没有选退哪一件。", instead="跟买家确认是哪一件、几件，再填件数。")
    if more := too_many(order, back.pieces, kind):
        what = "补发" if kind is CaseKind.RESHIP else "退"
        said = f"{more}没有这么多件可以{what}了。"
        return no("1.4.a", said, instead="看看这一单别的售后单和退款。")
    rules = rules_for(order)
    reason = _reason(rules, back.reason, kind)
    if reason is None:
        return no("1.4.a", "还没有选原因。", instead="问清楚为什么，选一个原因。")
    today, on = _day(now), received_by(order, back)
    if kind is not CaseKind.RESHIP and (wrong := _day_wrong(order, back, today)):
        return wrong
    if kind is CaseKind.REPAIR:
        return said_of_warranty(rules, on, today)
    asked = policy.Asked(
        kind,
        reason.fault,
        on,
        back.tags,
        back.packaging,
        titles_of(order, back.pieces),
        back.overruled,
        senior,
    )
    return policy.eligible(rules, asked, today)


def received_by(order: Order, back: GoodsBack) -> date | None:
    """The day of receipt: the order's own; what was named only where it knows none (1.4.b)."""
    return _day(order.received_at) if order.received_at else back.received_on


def _day_wrong(order: Order, back: GoodsBack, today: date) -> Verdict | None:
    if order.received_at or back.here:
        return None
    shipped_on = _day(order.shipped_at) if order.shipped_at else None
    return policy.day_wrong(back.received_on, shipped_on, today)


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()


def _reason(rules: Rules, code: str, kind: CaseKind) -> Reason | None:
    return next((one for one in rules.reasons_for(kind) if one.code == code), None)


@contextmanager
def coming_back(
    order: Order,
    kind: CaseKind,
    back: GoodsBack,
    *,
    by: Actor,
    now: datetime,
    senior: bool = False,
    evidence: Sequence[Kept] = (),
    details: Mapping[str, Any] | None = None,
    **act: Any,
) -> Iterator[tuple[Case, Log]]:
    """The case of goods that the customer sends back, opened: cost told, instructions given.

    `act`: what every act takes, `order_act`. Raises Refused, Conflict, Repeated.
    """
    with order_act("open_case", order, by=by, now=now, **act) as (order, log):
        verdict = verdict_for(order, kind, back, now, senior=senior)
        verdict.require()
        opening = Opening(
            kind,
            WaitsFor.SENDING,
            rules_for(order).reason(back.reason),
            back.chosen,
            back.wants,
            _passed_over(verdict, back),
            details or {},
        )
        case = write_case(order, opening, log, by=by, now=now)
        attach(case, evidence, by, now)
        yield case, log
        said = f"登记{kind.label} {case.number}：{case.reason_label}"
        who_pays = case.get_pays_back_display()
        log.noted(f"{said}，运费{who_pays}", clause="1.4", reason=case.overruled)
        log.tell(tell_of(case))


def _passed_over(verdict: Verdict, back: GoodsBack) -> str:
    """Why a senior let it pass all the same; "" where nothing stood against it."""
    return back.overruled if verdict.reason.startswith("破例") else ""
