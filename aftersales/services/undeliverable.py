"""What the carrier cannot deliver: contact, ways on, back to us (物流无法送达, SOP 1.4′)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aftersales.kinds import undeliverable as kind
from aftersales.models import Case
from aftersales.rules import DELIVERED, Reason
from aftersales.selectors.left import pieces_left
from aftersales.selectors.telling import tell_of
from aftersales.selectors.versions import rules_for
from aftersales.services.acting import case_act, order_of
from aftersales.services.inspection import put_away
from aftersales.services.opening import Opening, write_case
from aftersales.services.parcels import refused_go_back
from aftersales.services.waiting import resolve, usual, wait_for
from aftersales.words import CaseKind, Outcome, WaitsFor
from core.acts import TIMER, Actor, Log
from core.masking import scrub
from core.models import Act
from core.verdict import no
from orders.models import Contact, Order
from orders.policy import Contacted, Receiving
from orders.services.acting import order_act
from warehouse.selectors.troubles import open_trouble
from warehouse.services.enquiries import ask_carrier
from warehouse.services.troubles import settle_trouble
from warehouse.words import EnquiryKind, TroubleOutcome

W = WaitsFor


def open_undeliverable(
    order: Order,
    reason: str,
    keeps_until: date | None,
    said: str = "",
    *,
    by: Actor,
    now: datetime,
    owner: tuple[int | None, str] | None = None,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """A case for a parcel that the carrier keeps, by hand or by its news (SOP 1.4′.a, 1.4′.b).

    `owner`: who has it, where that is not who opens it. Raises Refused, Conflict, Repeated.
    """
    with order_act("open_case", order, by=by, seen=seen, token=token, contact=contact, now=now) as (
        order,
        log,
    ):
        kind.may_open(order.facts(), heard=by == TIMER).require()
        _only_one(order)
        keeps = keeps_until.isoformat() if keeps_until else ""
        opening = Opening(
            CaseKind.UNDELIVERABLE,
            W.WORK,
            _reason(order, reason),
            {line: pieces for line, pieces in pieces_left(order).items() if pieces},
            said,
            details={"keeps_until": keeps},
        )
        case = write_case(order, opening, log, by=by, now=now)
        case.carrier, case.waybill = order.carrier, order.waybill
        case.give_to(*(owner or (by.user_id, by.name)))
        _wait(case, W.WORK, log, now)
        case.save()
        log.noted(f"登记无法送达 {case.number}：{case.reason_label}", clause="1.4′.a")
        log.tell(tell_of(case))
    return log.act


def _only_one(order: Order) -> None:
    same = Case.objects.filter(order=order, kind=CaseKind.UNDELIVERABLE.value, ended_at=None)
    if (one := same.first()) is not None:
        no("1.4′.a", f"已经登记了：{one.number}。", instead="到那个售后单上接着办。").require()


def _reason(order: Order, code: str) -> Reason:
    """As the policy of the order's date has it, else as we deliver it: news of a parcel that no
    policy names must not stop the sweep. Raises Refused.
    """
    of_date = rules_for(order).reasons_for(CaseKind.UNDELIVERABLE)
    known = (*of_date, *DELIVERED.reasons_for(CaseKind.UNDELIVERABLE))
    found = next((one for one in known if one.code == code), None)
    if found is None:
        no("1.4′.a", "还没有选原因。", instead="问清楚快递为什么送不到，选一个原因。").require()
        raise AssertionError
    return found


def _wait(case: Case, what: WaitsFor, log: Log, now: datetime) -> None:
    """The carrier's last day counts; silence closes nothing, for the goods are still out."""
    keeps = kind.keep_of(str(case.details.get("keeps_until", "")))
    until = kind.act_by(usual(case, what, now), keeps, now)
    wait_for(case, what, log, now, until)


# -- the customer ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to reach the customer. `left`: a message was left; `again`: next attempt."""

    contact: Contacted
    reached: bool
    left: bool = False
    again: datetime | None = None


def contact_buyer(case: Case, attempt: Attempt, **common: Any) -> Act:
    """Reached, not reached, a message left: kept with its sentence (SOP 1.4′.a, 1.4′.b).

    Raises Refused, Conflict, Repeated.
    """
    by, now = common["by"], common["now"]
    with case_act("contact_buyer", case, **common) as (row, log):
        told, tries = attempt.contact, int(row.details.get("tries", 0)) + 1
        Contact.objects.create(
            order=order_of(row),
            channel=told.channel,
            identity=sorted(told.identity),
            reached=attempt.reached,
            call_again_at=attempt.again,
            said=scrub(told.said)[:500],
            about="contact_buyer",
            act=log.act.id,
            by_id=by.user_id,
            at=now,
        )
        row.details = {**row.details, "tries": tries}
        _after(row, attempt, log, by, now)
        log.noted(f"第 {tries} 次联系买家（{row.number}）：{_outcome(attempt)}", clause="1.4′.b")
        log.tell(tell_of(row))
    return log.act


