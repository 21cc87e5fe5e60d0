"""What the customer decides on a stock-out, done in one act (登记买家决定, SOP 1.3).

Split, swap, refund or hold, with notes on both orders. A case is opened only where something is
waited for then: the customer, the goods, the money.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from aftersales.kinds.stock_outs import SHORT, may_decide
from aftersales.models import Case, CaseOrder
from aftersales.models.case import OPEN
from aftersales.selectors.stock_outs import Short, short_of
from aftersales.selectors.telling import tell_of
from aftersales.services.acting import heard
from aftersales.services.opening import Opening, write_case
from aftersales.services.waiting import resolve
from aftersales.words import CaseKind, OrderRole, Outcome, Sending, WaitsFor, Way
from core.acts import Actor, Log, lock
from core.masking import scrub
from core.models import Act
from core.sentences import from_act, render
from core.sweeping import BATCH
from core.verdict import Say, no
from orders.models import Hold, Order, OrderLine, OrderLink
from orders.policy import Contacted
from orders.services.acting import order_act
from orders.services.calls import call_no_more
from orders.services.claims import let_go
from orders.services.hold import CAME, MISSING, end_holds, hold_order
from orders.services.note import write_note
from orders.services.products import Wanted, modify_products, swapped
from orders.services.split import Wish, split_order
from orders.words import HoldKind, OrderState, Relation
from refunds.models import Refund
from refunds.policy import told_for
from refunds.services.ask import request_refund
from refunds.services.draft import Wanted as Money
from refunds.words import RefundKind, TrueReason
from stock.models import Sku

LATER = timedelta(days=1)
WAITING = (WaitsFor.ANSWER.value, WaitsFor.GOODS.value)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the customer wants. `swaps`: line → what it becomes; `again`: call again then."""

    way: Way
    sending: Sending = Sending.TOGETHER
    swaps: Mapping[int, Sku] = field(default_factory=dict)
    again: datetime | None = None

    def label(self, *, several: bool) -> str:
        """As it is noted: what leaves first is said only where something could; what is refunded
        as a whole is sent no way.
        """
        if not several or (self.way, self.sending) == (Way.REFUND, Sending.TOGETHER):
            return self.way.label
        return f"{self.way.label}，{self.sending.label}"


