"""Exchange (换货, SOP 1.4): open one, send the other goods, settle the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from aftersales.models import Case, CaseOrder
from aftersales.models.case import GIVEN_UP
from aftersales.selectors.exchanges import Price, new_goods, price_of
from aftersales.selectors.facts import has_left
from aftersales.selectors.telling import tell_of
from aftersales.services.acting import case_act, order_of
from aftersales.services.goods_back import GoodsBack, coming_back
from aftersales.services.inspection import put_away
from aftersales.services.money import refund_for
from aftersales.services.parcels import refused_go_back
from aftersales.services.waiting import NOT_SENT, give_up, resolve, wait_for
from aftersales.words import CaseKind, OrderRole, Outcome, WaitsFor
from core.acts import Actor, Change, Log
from core.masking import scrub
from core.models import Act
from core.money import ZERO
from core.verdict import no
from orders.models import Hold, Order
from orders.services.resend import Resend, send_again
from orders.words import HoldKind, HoldState, Relation
from refunds.models.refund import OPEN as MONEY_ON_ITS_WAY
from refunds.policy import told_for
from refunds.services.draft import Wanted
from refunds.words import Fault, RefundKind, RefundState, TrueReason
from stock.models import Sku


@dataclass(frozen=True, slots=True)
class Swap:
    """What comes back, and what is wanted for each line of it: line → SKU."""

    back: GoodsBack
    new: Mapping[int, Sku]


def open_exchange(order: Order, swap: Swap, **asked: Any) -> Act:
    """Other goods for those that come back: cost told, instructions given (SOP 1.4.a to 1.4.e).

    `asked`: as `coming_back` takes it. Raises Refused, Conflict, Repeated.
    """
    pieces = swap.back.chosen
    new = {line: swap.new[line] for line in pieces if line in swap.new}
    details = {"new": {str(line): sku.pk for line, sku in new.items()}}
    with coming_back(order, CaseKind.EXCHANGE, swap.back, details=details, **asked) as (_, log):
        if pieces.keys() - new.keys():
            no("1.1.f", "还没有选换成什么。", instead="每一种都写明款号、颜色、尺码。").require()
        goods = "、".join(f"{sku.label} × {pieces[line]}" for line, sku in new.items())
        log.changed([Change("换成", "", goods)])
    return log.act


def resend_exchange(case: Case, **common: Any) -> Act:
    """The other goods as an order of their own; what is to be paid first holds it (SOP 1.4.e).

    Raises Refused, Conflict, Repeated.
    """
    return _resend("resend_exchange", case, early=False, **common)


def resend_early(case: Case, **common: Any) -> Act:
    """The same before the goods arrive, where it is our fault (SOP 1.4.c)."""
    return _resend("resend_early", case, early=True, **common)


def _resend(verb: str, case: Case, *, early: bool, **common: Any) -> Act:
    by, now = common["by"], common["now"]
    with case_act(verb, case, **common) as (row, log):
        price = price_of(row, accepted=not early)
        what = Resend(
            new_goods(row, accepted=not early),
            Relation.EXCHANGE,
            f"{row.number} {row.reason_label}",
            price.difference,
            price.freight,
        )
        order = send_again(order_of(row), what, by=by, now=now)
        row.orders.filter(NOT_SENT, role=OrderRole.NEW.value).delete()  # this one goes instead
        CaseOrder.objects.create(case=row, order=order, role=OrderRole.NEW.value, at=now)
        _pay_back(row, price, by, now)
        if early:
            row.close_at = None  # ours are out: silence does not end it
        else:
            wait_for(row, WaitsFor.TOP_UP if order.due else WaitsFor.SHIPPING, log, now)
        log.changed([Change("换货新单", "", f"{order.order_no}，应付 {order.due} 元")], row)
        log.noted(f"换货 {row.number}：新单 {order.order_no}", clause="1.4.f")
        log.tell(tell_of(row))
    return log.act


def _pay_back(case: Case, price: Price, by: Actor, now: datetime) -> None:
    """The new goods are cheaper: the difference goes back, once however often they were ordered
    (SOP 1.1.f).
    """
    back = price.back - _asked_back(case)
    if back <= ZERO:
        return
    true = TrueReason.CHEAPER
    wanted = Wanted(
        RefundKind.DIFFERENCE,
        true,
        told_for(true),
        extra=back,
        fault=Fault(case.fault),
        why=f"{case.number} 换货差价",
    )
    refund_for(case, wanted, by, now)


def _asked_back(case: Case) -> Decimal:
    """What of the difference went back, or is on its way: an earlier order was closed, yuan."""
    asked = case.refunds.filter(kind=RefundKind.DIFFERENCE.value)
    asked = asked.filter(state__in=[*MONEY_ON_ITS_WAY, RefundState.SUCCEEDED.value])
    return sum((refund.amount for refund in asked), ZERO)


def finish_exchange(case: Case, **common: Any) -> Act:
    """What came back is looked at: done, or as soon as what was sent early has left (SOP 1.4.f).

    Raises Refused, Conflict, Repeated.
    """
    now = common["now"]
    with case_act("finish_exchange", case, **common) as (row, log):
        if has_left(row):
            finish(row, log, now)
        else:
            wait_for(row, WaitsFor.TOP_UP if _unpaid(row) else WaitsFor.SHIPPING, log, now)
            log.noted(f"寄回的验好了，{row.number} 等换的发出", clause="1.4.f")
            log.tell(tell_of(row))
    return log.act


def _unpaid(case: Case) -> bool:
    """Does a difference hold the order that was made for it (SOP 1.1.f)?"""
    held = Hold.objects.filter(kind=HoldKind.TOP_UP.value, state=HoldState.OPEN.value)
    return held.filter(order__in=case.orders.values("order")).exists()


def end_unreturned(case: Case, why: str, **common: Any) -> Act:
    """Ours were sent early, theirs never came: a person ends it, in writing (SOP 1.4.c). Should
    they come after all, the dock counts them here.

    Raises Refused, Conflict, Repeated.
    """
    with case_act("end_unreturned", case, **common) as (row, log):
        why = scrub(why)[:200]
        row.details = {**row.details, GIVEN_UP: why}
        give_up(row, log, common["now"])
        log.noted(f"{row.number} 的货没有寄回，不等了", clause="1.4.c", reason=why)
    return log.act


def finish(case: Case, log: Log, now: datetime) -> None:
    """The goods have left: what came back for them is ours now, and the case is done; or what was
    not accepted is still here, and goes back to the customer (SOP 1.4.f). Inside a running act.
    """
    put_away(case, now)
    repaired = case.orders.filter(role=OrderRole.REPAIR.value).exists()
    if not repaired and refused_go_back(case, log, now):
        log.noted(f"{case.number} 的货寄了，不认可的退回买家", clause="1.4.f")
        return
    resolve(case, log, now, Outcome.REPAIRED if repaired else Outcome.RESENT)
    log.noted(f"{case.get_kind_display()} {case.number} 办完", clause="1.4.f")
