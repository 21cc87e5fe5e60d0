"""The SOP's decisions on a refund as pure functions: facts in, `Verdict` out (SOP 1.2.c, 1.5).

No clock, no database: `now`, facts and the calendar are passed in. The same function greys the
button out and guards the act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.money import ZERO
from core.verdict import Say, Verdict, ask, no, yes
from core.workdays import CHINA, PLAIN, REFUND_DAYS, Calendar, Promise, before, promise
from orders.policy import GONE, IN_WAREHOUSE, OrderFacts
from orders.stopping import pullable
from orders.words import BY_HAND, Gateway, OrderState, Stop
from refunds.words import (
    Fault,
    RefundKind,
    RefundState,
    ToldReason,
    TrueReason,
)

R, S = RefundState, OrderState
ENDED = frozenset({R.SUCCEEDED, R.REJECTED, R.WITHDRAWN})
BEFORE_REVIEW = frozenset({R.WAITING, R.TO_APPLY})
OPEN_TO_ASKER = BEFORE_REVIEW | {R.REVIEW, R.RETURNED}  # the money is not on its way yet
FIRST_DAY = timedelta(hours=24)
AT_RISK = timedelta(hours=4)  # of working time before a promise ends
WARN = timedelta(hours=4)  # before the window closes
# Goods that are not sent, or are to come back, go with these; the others are money alone.
OF_GOODS = frozenset({RefundKind.WHOLE, RefundKind.GOODS, RefundKind.RETURN})
# What was charged too much goes back whoever's fault anything is (SOP 1.1.f).
CHARGED_TOO_MUCH = frozenset({RefundKind.DIFFERENCE, RefundKind.FREIGHT})


# -- the window and the promises (SOP 1.5, readings) -------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """When a refund may be applied for. `closes_at` None: until it is shipped."""

    opens_at: datetime
    closes_at: datetime | None = None

    @property
    def warn_at(self) -> datetime | None:
        """From when the agent is warned that it closes."""
        return self.closes_at - WARN if self.closes_at else None


def window(paid_at: datetime, opens_h: int, closes_h: int | None) -> Window:
    """The shop's hours from payment (SOP 1.2.c, 1.5.a, reading of the two 24-hour rules)."""
    closes = None if closes_h is None else paid_at + timedelta(hours=closes_h)
    return Window(paid_at + timedelta(hours=opens_h), closes)


@dataclass(frozen=True, slots=True)
class Terms:
    """By when it is done: `target` orders the queue, `promised` is what the customer is told."""

    target: Promise
    promised: Promise


def said(promised: Promise) -> str:
    """11月27日 18:00; marked where the holidays are not announced yet (SOP 1.5, reading)."""
    sure = "" if promised.confirmed else "，以节假日安排为准"
    return f"{promised.said}{sure}"


def terms(
    applied_at: datetime,
    *,
    paid_at: datetime | None = None,
    opens_at: datetime | None = None,
    calendar: Calendar = PLAIN,
) -> Terms:
    """Both start at the later of application and window opening (SOP 1.5.a, 1.5.e).

    One working day when it is applied for within 24 hours of the payment (`paid_at`; None for
    what has left), else two.
    """
    start = max(applied_at, opens_at) if opens_at else applied_at
    early = paid_at is not None and applied_at - paid_at <= FIRST_DAY
    return Terms(
        promise(start, 1 if early else REFUND_DAYS, calendar),
        promise(start, REFUND_DAYS, calendar),
    )


def due_by(promised_by: datetime, deadline: datetime | None) -> datetime:
    """The earlier of our promise and the platform's deadline."""
    return min(promised_by, deadline) if deadline else promised_by


def at_risk_from(due: datetime, calendar: Calendar = PLAIN) -> datetime:
    """Four working hours before it is due."""
    return before(due, AT_RISK, calendar)


# -- asking for one (SOP 1.2.c, 1.3.c, 1.5) ----------------------------------------------------


def on_platform(channel: str, gateway: str) -> bool:
    """Is it the customer who applies, on the platform that keeps the money (1.5, reading)?"""
    return gateway == Gateway.PLATFORM and channel not in BY_HAND