def record_decision(
    order: Order,
    decision: Decision,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """Do what the customer decided: one of the nine ways, or wait (SOP 1.3.b to 1.3.d).

    Raises Refused, Conflict, Repeated.
    """
    with order_act(
        "record_decision", order, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (order, log):
        short = short_of(order)
        verdict = may_decide(order.facts(), decision.way, decision.sending, short.pieces)
        verdict.require()
        if decision.way is Way.EXCHANGE:
            _swaps_named(short, decision)
        why = MISSING if short.missing else CAME
        said = f"{why}，买家定了：{decision.label(several=short.pieces.several)}"
        for kind in (HoldKind.CUSTOMER, HoldKind.GOODS):
            end_holds(order, kind, said, now)
        doing = _Doing(order, decision, short, by, now, log)
        part, say = _DO[decision.way](doing)
        doing.write_down(part, said)
        let_go(order, "call")
        log.noted(said, clause=verdict.clause)
        log.tell(say)
    return log.act


def _swaps_named(short: Short, decision: Decision) -> None:
    lines = short.lines if short.missing else []
    if not decision.swaps or any(line.pk not in decision.swaps for line in lines):
        no("1.3.b", "还没有选缺的商品换成什么。", instead="填款号或编码，选好颜色尺码。").require()


@dataclass(frozen=True, slots=True)
class _Doing:
    """A decision as it is being done, inside its act."""

    order: Order
    decision: Decision
    short: Short
    by: Actor
    now: datetime
    log: Log

    @property
    def common(self) -> dict[str, Any]:
        return {"by": self.by, "now": self.now}

    @property
    def label(self) -> str:
        return self.decision.label(several=self.short.pieces.several)

    @property
    def first(self) -> bool:
        """Does what is here leave first?"""
        return self.decision.sending is Sending.FIRST

    def part(self) -> Order:
        """The order that it is about: split off, where the rest leaves first."""
        if not self.first:
            return self.order
        why = f"缺货，{self.label}"
        split_order(self.order, Wish(self.short.missing, why=why), **self.common)
        return self.newest_part()

    def newest_part(self) -> Order:
        rows = OrderLink.objects.filter(order=self.order, kind=Relation.SPLIT.value)
        return rows.select_related("other__shop").latest("id").other

    def wait(self, part: Order, what: WaitsFor) -> Case:
        """A case on the part that waits, tied to the order that it came from."""
        old = list(open_cases(self.order))
        short = short_of(part)
        opening = Opening(
            CaseKind.STOCK_OUT,
            what,
            pieces={line.pk: short.asked(line) for line in short.lines},
            wants=self.label,
        )
        case = write_case(part, opening, self.log, **self.common)
        if part.pk != self.order.pk:
            whole = OrderRole.WHOLE.value
            CaseOrder(case=case, order=self.order, role=whole, at=self.now).save()
        _end(old, self.label, self.log, self.now)
        return case

    def write_down(self, part: Order, said: str) -> None:
        """Notes on both orders; a case that nobody waits in any more ends."""
        goods = "、".join(f"{line.label} × {self.short.asked(line)}" for line in self.short.lines)
        swaps = "、".join(sku.label for sku in self.decision.swaps.values())
        text = f"{said}。商品：{goods}" + (f" → {swaps}" if swaps else "")
        other = "" if part.pk == self.order.pk else f"（另一单 {part.order_no}）"
        self._note(self.order, f"{text}{other}")
        if other:
            self._note(part, f"{text}（原单 {self.order.order_no}）")
        if self.decision.way is Way.EXCHANGE or not self.short.missing:
            _end(list(open_cases(self.order)), self.label, self.log, self.now)

    def _note(self, order: Order, text: str) -> None:
        with order_act("note", order, **self.common) as (row, log):
            write_note(row, text[:2000], for_shop=False, **self.common)
            log.noted("写备注")


def _exchange(doing: _Doing) -> tuple[Order, Say | None]:
    """The missing goods become others; the difference as in 1.1.f (SOP 1.3.b)."""
    part, wanted = doing.part(), list[Wanted]()
    lines = list(part.lines.order_by("id"))
    for old in doing.short.lines:
        if old.pk in doing.decision.swaps:
            sku = doing.decision.swaps[old.pk]
            wanted += swapped(_now_of(old, lines), doing.short.asked(old), sku)
    done = modify_products(part, wanted, **doing.common)
    end_holds(part, HoldKind.STOCK_OUT, "换货了", doing.now)
    return part, _first_goes(doing, from_act(done.say))


def _now_of(old: OrderLine, lines: list[OrderLine]) -> OrderLine:
    """The line as it stands in the part: the same row, or the one that was divided off."""
    same = [line for line in lines if line.pk == old.pk]
    alike = [line for line in lines if (line.sku_id, line.code) == (old.sku_id, old.code)]
    return (same or alike)[0]


def _refund(doing: _Doing) -> tuple[Order, Say | None]:
    """The money for the order, or for what is missing while the rest leaves (SOP 1.3.c, 1.5.b)."""
    first = doing.first
    kind = RefundKind.GOODS if first else RefundKind.WHOLE
    true = TrueReason.STOCK_OUT
    money = Money(kind, true, told_for(true), doing.short.missing if first else {})
    newest = Refund.objects.order_by("-id").values_list("id", flat=True).first() or 0
    done = request_refund(doing.order, money, **doing.common)
    part = doing.newest_part() if first else doing.order
    call_no_more(part)
    case = doing.wait(part, WaitsFor.REFUND)
    case.refunds.add(*Refund.objects.filter(order=part, pk__gt=newest))
    return part, _first_goes(doing, from_act(done.say))


def _first_goes(doing: _Doing, say: Say | None) -> Say | None:
    """What another room says of the missing goods, after what becomes of those that are here."""
    if not doing.first:
        return say
    then = render(say, doing.order.shop.code).removeprefix("亲，") if say else ""
    return Say("decided.first", {"then": then})


def _consider(doing: _Doing) -> tuple[Order, Say | None]:
    """Held until the customer says; called again then, not sent by itself (SOP 1.3.d)."""
    part, again = doing.part(), doing.decision.again or doing.now + LATER
    here = not doing.short.missing
    why = f"{CAME}，买家还在考虑" if here else f"{MISSING}，买家在考虑"
    hold_order(part, HoldKind.CUSTOMER, why, **doing.common)
    hold = Hold.objects.get(order=part, kind=HoldKind.CUSTOMER.value, cause="", state="open")
    hold.call_at, hold.came_at = again, doing.now if here else None
    hold.save()
    call_no_more(part)
    case = doing.wait(part, WaitsFor.ANSWER)
    case.due_at = case.nudge_at = again
    case.close_at = None  # the order stays held: silence ends nothing
    case.save()
    return part, tell_of(case)


def _wait(doing: _Doing) -> tuple[Order, Say | None]:
    """It goes on by itself when the goods are here (SOP 1.3.d)."""
    part = doing.part()
    hold_order(part, HoldKind.GOODS, "缺货，买家愿意等", **doing.common)
    call_no_more(part)
    return part, tell_of(doing.wait(part, WaitsFor.GOODS))


def _send(doing: _Doing) -> tuple[Order, Say | None]:
    """They came while the customer considered, and are wanted: nothing holds it any more."""
    return doing.order, Say("decided.goes_on")


_DO: dict[Way, Callable[[_Doing], tuple[Order, Say | None]]] = {
    Way.EXCHANGE: _exchange,
    Way.REFUND: _refund,
    Way.CONSIDER: _consider,
    Way.WAIT: _wait,
    Way.SEND: _send,
}


# -- what ends a wait ------------------------------------------------------------------------------


def open_cases(order: Order) -> QuerySet[Case]:
    """Where somebody still waits because of a stock-out."""
    rows = Case.objects.filter(order=order, kind=CaseKind.STOCK_OUT.value, state__in=OPEN)
    return rows.select_related("order__shop", "version_of")


def _end(cases: list[Case], why: str, log: Log, now: datetime) -> None:
    for case in cases:
        row = lock(case)
        resolve(row, log, now, Outcome.SETTLED, scrub(why))


def over() -> QuerySet[Case]:
    """Cases whose order nothing holds any more: the goods came, or somebody lifted the hold."""
    held = Hold.objects.filter(order=OuterRef("order"), kind__in=SHORT, state="open")
    rows = Case.objects.filter(
        Q(order__state=OrderState.CLOSED.value) | ~Exists(held),
        kind=CaseKind.STOCK_OUT.value,
        state__in=OPEN,
        waits_for__in=WAITING,
    )
    return rows.select_related("order__shop", "version_of")


def hear_goods(now: datetime, limit: int = BATCH) -> int:
    """The goods came and the order goes on by itself: nobody waits any more (SOP 1.3.d).

    Says how many.
    """
    found = list(over().order_by("id")[:limit])
    for case in found:
        with heard("hear_goods", case, now) as (row, log):
            if row.waits_for in WAITING and row.is_open:
                resolve(row, log, now, Outcome.SETTLED, "不用再等了")
                log.noted(f"不用再等了，{row.number} 办完", clause="1.3.d")
    return len(found)
