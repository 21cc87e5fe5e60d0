"""Change an order that the warehouse or the carrier has: ask, wait, edit, release (1.1.e, 3.b)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from aftersales.kinds.modifications import left, may_open
from aftersales.models import Case
from aftersales.models.case import OPEN
from aftersales.selectors.telling import tell_of
from aftersales.services.acting import case_act, heard, order_of
from aftersales.services.opening import Opening, write_case
from aftersales.services.undeliverable import call_back
from aftersales.services.waiting import resolve, wait_for, withdraw
from aftersales.words import CaseKind, Outcome, WaitsFor
from core.acts import TIMER, Actor, Log
from core.masking import scrub
from core.models import Act
from core.sweeping import BATCH
from orders import policy, stopping
from orders.models import Hold, Order
from orders.policy import IN_WAREHOUSE, Contacted, Receiving
from orders.services.acting import order_act
from orders.services.hold import end_holds
from orders.services.intercept import ask_stop, withdraw_stop
from orders.services.release import release
from orders.services.review import review_again
from orders.words import HoldKind, OrderState, Stop
from staff.services.tell import tell
from warehouse.models import Enquiry
from warehouse.services.enquiries import answer_carrier, ask_carrier
from warehouse.words import EnquiryKind, EnquiryState

ANSWER_IN = timedelta(days=2)  # how long a carrier may take
_RELEASED = ~Q(order__state=OrderState.PAID.value) | Q(order__released_at__isnull=False)
_PULLABLE = Q(
    order__state=OrderState.SHIPPED.value,
    order__handed_over_at=None,
    order__released_at__isnull=False,
)
_LEFT = ~Q(order__state__in=[state.value for state in IN_WAREHOUSE]) & ~_PULLABLE
_STOPPED = [CaseKind.MODIFY.value, CaseKind.SWAP.value]  # kinds that ask for a stop


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be changed. `kind`: what the carrier is asked for, where it has the parcel; `to`:
    where it is to be brought instead.
    """

    what: str
    kind: EnquiryKind = EnquiryKind.ADDRESS
    to: Receiving | None = None