def unshipped(order: OrderFacts) -> bool:
    """Paid and not gone, or what the warehouse may still pull (SOP 1.2.b, 1.2.c)?"""
    return order.state in IN_WAREHOUSE | {S.PAID} or pullable(order)


def gone(order: OrderFacts) -> bool:
    """Has it left the house for good (SOP 1.5.c)?"""
    return order.state in GONE and not pullable(order)


def may_open(order: OrderFacts) -> Verdict:
    """May a refund of this order be asked for at all (SOP 1.2.c, 1.5)?"""
    if order.merged:
        return no("2.b", f"这单合并到 {order.merged} 去了。", instead="到那一单上申请退款。")
    if order.state is S.UNPAID and order.paid == ZERO:
        return no("1.2.e", "还没有付款，没有钱可以退。", Say("refund.unpaid"), "直接关闭订单。")
    if order.paid == ZERO:
        return no("5.g", "买家还没有付过款，没有钱可以退。")
    if order.refund_reserved >= order.paid:
        return no("1.5.f", "买家付的钱都在退，或者已经退完了。", instead="看下面的退款。")
    if order.is_top_up and order.tied and order.state is not S.COMPLETED:
        return no("1.1.f", "补差价已经关联到主订单。", instead="先到主订单取消关联，再退。")
    if gone(order):
        text = "已经发货：先定是谁的责任，写清楚再申请；退差价、退运费不用定。"
        return yes("1.5.c", text, Say("refund.fault"))
    return yes("1.2.c", "写明退什么、为什么；没到开窗时间的先记下，到点提醒。")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: `amount` of `left` yuan; `fault` only where it is settled.

    `applied`: by the buyer, on the platform; then we decide about the fault in review.
    """

    kind: RefundKind
    amount: Decimal
    left: Decimal
    true: TrueReason
    told: ToldReason
    fault: Fault | None = None
    applied: bool = False


def told_for(true: TrueReason) -> ToldReason:
    """Which reason the customer chooses on the platform for a true one (SOP 1.5.b)."""
    return _TOLD.get(true, ToldReason.OTHER)


_TOLD = {
    TrueReason.UNWANTED: ToldReason.UNWANTED,
    TrueReason.MISTAKE: ToldReason.MISTAKE,
    TrueReason.LATE: ToldReason.LATE,
    TrueReason.QUALITY: ToldReason.QUALITY,
    TrueReason.WRONG_GOODS: ToldReason.WRONG_GOODS,
    TrueReason.DAMAGED: ToldReason.DAMAGED,
    TrueReason.LOST: ToldReason.LOST,
    TrueReason.CHEAPER: ToldReason.DIFFERENCE,
    TrueReason.OVERPAID: ToldReason.DIFFERENCE,
    TrueReason.FREIGHT: ToldReason.DIFFERENCE,
}


def may_ask(order: OrderFacts, asked: Asked) -> Verdict:
    """May this be asked for (SOP 1.5.b, 1.5.c, 1.5.d)?"""
    opened = may_open(order)
    if not opened.allowed:
        return opened
    if asked.amount <= ZERO:
        return no("1.5", "没有选要退什么。", instead="选要退的商品，或者填金额。")
    if asked.amount > asked.left:
        return no(
            "1.5.f",
            f"要退 {asked.amount} 元，买家付的钱里只有 {asked.left} 元可以退。",
            instead="超出买家实付的钱（我们承担的运费、赔偿）不是退款；发货以后在订单上“申请赔付”。",
        )
    if _delists(asked):
        return no(
            "1.5.b",
            f"缺货退款，平台上的原因不能选“{asked.told.label}”。",
            instead="请买家选“其它原因”，不然平台会把商品下架。",
        )
    return _may_ask_kind(order, asked) or opened


def _delists(asked: Asked) -> bool:
    """Would the platform take the product off the shelf? What the buyer chose stands there."""
    return (
        not asked.applied
        and asked.true is TrueReason.STOCK_OUT
        and asked.told is not ToldReason.OTHER
    )


def needs_fault(kind: RefundKind, *, left: bool) -> bool:
    """Is it settled first whose fault it is (SOP 1.5.c)? `left`: the goods have left, or will."""
    return left and kind not in CHARGED_TOO_MUCH


def _may_ask_kind(order: OrderFacts, asked: Asked) -> Verdict | None:
    """What stands in the way of this kind."""
    left = gone(order)
    if needs_fault(asked.kind, left=left) and asked.fault is None and not asked.applied:
        return no(
            "1.5.c", "已经发货的，先定是谁的责任。", Say("refund.fault"), "选好责任方，再提交。"
        )
    if asked.kind is RefundKind.RETURN and not left:
        return no("1.2.c", "还没有发货，没有货要退回来。", instead="选“整单退款”或“退部分商品”。")
    if asked.kind is RefundKind.GOODS and order.lines_unclear:
        return no("5.a", "商品明细还没有确认，分不清每种退多少。", instead="先确认商品明细。")
    return None


def may_split_off(order: OrderFacts) -> Verdict:
    """Some goods are not sent: they are split off first, which needs the parcel here (1.3.c)."""
    if order.state in IN_WAREHOUSE or pullable(order):
        return ask(
            "1.1.e",
            f"仓库已经开始（{order.state.label}），部分商品要先拦下来才能拆开退。",
            instead="请求拦截，拦下后再退这几件；要全退的选“整单退款”，会马上请仓库拦下。",
        )
    return yes("1.3.c", "要退的拆成一单，只挂起那一单，其余的照发。")


@dataclass(frozen=True, slots=True)
class Ruling:
    """Where a refund begins, and what the customer is told."""

    state: RefundState
    verdict: Verdict
    opens_at: datetime | None = None
    warn_at: datetime | None = None
    applies: bool = False


def begin(
    order: OrderFacts,
    when: Window,
    now: datetime,
    *,
    applies: bool,
    applied: bool = False,
) -> Ruling:
    """The verdict by state and window (SOP 1.2.c, 1.5.a, 1.5.c, 1.5.d).

    `applies`: the customer has to apply on the platform; `applied`: that application is here, and
    goes to the queue whatever the window.
    """
    if applied:
        told = yes("1.5", "买家已经在平台上申请，直接送审。")
        return Ruling(R.REVIEW, told, when.opens_at, applies=applies)
    here = R.TO_APPLY if applies else R.REVIEW
    if gone(order):
        text = "请买家在平台上申请，再送审。" if applies else "已经发货，直接送审。"
        return Ruling(here, yes("1.5.c", text), applies=applies)
    if now < when.opens_at:
        reason = f"还没到申请时间，{_spoken(when.opens_at)}开窗；先记下，到点提醒。"
        return Ruling(R.WAITING, yes("1.2.c", reason), when.opens_at, when.warn_at, applies)
    if when.closes_at is not None and now >= when.closes_at:
        return Ruling(here, _closed(when.closes_at), when.opens_at, applies=applies)
    text = "可以申请了，请买家在平台上点申请退款。" if applies else "在申请时间内，直接送审。"
    warn_at = when.warn_at if applies else None
    return Ruling(here, yes("1.5.a", text), when.opens_at, warn_at, applies)


def _closed(at: datetime) -> Verdict:
    return no(
        "1.5.a",
        f"店铺约定{_spoken(at)}以前申请退款，已经过了。",
        Say("refund.closed"),
        "买家还要退的，请负责人放宽店铺的申请时间，或者发货后按退换货处理。",
    )


def _spoken(at: datetime) -> str:
    """11 月 27 日 10:02 of China."""
    local = at.astimezone(CHINA)
    return f" {local.month} 月 {local.day} 日 {local:%H:%M} "


# -- one that is there (architecture §4) -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """What decisions on a refund depend on. `gone`: its order has left the house."""

    number: str = ""
    state: RefundState = R.REVIEW
    kind: RefundKind = RefundKind.WHOLE
    amount: Decimal = ZERO
    applies: bool = False  # the customer applies on the platform
    application: str = ""  # the platform's number, once it is here
    stop: Stop = Stop.NONE
    gone: bool = False
    fault: Fault | None = None
    asked_by: int | None = None
    assigned_to: int | None = None  # which supervisor is to decide
    by_hand: bool = False  # a colleague pays it back, or agrees on the platform
    code: str = ""  # what the gateway answered last
    transfer_no: str = ""
    made_by: int | None = None  # who made the transfer

    @property
    def left(self) -> bool:
        """Has it left, or can the warehouse not stop it any more (SOP 1.5.c)?"""
        return self.gone or self.stop is Stop.TOO_LATE

    @property
    def needs_fault(self) -> bool:
        return needs_fault(self.kind, left=self.left)


def may_match(refund: RefundFacts) -> Verdict:
    """Take in the number of the buyer's own application on the platform (1.5, reading)."""
    if not refund.applies:
        return no("1.5", "这笔不是平台保管的钱，不用买家在平台上申请。")
    if refund.application:
        return no("1.5", f"已经对上平台退款 {refund.application} 了。")
    if refund.state in BEFORE_REVIEW | {R.RETURNED}:
        return yes("1.5", "填平台上的退款编号，对上以后送审。")
    return no("8", f"退款{refund.state.label}，不用再对了。")