def _after(case: Case, attempt: Attempt, log: Log, by: Actor, now: datetime) -> None:
    if attempt.reached:
        _wait(case, W.WORK, log, now)
        return
    if attempt.left:
        settle_parcel(case, TroubleOutcome.MESSAGE_LEFT, by, now)
    what = W.ANSWER if attempt.left else W.WORK
    if attempt.again is not None:
        wait_for(case, what, log, now, attempt.again)
    else:
        _wait(case, what, log, now)


def _outcome(attempt: Attempt) -> str:
    if attempt.reached:
        return "联系上了"
    return "没联系上，已留言" if attempt.left else "没联系上"


# -- ways on ---------------------------------------------------------------------------------------


def redeliver(case: Case, said: str, due_at: datetime, **common: Any) -> Act:
    """The carrier is asked to try once more (SOP 1.4′.a). Raises Refused, Conflict, Repeated."""
    return _ask("redeliver", case, None, said, due_at, **common)


def redirect_parcel(case: Case, to: Receiving, said: str, due_at: datetime, **common: Any) -> Act:
    """… to bring it to another address (SOP 1.4′.a, 3.b). Raises Refused, Conflict, Repeated."""
    return _ask("redirect_parcel", case, to, said, due_at, **common)


_AGAIN = (EnquiryKind.URGE, "请再派送一次", TroubleOutcome.WILL_TAKE)
_ELSEWHERE = (EnquiryKind.ADDRESS, "请改派到新地址", TroubleOutcome.REDIRECT)


def _ask(
    verb: str, case: Case, to: Receiving | None, said: str, due_at: datetime, **common: Any
) -> Act:
    what, question, settled = _ELSEWHERE if to else _AGAIN
    by, now = common["by"], common["now"]
    with case_act(verb, case, **common) as (row, log):
        text = "：".join(part for part in (question, said) if part)
        ask_carrier(order_of(row), what, text, due_at, by=by, now=now, to=to)
        settle_parcel(row, settled, by, now)
        row.details = {**row.details, "elsewhere": to is not None}
        wait_for(row, W.CARRIER, log, now, due_at)
        log.noted(f"{question}（{row.number}）", clause="1.4′.a", reason=said)
        log.tell(tell_of(row))
    return log.act


def let_return(case: Case, why: str, **common: Any) -> Act:
    """Nobody takes it: it comes back, and the dock waits for it (SOP 1.4′.b).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("let_return", case, **common) as (row, log):
        settle_parcel(row, TroubleOutcome.COMES_BACK, common["by"], common["now"])
        wait_for(row, W.ARRIVAL, log, common["now"])
        log.noted(f"让包裹退回（{row.number}）", clause="1.4′.b", reason=scrub(why)[:300])
        log.tell(tell_of(row))
    return log.act


def call_back(order: Order, *, by: Actor, now: datetime) -> Case:
    """The carrier brings it back as we asked: the dock waits for it, inside a running act.

    SOP 1.2.b: then as 1.4. Where the carrier's news opened a case already, that one goes on.
    """
    known = Case.objects.filter(order=order, kind=CaseKind.UNDELIVERABLE.value, ended_at=None)
    if not known.exists():
        open_undeliverable(order, "called_back", None, by=by, now=now)
    case = known.get()
    if case.waits_for in kind.AWAY:
        let_return(case, "追回", by=by, now=now)
    return case


def settle_parcel(case: Case, outcome: TroubleOutcome, by: Actor, now: datetime) -> None:
    """It leaves the worklist of troubles: the case follows it; inside a running act."""
    order = order_of(case)
    trouble = open_trouble(order)
    if trouble is not None:
        settle_trouble(order, trouble, outcome, case.number, by=by, now=now)


def end_returned(case: Case, **common: Any) -> Act:
    """It is back, and nobody paid for it: into stock, and done (SOP 1.4′, 5.g).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("end_returned", case, **common) as (row, log):
        put_away(row, common["now"])
        if refused_go_back(row, log, common["now"]):
            log.noted(f"退回入库，{row.number} 不认可的退回买家", clause="1.4.f")
            return log.act
        resolve(row, log, common["now"], Outcome.SETTLED, "退回入库，没有付过款")
        log.noted(f"退回入库，{row.number} 办完", clause="1.4′.a")
    return log.act