def open_modification(
    order: Order,
    wish: Wish,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """Ask the warehouse to stop the parcel, or the carrier; the case waits for the answer.

    Raises Refused, Conflict, Repeated.
    """
    with order_act("open_case", order, by=by, seen=seen, token=token, contact=contact, now=now) as (
        order,
        log,
    ):
        facts = order.facts()
        verdict = may_open(facts)
        verdict.require()
        what, here = scrub(wish.what)[:300], stopping.begun(facts)
        first = WaitsFor.STOP if here else WaitsFor.CARRIER
        opening = Opening(CaseKind.MODIFY, first, wants=what)
        case = write_case(order, opening, log, by=by, now=now)
        if here:
            ask_stop(order, f"买家要改：{what}", by=by, now=now, cause=case.number)
        else:
            ask_carrier(order, wish.kind, what, now + ANSWER_IN, by=by, now=now, to=wish.to)
        log.noted(f"改单 {case.number}：{first.label}", clause=verdict.clause, reason=what)
        log.tell(tell_of(case))
    return log.act


def turn_to_carrier(case: Case, wish: Wish, **common: Any) -> Act:
    """The carrier is asked to change the address, or to bring it back (SOP 3.b).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("turn_to_carrier", case, **common) as (row, log):
        by, now = common["by"], common["now"]
        about = (wish.kind, scrub(wish.what), now + ANSWER_IN)
        ask_carrier(order_of(row), *about, by=by, now=now, to=wish.to)
        wait_for(row, WaitsFor.CARRIER, log, now)
        log.noted(f"请快递{wish.kind.label}（{row.number}）", clause="3.b", reason=wish.what)
        log.tell(tell_of(row))
    return log.act


def release_again(case: Case, **common: Any) -> Act:
    """It is changed: the stop is over, and the warehouse gets it again where nothing else bars it.

    Raises Refused, Conflict, Repeated.
    """
    with case_act("release_again", case, **common) as (row, log):
        order, by, now = order_of(row), common["by"], common["now"]
        end_holds(order, HoldKind.INTERCEPT, "改好了", now, row.number)
        said = send_on(order, by, now)
        resolve(row, log, now, Outcome.SETTLED, "改好了")
        log.noted(f"改好了（{row.number}），{said}", clause="1.1.e")
    return log.act


def send_on(order: Order, by: Actor, now: datetime) -> str:
    """It goes to the warehouse again where nothing bars it, inside a running act; says which."""
    review_again(order, now)
    verdict = policy.may_release(order.facts())
    if verdict.allowed:
        release(order, by=by, now=now)
    return "重新下发" if verdict.allowed else f"还没有下发：{verdict.reason}"


def give_up_modification(case: Case, why: str, **common: Any) -> Act:
    """Nothing is changed after all: what was asked for is taken back (screens: take back).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("give_up_modification", case, **common) as (row, log):
        order, why = order_of(row), scrub(why)
        who: dict[str, Any] = {"by": common["by"], "now": common["now"]}
        take_stop_back(row, f"不改了：{why}", **who)
        if row.waits_for == WaitsFor.CARRIER:
            for enquiry in asked_of(row).filter(state=EnquiryState.OPEN.value):
                answer_carrier(order, enquiry, EnquiryState.WITHDRAWN, why, **who)
        withdraw(row, log, common["now"], why)
        log.noted(f"不改了（{row.number}）", clause="1.1.e", reason=why)
    return log.act


def take_stop_back(case: Case, why: str, *, by: Actor, now: datetime) -> None:
    """What the warehouse was asked, and the hold that came of it, end; inside a running act."""
    order = order_of(case)
    if case.waits_for == WaitsFor.STOP:
        for hold in Hold.objects.filter(order=order, cause=case.number, state="open"):
            withdraw_stop(order, hold, why, by=by, now=now)
    end_holds(order, HoldKind.INTERCEPT, why, now, case.number)


# -- answers of warehouse and carrier ----------------------------------------------------------


def asked_of(case: Case) -> QuerySet[Enquiry]:
    """What the carrier was asked for this case."""
    return Enquiry.objects.filter(order=case.order, asked_at=case.waits_since)


def answered() -> QuerySet[Case]:
    """Cases whose warehouse or carrier has answered, or whose order went on without them."""
    rows = Case.objects.filter(kind__in=_STOPPED, state__in=OPEN)
    rows = rows.select_related("order__shop", "version_of")
    of_it = Hold.objects.filter(order=OuterRef("order"), cause=OuterRef("number"))
    open_stop = of_it.filter(state="open", stop=Stop.ASKED.value)
    asked = Enquiry.objects.filter(order=OuterRef("order"), asked_at=OuterRef("waits_since"))
    unanswered = asked.filter(state=EnquiryState.OPEN.value)
    stops = rows.filter(~Exists(open_stop), waits_for=WaitsFor.STOP.value)
    carriers = rows.filter(~Exists(unanswered), waits_for=WaitsFor.CARRIER.value)
    changes = rows.filter(kind=CaseKind.MODIFY.value)
    edits = changes.filter(_RELEASED, waits_for=WaitsFor.WORK.value)
    return stops | carriers | edits | changes.filter(_LEFT, waits_for=WaitsFor.SHIPPING.value)


def hear_answers(now: datetime, limit: int = BATCH) -> int:
    """Stopped: it can be changed. Too late: a person goes on once it has left, or now. Refused: a
    person goes on. Released: it is done.

    Says how many.
    """
    found = list(answered().order_by("id")[:limit])
    for case in found:
        with heard("hear_answer", case, now) as (row, log):
            if row.is_open and row.waits_for == WaitsFor.STOP:
                _stop_answered(row, log, now)
            elif row.is_open and row.waits_for == WaitsFor.CARRIER:
                _carrier_answered(row, log, now)
            elif row.is_open and row.waits_for == WaitsFor.SHIPPING:
                _has_left(row, log, now)
            elif row.is_open and row.kind == CaseKind.MODIFY:
                _went_on(row, log, now)
    return len(found)


def _stop_answered(case: Case, log: Log, now: datetime) -> None:
    holds = Hold.objects.filter(order=case.order, cause=case.number)
    stop = holds.order_by("-id").values_list("stop", flat=True).first() or Stop.NONE.value
    if stop == Stop.STOPPED:
        wait_for(case, WaitsFor.WORK, log, now)
        log.noted(f"拦下了，{case.number} 可以改了", clause="1.1.e")
    elif stop == Stop.TOO_LATE:
        _too_late(case, log, now)
    else:
        _over(case, log, now, "拦截撤回了")


def _too_late(case: Case, log: Log, now: datetime) -> None:
    """A carrier can be asked once it has the parcel; until then the parcel is waited for."""
    facts = order_of(case).facts()
    leaves = case.kind == CaseKind.MODIFY and not (facts.pickup or left(facts))
    wait_for(case, WaitsFor.SHIPPING if leaves else WaitsFor.DECISION, log, now)
    then = "发出以后请快递改" if leaves else "请快递改或告诉买家"
    if facts.pickup:
        then = "请告诉买家"
    log.noted(f"来不及拦，{case.number} {then}", clause="1.1.c")


def _has_left(case: Case, log: Log, now: datetime) -> None:
    """The parcel left as it was: whoever has the case asks the carrier now (SOP 3.b)."""
    order = order_of(case)
    if order.state == OrderState.CLOSED:
        _over(case, log, now, "订单关闭了")
    elif order.state == OrderState.PAID:
        wait_for(case, WaitsFor.WORK, log, now)
        log.noted(f"还是拦下了，{case.number} 可以改了", clause="1.1.e")
    elif left(order.facts()):
        wait_for(case, WaitsFor.DECISION, log, now)
        log.noted(f"包裹发出了，{case.number} 可以请快递改了", clause="3.b")
        text = f"{order.order_no} 的包裹交给快递了，请快递改，或者告诉买家（{case.number}）。"
        key = f"case:{case.pk}:left:{case.version}"
        tell(text, to=case.owner_id, url=case.get_absolute_url(), key=key)


def _went_on(case: Case, log: Log, now: datetime) -> None:
    """Somebody released it on the order itself, or closed it: nothing is left to do here."""
    order = order_of(case)
    if order.state == OrderState.CLOSED:
        _over(case, log, now, "订单关闭了")
        return
    resolve(case, log, now, Outcome.SETTLED, "重新下发了")
    log.noted(f"重新下发了，{case.number} 办完", clause="1.1.e")


def _carrier_answered(case: Case, log: Log, now: datetime) -> None:
    enquiry = asked_of(case).order_by("-id").first()
    if enquiry is None or enquiry.state == EnquiryState.WITHDRAWN:
        _over(case, log, now, "给快递的请求撤回了")
        return
    case.details = {**case.details, "why": enquiry.answer}
    if enquiry.state == EnquiryState.REFUSED:
        wait_for(case, WaitsFor.DECISION, log, now)
        log.noted(f"快递办不了，{case.number} 要再看", clause="3.b", reason=enquiry.answer)
        return
    resolve(case, log, now, Outcome.SETTLED, enquiry.answer)
    done = "快递办好了"
    if enquiry.kind == EnquiryKind.CALL_BACK and order_of(case).state == OrderState.SHIPPED:
        done = f"快递去追回，{call_back(order_of(case), by=TIMER, now=now).number} 等它回来"
    log.noted(f"{done}，{case.number} 办完", clause="3.b", reason=enquiry.answer)


def _over(case: Case, log: Log, now: datetime, why: str) -> None:
    withdraw(case, log, now, why)
    log.noted(f"{why}，{case.number} 办完", clause="1.1.e")