def may_withdraw(refund: RefundFacts, *, by_person: bool = True) -> Verdict:
    """Take the request back (screens: request ↔ withdraw)."""
    if refund.state in ENDED:
        return no("1.5", f"退款{refund.state.label}，不能撤回。")
    if refund.state not in OPEN_TO_ASKER:
        return no(
            "1.5",
            f"退款{refund.state.label}，钱已经要退了，不能撤回。",
            instead="请主管先撤销通过。",
        )
    if by_person and refund.application:
        return no(
            "1.5",
            f"买家在平台上的申请（{refund.application}）还开着，不能只在这里撤回。",
            Say("refund.cancel_there"),
            "请买家在平台上撤销申请，撤销后这里会自动撤回。",
        )
    return yes("1.5", "撤回后解除挂起，订单照常往下走。", Say("refund.withdrawn"))


def may_ship_instead(refund: RefundFacts) -> Verdict:
    """The buyer wants the goods after all: withdrawn, and it goes on to the warehouse."""
    if refund.kind not in (RefundKind.WHOLE, RefundKind.GOODS) or refund.left:
        return no("1.5", "这笔退款没有扣住货，直接撤回就可以。")
    withdrawn = may_withdraw(refund)
    if not withdrawn.allowed:
        return withdrawn
    return yes("1.5", "退款撤回、解除挂起，没有别的疑点就马上下发仓库。", Say("refund.ship"))


