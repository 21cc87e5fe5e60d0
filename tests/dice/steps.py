"""What people do with cases and refunds, and what the warehouse and the outside do meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from aftersales.models import Case
from aftersales.policy import Found
from aftersales.selectors.arrivals import expected
from aftersales.services import (
    hearing,
    modifications,
    parcel_news,
    partial,
    repairs,
    resends,
    stock_outs,
    swaps,
    timers,
    unowned,
    way_back,
)
from aftersales.services.arrivals import count_goods, finish_arrival
from aftersales.services.asking import ask_customer, record_answer
from aftersales.services.claims import claim_carrier, claim_paid, claim_refused, correct_claim
from aftersales.services.ending import refuse_case, withdraw_case
from aftersales.services.evidence import add_case_evidence
from aftersales.services.exchanges import (
    end_unreturned,
    finish_exchange,
    resend_early,
    resend_exchange,
)
from aftersales.services.goods_back import GoodsBack
from aftersales.services.handing import take_case
from aftersales.services.inspection import agree_difference, inspect_goods
from aftersales.services.modifications import Wish, give_up_modification, release_again
from aftersales.services.modifications import turn_to_carrier as turn
from aftersales.services.parcels import note_waybill, record_sent, send_back
from aftersales.services.questions import answer_case
from aftersales.services.reasons import change_reason
from aftersales.services.resends import resend_goods
from aftersales.services.reships import ask_about_parcel
from aftersales.services.returns import MoneyBack, refund_case
from aftersales.services.undeliverable import (
    Attempt,
    contact_buyer,
    end_returned,
    let_return,
    redeliver,
    redirect_parcel,
)
from aftersales.words import CaseKind
from core.acts import Actor
from core.evidence.keeping import Kept
from core.workdays import CHINA
from orders.models import Hold, Order
from orders.policy import Receiving
from orders.services.close_unpaid import close_due
from orders.services.finish import complete_due
from orders.services.hold import lift_due_holds
from orders.services.release_due import review_due
from orders.services.remind import remind_due
from orders.services.serving import serve_marked
from orders.words import Stop
from refunds import paying
from refunds.models import Refund
from refunds.payees import Payee
from refunds.paying import Way
from refunds.services import decide, money, stops
from refunds.services import timers as refund_timers
from refunds.services.money import Said, take_answer
from refunds.services.resubmit import resubmit_refund
from refunds.services.transfers import enter_payee
from refunds.services.withdraw import ship_instead, withdraw_refund
from refunds.words import Fault, Outcome
from staff.models import User
from tests.dice.deeds import IDENTIFIED, Try
from warehouse.factories import Bench, begun
from warehouse.models import Parcel, Wave
from warehouse.services.hand_over import hand_over
from warehouse.services.intercept import confirm_stop, too_late
from warehouse.services.pick import pick_list
from warehouse.words import ParcelState, Station

PICTURE = Kept("箱子.jpg", "image/jpeg", 9, "cases/none")
DAY = timedelta(days=1)
ELSEWHERE = Receiving("林小满", "17712345678", "", "广东省", "深圳市", "福田区", "农园路66号")
BOX_G = 250  # of BOX-2
Step = Callable[[Case, Try], Any]


def _count(case: Case, t: Try) -> Any:
    """All that was expected, or one piece less."""
    _count_unknown(case, t)
    less = t.dice % 3 == 0
    for line in case.lines.all():
        if line.sku and line.pieces - less > 0:
            count_goods(now_of(case), line.sku.code, line.pieces - less, **t.who)
    return finish_arrival(now_of(case), **t.who)


def now_of(case: Case) -> Case:
    return Case.objects.select_related("order__shop", "version_of", "shop").get(pk=case.pk)


def _inspect(case: Case, t: Try) -> Any:
    found = {line.pk: Found(good=line.got * (t.dice % 4 > 0)) for line in case.lines.all()}
    return inspect_goods(case, found, {}, **t.who)


def _takes(case: Case, t: Try) -> dict[int, int]:
    """As it was looked at, or one piece more or less of what came."""
    more = t.dice % 3 - 1
    return {x.pk: max(0, min(x.got, x.accepted + more)) for x in case.lines.all()}


def _attempt(case: Case, t: Try) -> Any:
    reached = t.dice % 2 == 0
    return contact_buyer(case, Attempt(IDENTIFIED, reached=reached, left=not reached), **t.who)


def _count_unknown(case: Case, t: Try) -> None:
    """Nobody knows what is in it before it is opened."""
    if not case.lines.exists() and case.kind == CaseKind.UNOWNED:
        count_goods(case, t.sku().code, 1 + t.dice % 2, **t.who)


def _tie_unowned(case: Case, t: Try) -> Any:
    """To a case that waits for goods, or to an order that has none."""
    waiting = expected().exclude(order=None).exclude(kind=CaseKind.UNOWNED.value)
    to = waiting.select_related("order__shop", "version_of").first()
    if to is not None and t.dice % 2:
        return unowned.tie_unowned(case, to, **t.who)
    day = t.order.received_at.astimezone(CHINA).date() if t.order.received_at else None
    return unowned.tie_to_order(case, t.order, GoodsBack({}, "size", day), senior=False, **t.who)


def _dispose(case: Case, t: Try) -> Any:
    found = {line.pk: Found(good=line.got) for line in case.lines.all()}
    return unowned.dispose_unowned(case, found, {}, **t.who)


def _diagnose(case: Case, t: Try) -> Any:
    fault = (Fault.BUYER, Fault.SELLER)[t.dice % 2]
    found = repairs.Diagnosis(t.dice % 3 == 0, fault, "换拉链", repairable=t.dice % 5 > 0)
    return repairs.diagnose_repair(case, found, **t.who)


def _yes_or_no(case: Case, t: Try) -> Any:
    return repairs.answer_quote(case, agrees=t.dice % 4 > 0, contact=IDENTIFIED, **t.who)


def _fee(case: Case, t: Try) -> Any:
    return repairs.take_repair_fee(case, Order.objects.get(is_top_up=True), **t.who)


def _other_order(case: Case, t: Try) -> Any:
    return swaps.tie_new_order(case, t.order, **t.who)


LATER_STEPS: dict[str, Step] = {
    "tie_unowned": _tie_unowned,
    "dispose_unowned": _dispose,
    "return_to_sender": lambda c, t: unowned.return_to_sender(c, "不是我们的", **t.who),
    "diagnose_repair": _diagnose,
    "quote_repair": lambda c, t: repairs.quote_repair(c, Decimal(3), **t.who),
    "answer_quote": _yes_or_no,
    "take_repair_fee": _fee,
    "begin_repair": lambda c, t: repairs.begin_repair(c, **t.who),
    "finish_repair": lambda c, t: repairs.finish_repair(c, "换了拉链", **t.who),
    "fail_repair": lambda c, t: repairs.fail_repair(c, "没有配件", **t.who),
    "ask_evidence": lambda c, t: partial.ask_evidence(c, "污渍", **t.who),
    "request_partial": lambda c, t: partial.request_partial(c, Decimal(5), "讲好了", **t.who),
    "resubmit_partial": lambda c, t: partial.resubmit_partial(c, "补了照片", **t.who),
    "swap_stopped": lambda c, t: swaps.swap_stopped(c, **t.who),
    "tie_new_order": _other_order,
    "finish_swap": lambda c, t: swaps.finish_swap(c, "看过了", **t.who),
    "give_up_swap": lambda c, t: swaps.give_up_swap(c, "不换了", **t.who),
}
STEPS: dict[str, Step] = LATER_STEPS | {
    "note_waybill": lambda c, t: note_waybill(c, "YTO", f"YT88{t.number:08d}", **t.who),
    "count_arrival": _count,
    "inspect_goods": _inspect,
    "agree_difference": lambda c, t: agree_difference(c, "谈好了", _takes(c, t), **t.who),
    "refund_case": lambda c, t: refund_case(c, MoneyBack(), **t.who),
    "send_back": lambda c, t: send_back(c, "洗过了", **t.who),
    "record_sent": lambda c, t: record_sent(c, "YTO", f"YT77{t.number:08d}", **t.who),
    "resend_exchange": lambda c, t: resend_exchange(c, **t.who),
    "resend_early": lambda c, t: resend_early(c, **t.who),
    "finish_exchange": lambda c, t: finish_exchange(c, **t.who),
    "end_unreturned": lambda c, t: end_unreturned(c, "催了三次", **t.who),
    "resend_goods": lambda c, t: resend_goods(c, **t.who),
    "ask_about_parcel": lambda c, t: ask_about_parcel(c, "", t.now + DAY, **t.who),
    "claim_carrier": lambda c, t: claim_carrier(c, Decimal("30.00"), "丢了", **t.who),
    "claim_paid": lambda c, t: claim_paid(c, Decimal("20.00"), "赔一半", **t.who),
    "correct_claim": lambda c, t: correct_claim(c, Decimal("25.00"), "写错了", **t.who),
    "claim_refused": lambda c, t: claim_refused(c, "已经签收", **t.who),
    "contact_buyer": _attempt,
    "redeliver": lambda c, t: redeliver(c, "下午在家", t.now + DAY, **t.who),
    "redirect_parcel": lambda c, t: redirect_parcel(c, ELSEWHERE, "", t.now + DAY, **t.who),
    "let_return": lambda c, t: let_return(c, "不要了", **t.who),
    "end_returned": lambda c, t: end_returned(c, **t.who),
    "turn_to_carrier": lambda c, t: turn(c, Wish("改地址"), **t.who),
    "release_again": lambda c, t: release_again(c, **t.who),
    "give_up_modification": lambda c, t: give_up_modification(c, "不改了", **t.who),
    "answer_case": lambda c, t: answer_case(c, "查过了", **t.who),
    "ask_customer": lambda c, t: ask_customer(c, "要退哪一件？", **t.who),
    "record_answer": lambda c, t: record_answer(c, "第一件", **t.who),
    "add_case_evidence": lambda c, t: add_case_evidence(c, [PICTURE], **t.who),
    "take_case": lambda c, t: take_case(c, **t.who),
    "change_reason": lambda c, t: change_reason(c, ("size", "quality")[t.dice % 2], "", **t.who),
    "refuse_case": lambda c, t: refuse_case(c, "不符合", **t.who),
    "withdraw_case": lambda c, t: withdraw_case(c, "不退了", **t.who),
}


# -- refunds -------------------------------------------------------------------------------------

RefundStep = Callable[[Refund, Try], Any]


def _resubmit(r: Refund, t: Try) -> Any:
    more: dict[str, Any] = {"fault": Fault.SELLER, "freight_payer": None}
    return resubmit_refund(r.order, r, why="补了照片", **more, **t.who)


_PAYEE = Payee("陈建生", "6222021234567890", "工商银行")
REFUND_STEPS: dict[str, RefundStep] = {
    "approve_refund": lambda r, t: decide.approve_refund(r.order, r, role=t.user.role, **t.who),
    "undo_approval": lambda r, t: decide.undo_approval(r.order, r, **t.who),
    "reject_refund": lambda r, t: decide.reject_refund(r.order, r, "不行", **t.who),
    "return_refund": lambda r, t: decide.return_refund(r.order, r, "缺照片", **t.who),
    "resubmit_refund": _resubmit,
    "withdraw_refund": lambda r, t: withdraw_refund(r.order, r, "不退了", **t.who),
    "ship_instead": lambda r, t: ship_instead(r.order, r, "还是要", **t.who),
    "send_again": lambda r, t: money.send_again(r.order, r, **t.who),
    "pay_by_hand": lambda r, t: money.pay_by_hand(r.order, r, _PAYEE, **t.who),
    "give_up_refund": lambda r, t: money.give_up_refund(r.order, r, "退不了", **t.who),
    "enter_payee": lambda r, t: enter_payee(r.order, r, _PAYEE, **t.who),
    "enter_transfer": lambda r, t: money.enter_transfer(r.order, r, f"B{t.number}", **t.who),
    "confirm_transfer": lambda r, t: money.confirm_transfer(r.order, r, **t.who),
    "finish_there": lambda r, t: money.finish_there(r.order, r, **t.who),
}


def gateway_answers(refund: Refund, dice: int, now: datetime) -> None:
    """Yes twice as often as no or “wait”; said twice, too."""
    said = (Outcome.SUCCEEDED, Outcome.SUCCEEDED, Outcome.REJECTED, Outcome.UNKNOWN)[dice % 4]
    way = paying.way_of(refund.trade.gateway, applies=refund.applies)
    if way is not Way.MANUAL and refund.sends:
        for _ in range(1 + dice // 4 % 2):
            take_answer(refund, Said(said, why="渠道说的"), way=way, now=now)


# -- the warehouse -------------------------------------------------------------------------------

WALK = {
    ParcelState.PICKED: Station.VERIFY,
    ParcelState.VERIFIED: Station.PACK,
    ParcelState.PACKED: Station.WEIGH,
    ParcelState.WEIGHED: Station.SHIP,
}


def warehouse_goes_on(user: User, t: Try) -> None:
    """The next step of one parcel, or a new wave."""
    parcels = Parcel.objects.filter(state__in=["picking", *WALK]).order_by("id")
    if not parcels:
        begun(user, t.now)
        return
    parcel = t.one(parcels)
    if parcel.state == ParcelState.PICKING:
        pick_list(Wave.objects.get(pk=parcel.wave_id), **t.who)
    else:
        _scan(parcel, Bench(WALK[ParcelState(parcel.state)], user, t.now), t.number)


def _scan(parcel: Parcel, bench: Bench, number: int) -> None:
    bench(parcel.number)
    if bench.station is Station.VERIFY:
        for line in parcel.lines.select_related("sku"):
            for _ in range(line.quantity):
                bench(line.sku.barcode)
    elif bench.station is Station.PACK:
        bench("BOX-2")
    elif bench.station is Station.WEIGH:
        bench(str(parcel.expected_g + BOX_G))
    else:
        bench(f"YT99{number:08d}")


def warehouse_sends(order: Order, user: User, now: datetime) -> None:
    """All steps of one order's parcel, from the wave to the courier's hands."""
    by: dict[str, Any] = {"by": Actor.person(user), "now": now}
    begun(user, now)
    parcels = Parcel.objects.filter(order=order)
    picking = parcels.select_related("wave").get(state=ParcelState.PICKING.value)
    assert picking.wave
    pick_list(picking.wave, **by)
    for state, station in WALK.items():
        _scan(parcels.get(state=state.value), Bench(station, user, now), order.pk)
    parcel = parcels.get(state=ParcelState.SHIPPED.value)
    hand_over(user, parcel.carrier, "张快递", now, **by)


def warehouse_answers(t: Try) -> Any:
    """It stopped the parcel, or it was too late."""
    hold = t.one(Hold.objects.filter(state="open", stop=Stop.ASKED.value).order_by("id"))
    answer, said = ((confirm_stop, "A-01"), (too_late, "车走了"))[t.dice % 2]
    return answer(hold, said, **t.who)


def courier_comes(user: User, t: Try) -> Any:
    return hand_over(user, "YTO", "张快递", t.now, **t.who)


# -- time ----------------------------------------------------------------------------------------

SWEEPS: tuple[Callable[[datetime], int], ...] = (
    *(close_due, remind_due, review_due, lift_due_holds, serve_marked, complete_due),
    stops.hear_stops,
    *(refund_timers.open_windows, refund_timers.warn_of_closing, refund_timers.raise_at_risk),
    *(refund_timers.escalate_broken, refund_timers.send_approved),
    *(hearing.hear_refunds, hearing.hear_orders, stock_outs.hear_goods),
    *(modifications.hear_answers, parcel_news.hear_troubles, parcel_news.hear_delivered),
    *(parcel_news.hear_answers, resends.hear_closed, way_back.hear_signed),
    *(partial.hear_decisions, swaps.hear_top_ups, swaps.hear_too_late),
    *(timers.close_silent, timers.nudge, timers.escalate),
)
