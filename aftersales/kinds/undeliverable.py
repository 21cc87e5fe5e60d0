"""Undeliverable: refused or unreachable (物流无法送达, SOP 1.4′). Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from aftersales.kinds import goods_back as goods
from aftersales.kinds import sent_again
from aftersales.kinds.kind import CHANGE_REASON, Kind, Step
from aftersales.policy import CaseFacts
from aftersales.words import CaseKind, WaitsFor
from core.verdict import Say, Verdict, no, yes
from core.workdays import CHINA
from orders.policy import OrderFacts
from orders.stopping import pullable
from orders.words import OrderState

W = WaitsFor
# The carrier has it, and it may still reach the customer.
AWAY = frozenset({W.WORK, W.ANSWER, W.CARRIER, W.DELIVERY})
MORNING = time(9)


def may_open(order: OrderFacts, *, heard: bool = False) -> Verdict:
    """Is it on its way, and not received (SOP 1.4′.a)? `heard`: the carrier itself says so."""
    if pullable(order) and not heard:
        return no(
            "1.2.b",
            "包裹还在仓库，没有交给快递。",
            instead="请求拦截；已经交给快递了，先请仓库登记交接。",
        )
    if order.state is OrderState.SHIPPED:
        return yes("1.4′.a", "快递送不到：尽快联系买家，保管期过了会退回。")
    if order.state in (OrderState.RECEIVED, OrderState.COMPLETED):
        return no("1.4′.a", f"订单{order.state.label}，快递已经送到。", instead="要退货点“退货”。")
    return no("1.4′.a", f"订单{order.state.label}，没有在路上的包裹。")


def may_contact(case: CaseFacts) -> Verdict | None:
    """Contact the customer, and keep whether they were reached (SOP 1.4′.a, 1.4′.b)."""
    if case.waits_for not in AWAY or case.ended:
        return None
    return yes(
        "1.4′.b",
        "联系上了写买家怎么说；联系不上就留言：包裹在哪里、保管到哪天、之后会退回。",
        Say("case.message_left"),
    )


def may_redeliver(case: CaseFacts) -> Verdict | None:
    """The carrier is asked to try again (SOP 1.4′.a)."""
    if case.waits_for not in (W.WORK, W.ANSWER):
        return None
    return yes("1.4′.a", "买家愿意收：请快递再派，快递答复以后继续。")


def may_redirect(case: CaseFacts) -> Verdict | None:
    """The carrier is asked to bring it to another address (SOP 1.4′.a, 3.b)."""
    if case.waits_for not in (W.WORK, W.ANSWER):
        return None
    return yes("3.b", "买家换地址或电话：填好新的，请快递改派；打电话的人在订单的“物流”里看得到。")


def may_let_return(case: CaseFacts) -> Verdict | None:
    """It comes back to us: the dock waits for it (SOP 1.4′.b)."""
    if case.waits_for not in AWAY or case.ended:
        return None
    return yes("1.4′.b", "不再派送，等快递退回仓库；清点以后退款或者补发。")


def may_refund(case: CaseFacts) -> Verdict | None:
    """The goods are back and counted: the money goes back (SOP 1.4′, 1.5)."""
    return sent_again.when_here(case) or _refundable(case)


def _refundable(case: CaseFacts) -> Verdict | None:
    if case.waits_for is not W.DECISION or not _paid(case):
        return None
    return yes("1.5", f"退回来 {case.accepted} 件，按实付退，送主管审核；运费可以扣下。")


def _paid(case: CaseFacts) -> bool:
    return case.order is not None and case.order.paid > 0


def may_end_returned(case: CaseFacts) -> Verdict | None:
    """Nobody paid for it (cash on delivery, on account): into stock, and done (SOP 5.g)."""
    if _paid(case) or case.waits_for is not W.DECISION:
        return None
    return yes("5.g", "买家没有付过款，没有钱可以退：入库以后结束。")


def may_send_back(case: CaseFacts) -> Verdict | None:
    """Nothing of what came is of the order: it is not ours, and goes to the buyer (SOP 1.4.f)."""
    if case.waits_for not in (W.DECISION, W.AGREEMENT) or not case.inspected or case.accepted:
        return None
    return goods.may_send_back(case)


def keep_of(text: str) -> date | None:
    """The carrier's last day as it is kept with the case; None: nobody knows."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def act_by(due: datetime, keeps: date | None, now: datetime) -> datetime:
    """By when somebody has to act: before the carrier's last day begins (SOP 1.4′.b).

    Once that day is there, the wait ends as it would have.
    """
    if keeps is None:
        return due
    last = datetime.combine(keeps, MORNING, CHINA) - timedelta(days=1)
    return min(due, last) if last > now else due


KIND = Kind(
    CaseKind.UNDELIVERABLE,
    "1.4′",
    may_open,
    "open-undeliverable",
    steps=(
        Step("contact_buyer", "联系买家", may_contact),
        Step("redeliver", "请快递再派", may_redeliver),
        Step("redirect_parcel", "改地址再派", may_redirect),
        Step("let_return", "让它退回", may_let_return),
        goods.COUNT,
        goods.INSPECT,
        goods.AGREE,
        Step("refund_case", "退款", may_refund),
        Step("end_returned", "入库结束", may_end_returned),
        sent_again.RESEND,
        Step("send_back", "退回买家", may_send_back),
        goods.RECORD_SENT,
        *sent_again.CLAIM,
        CHANGE_REASON,
    ),
    says={
        W.WORK: "case.kept_by_carrier",
        W.ANSWER: "case.message_left",
        W.CARRIER: "case.redelivery_asked",
        W.DELIVERY: "case.redelivered",
        W.ARRIVAL: "case.comes_back",
        W.COUNTING: "case.comes_back",
        W.INSPECTION: "case.came_back",
        W.DECISION: "case.came_back",
        W.SHIPPING: "case.sent_again",
    },
    without=frozenset({"ask_customer", "record_answer", "refuse_case"}),
)