def may_resubmit(refund: RefundFacts) -> Verdict:
    """Hand it in again with what was asked for (退回补充)."""
    if refund.state is not R.RETURNED:
        return no("1.5", f"退款{refund.state.label}，没有被退回，不用补充。")
    return yes("1.5", "补好责任方、说明和凭证，再送审。")


def may_resubmit_so(refund: RefundFacts, fault: Fault | None) -> Verdict:
    """With this fault, or with the one that stands there: what has left needs one (SOP 1.5.c)."""
    allowed = may_resubmit(refund)
    if allowed.allowed and refund.needs_fault and (fault or refund.fault) is None:
        return no("1.5.c", "已经发货的，先定是谁的责任。", instead="选好责任方，再提交。")
    return allowed


def may_add_evidence(refund: RefundFacts) -> Verdict:
    """Add a picture or a document."""
    if refund.state in ENDED:
        return no("1.5", f"退款{refund.state.label}，不用再补凭证。")
    return yes("1.5", "JPG、PNG、WebP 图片或 PDF。")


def may_approve(refund: RefundFacts, approver: int | None = None) -> Verdict:
    """Is there nothing in the way of an approval? Who asked never approves (architecture §7)."""
    if refund.state is not R.REVIEW:
        return no("1.5", f"退款{refund.state.label}，不在待审核。")
    if approver is not None and approver == refund.asked_by:
        return no("1.5", "自己申请的退款，要别人来审。", instead="请另一位主管审核。")
    if refund.applies and not refund.application:
        return no("1.5", "买家还没有在平台上申请，不能通过。", instead="请买家先申请，对上编号。")
    if refund.stop is Stop.ASKED:
        return no("1.5", "仓库还没有回答拦没拦住，不能通过。", instead="等仓库拦下再审。")
    if refund.needs_fault and refund.fault is None:
        return no("1.5.c", "货已经发出，先定是谁的责任。", instead="退回给客服补充责任方。")
    return yes("1.5", "可以通过。")
