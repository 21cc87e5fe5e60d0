"""The buyer's own application on the platform is matched to our note, or comes by itself (1.5)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from core.acts import Actor, Change, lock
from core.models import Act
from core.verdict import no
from core.words import Words
from orders.models import Order, OrderLine, Shop
from orders.selectors.parts import survivor_of
from orders.services.acting import order_act
from refunds import policy
from refunds.models import Refund
from refunds.policy import BEFORE_REVIEW
from refunds.services.ask import Applied, request_refund
from refunds.services.assess import assess
from refunds.services.draft import Wanted, promise_for, rule
from refunds.services.finish import succeeded
from refunds.services.promises import put_promise
from refunds.services.telling import tell_asker
from refunds.services.withdraw import facts_of, withdraw_refund
from refunds.words import (
    Fault,
    FreightPayer,
    RefundKind,
    RefundSource,
    RefundState,
    ToldReason,
    TrueReason,
)
from staff.roles import Role
from staff.selectors import office_calendar
from staff.services.tell import tell

PLATFORM = Actor("platform", "平台")
R = RefundState


class Standing(Words):
    """How an application stands on the platform."""

    OPEN = "open", "买家已申请"
    CLOSED = "closed", "已关闭"
    PAID = "paid", "已退款"


@dataclass(frozen=True, slots=True)
class Seen:
    """An application as the platform tells of it. `trade` and `line`: its own numbers; yuan."""

    number: str
    trade: str
    amount: Decimal
    standing: Standing
    at: datetime
    line: str = ""
    reason: str = ""
    goods_back: bool = False
    deadline: datetime | None = None
    platform: dict[str, Any] = field(default_factory=dict)

    @property
    def applied(self) -> Applied:
        return Applied(self.number, self.at, self.deadline, self.platform | {"reason": self.reason})


class NoSuchOrder(Exception):
    """The trade is not here yet."""


def match_application(
    order: Order,
    refund: Refund,
    applied: Applied,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """The platform's number, time and deadline of the application; it goes to review (1.5).

    Raises Refused, Conflict, Repeated.
    """
    with order_act("match_application", order, by=by, seen=seen, token=token, now=now) as (
        order,
        log,
    ):
        row = lock(refund)
        policy.may_match(facts_of(row, order)).require()
        _once(row, applied.number)
        before = row.get_state_display()
        row.application, row.applied_at = applied.number, applied.at
        row.deadline, row.platform = applied.deadline, row.platform | applied.platform
        row.apply()
        _promise(order, row, applied.at)
        assess(order, row, now)
        log.changed(
            [
                Change("平台退款编号", "", applied.number),
                Change(f"退款 {row.number}", before, row.get_state_display()),
            ]
        )
        log.noted(f"对上平台退款 {applied.number}", clause="1.5")
        log.tell(row.say())
    return log.act


def _once(row: Refund, number: str) -> None:
    """One application is about one platform order: its parts and payments share it, nobody else."""
    same = Refund.objects.filter(shop=row.shop_id, application=number).exclude(pk=row.pk)
    others = same.exclude(state=R.WITHDRAWN.value).select_related("order").order_by("id")
    other = next((one for one in others if not _shares(row, one)), None)
    if other is not None:
        no(
            "1.5",
            f"平台退款 {number} 已经对到 {other.number} 了。",
            instead="照平台上的核对编号：一个编号只退一个平台订单。",
        ).require()


def _shares(row: Refund, other: Refund) -> bool:
    if row.order_id == other.order_id:
        return row.payment_id != other.payment_id
    return row.order.platform_no == other.order.platform_no != ""


def _promise(order: Order, row: Refund, at: datetime) -> None:
    """The promise starts when it was applied for, or when the window opens (1.5, reading)."""
    facts, calendar = order.facts(), office_calendar()
    ruling = rule(order, facts, row.payment, at, applied=True)
    put_promise(row, promise_for(order, facts, ruling, at, calendar), calendar)


# -- one that comes by itself ------------------------------------------------------------------


def take_application(shop: Shop, seen: Seen, *, now: datetime) -> None:
    """Bring what the platform tells of an application in line with ours (1.5, reading).

    Told again it changes nothing. Raises NoSuchOrder, and Refused for what does not fit.
    """
    known = list(
        Refund.objects.filter(shop=shop, application=seen.number).select_related(
            "order__shop", "split_from"
        )
    )
    if known:  # one that ended stays so: an older list may still call it open
        for refund in known:
            _follow(refund, seen, now)
    elif seen.standing is not Standing.CLOSED:
        _take(shop, seen, now)


def _take(shop: Shop, seen: Seen, now: datetime) -> None:
    orders = _orders(shop, seen)
    intents = _intents(orders)
    same = next((row for row in intents if row.amount == seen.amount), None)
    if same is not None:
        match_application(same.order, same, seen.applied, by=PLATFORM, now=now)
    else:
        order = _concerned(orders, seen)
        noted = [row for row in intents if row.order_id == order.pk]
        for row in noted:
            _take_place_of(row, seen, now)
        last = noted[-1] if noted else None
        _register(Order.objects.select_related("shop").get(pk=order.pk), seen, last, now)
    _warn_of_reason(shop, seen)
    if seen.standing is Standing.PAID:
        take_application(shop, seen, now=now)


def _orders(shop: Shop, seen: Seen) -> list[Order]:
    """The orders that ship what was bought under the platform's number. Raises NoSuchOrder."""
    found = Order.objects.filter(shop=shop, platform_no=seen.trade).order_by("part")
    rows = [survivor_of(row) for row in found.select_related("shop", "merged_into__shop")]
    if not rows:
        raise NoSuchOrder(seen.trade)
    return list({row.pk: row for row in rows}.values())


def _intents(orders: Sequence[Order]) -> list[Refund]:
    """What was noted for these orders, and waits for its application."""
    states = [state.value for state in (*BEFORE_REVIEW, R.RETURNED)]
    rows = Refund.objects.filter(order__in=orders, state__in=states, applies=True, application="")
    return list(rows.select_related("order__shop", "split_from").order_by("id"))


def _concerned(orders: Sequence[Order], seen: Seen) -> Order:
    """The one that has the line, else the first that was paid enough for it."""
    line = _line(orders, seen)
    if line is not None:
        return next(order for order in orders if order.pk == line.order_id)
    enough = (o for o in orders if o.paid - o.refund_reserved >= seen.amount)
    return next(enough, orders[0])


def _line(orders: Sequence[Order], seen: Seen) -> OrderLine | None:
    if not seen.line or seen.line == seen.trade:
        return None
    rows = OrderLine.objects.filter(order__in=orders, platform_line_no=seen.line)
    return rows.filter(Q(order__merged_into=None)).first()


def _take_place_of(noted: Refund, seen: Seen, now: datetime) -> None:
    """The buyer applied for another amount: the note ends, and whoever wrote it hears of that."""
    why = f"买家在平台上申请的是 {seen.amount} 元"
    withdraw_refund(noted.order, noted, why, by=PLATFORM, now=now)
    text = f"{noted.order.order_no} {why}，您记的是 {noted.amount} 元：按买家申请的送审了，请核对。"
    tell_asker(noted, noted.order, text, "other-amount")


def _register(order: Order, seen: Seen, noted: Refund | None, now: datetime) -> None:
    """It stands in the queue at once, whatever the window; what has not left is held.

    `noted`: whose place it takes; what we know of the reason stays, and its evidence.
    """
    line = _line([order], seen)
    kind = _kind(order, seen, line, noted)
    alone = kind in policy.CHARGED_TOO_MUCH | {RefundKind.PARTIAL}
    wanted = Wanted(
        kind,
        TrueReason(noted.true_reason) if noted else TrueReason.OTHER,
        _told(seen.reason),
        {line.pk: line.quantity} if line and not alone else {},
        fault=Fault(noted.fault) if noted and noted.fault else None,
        freight_payer=FreightPayer(noted.freight_payer) if noted and noted.freight_payer else None,
        why=_why(seen, noted),
        given=seen.amount,
    )
    request_refund(
        order,
        wanted,
        by=PLATFORM,
        now=now,
        source=RefundSource.PLATFORM,
        applied=seen.applied,
        evidence=[one.kept for one in noted.evidence.all()] if noted else (),
    )


def _why(seen: Seen, noted: Refund | None) -> str:
    """What a supervisor reads: the buyer's words, and how the note differs."""
    why = f"买家在平台上申请：{seen.reason}" if seen.reason else "买家在平台上申请"
    if noted is None:
        return why
    was = f"{why}；金额和客服记的不同，记的是 {noted.amount} 元"
    return f"{was}（{noted.why}）" if noted.why else was


def _kind(
    order: Order, seen: Seen, line: OrderLine | None, noted: Refund | None = None
) -> RefundKind:
    if noted and noted.kind in policy.CHARGED_TOO_MUCH:
        return RefundKind(noted.kind)
    facts = order.facts()
    if policy.gone(facts):
        return RefundKind.RETURN if seen.goods_back else RefundKind.PARTIAL
    if line is None or order.paid - order.refund_reserved == seen.amount:
        return RefundKind.WHOLE
    return RefundKind.GOODS


def _told(reason: str) -> ToldReason:
    """The platform's text as one of ours; what nobody knows is “other”."""
    found = (told for told in ToldReason if told.label in reason or reason in told.label)
    return next(found, ToldReason.OTHER) if reason else ToldReason.OTHER


def _warn_of_reason(shop: Shop, seen: Seen) -> None:
    """“Out of stock” takes the product off the platform's shelf (SOP 1.5.b)."""
    if "缺货" in seen.reason:
        rows = Refund.objects.filter(shop=shop, application=seen.number).select_related("order")
        order = rows.latest("id").order
        chose = f"{order.order_no} 买家在平台上选了“{seen.reason}”"
        text = f"{chose}，请买家改成“其它原因”，不然商品会下架。"
        tell(text, role=Role.SENIOR, url=order.get_absolute_url(), key=f"delist:{seen.number}")


# -- one that is known -------------------------------------------------------------------------


def _follow(refund: Refund, seen: Seen, now: datetime) -> None:
    """What changed there: its words, the buyer's withdrawal, or that the money went back."""
    if seen.standing is Standing.CLOSED:
        if policy.may_withdraw(facts_of(refund, refund.order), by_person=False).allowed:
            why = "买家在平台上撤销或关闭了申请"
            withdraw_refund(refund.order, refund, why, by=PLATFORM, now=now)
    elif seen.standing is Standing.PAID:
        paid_there(refund, now=now)
    elif refund.is_open and refund.platform != refund.platform | seen.applied.platform:
        with order_act("hear_platform", refund.order, by=PLATFORM, now=now) as (_, log):
            row = lock(refund)
            row.platform = row.platform | seen.applied.platform
            row.deadline = seen.deadline or row.deadline
            log.noted(f"平台退款 {seen.number} 有变化", clause="1.5")


def paid_there(refund: Refund, *, now: datetime) -> None:
    """The platform paid it back itself, whatever we had got to (SOP 1.5)."""
    if not refund.is_open:
        return
    with order_act("hear_platform", refund.order, by=PLATFORM, now=now) as (order, log):
        row = lock(refund)
        if row.is_open:
            succeeded(order, row, log, now=now, why="平台已经退款")
        log.noted(f"平台已经退款 {row.amount} 元（{row.number}）", clause="1.5")
