"""Stock-out: what the customer decides, the nine ways and the wait (缺货, SOP 1.3). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from aftersales.kinds.kind import Kind, Step
from aftersales.policy import CaseFacts
from aftersales.words import CaseKind, Sending, WaitsFor, Way
from core.verdict import Verdict, ask, no, yes
from orders.policy import GONE, IN_WAREHOUSE, OrderFacts
from orders.words import HoldKind, OrderState

W, F, T = Way, Sending.FIRST, Sending.TOGETHER
# One of them says that goods are short, or that somebody waits because they were.
SHORT = frozenset({HoldKind.STOCK_OUT, HoldKind.CUSTOMER, HoldKind.GOODS})


@dataclass(frozen=True, slots=True)
class Pieces:
    """So many pieces of the order are missing, so many are here."""

    missing: int = 0
    here: int = 0

    @property
    def several(self) -> bool:
        """Is there something that could leave first?"""
        return self.missing > 0 and self.here > 0


def may_open(order: OrderFacts) -> Verdict:
    """Is there a stock-out on which the customer can decide (SOP 1.3.a)?"""
    if order.state is OrderState.CLOSED or order.state in GONE:
        return no("1.3", f"订单{order.state.label}，没有缺货要买家定。")
    if order.state is OrderState.UNPAID or order.is_top_up:
        return no("1.3", "还没有付款，不用等货。", instead="直接修改商品，或者关闭订单。")
    if order.state in IN_WAREHOUSE:
        return ask(
            "1.1.e",
            f"仓库已经开始（{order.state.label}），拆不开也改不了。",
            instead="请求拦截，拦下以后再登记买家怎么定。",
        )
    return _paid(order)


def _paid(order: OrderFacts) -> Verdict:
    kinds = {hold.kind for hold in order.holds}
    if HoldKind.REFUND in kinds:
        return no("1.3.c", "这单已经在退款了。", instead="不退了，先撤回那笔退款。")
    if not kinds & SHORT:
        return no(
            "1.3.a",
            "这单没有缺货，也没有买家在考虑。",
            instead="要改点“修改商品”，要退点“申请退款”。",
        )
    if order.lines_unclear:
        return no("5.a", "商品明细还没有确认，分不清缺哪一件。", instead="先确认商品明细。")
    return yes("1.3.a", "问买家：换、退、再考虑，还是等货；有现货的，要不要先发。选好一次办完。")


WHAT_HAPPENS: dict[tuple[Way, Sending], tuple[str, str]] = {
    (W.EXCHANGE, T): ("1.3.b", "缺的换成选好的商品，差价照 1.1.f 结，整单一起发。"),
    (W.EXCHANGE, F): ("1.3.b", "有货的先发；缺的拆成一单，换成选好的商品，差价在那一单上结。"),
    (W.REFUND, T): ("1.3.c", "整单退款，马上挂起，不再发货。"),
    (W.REFUND, F): ("1.3.c", "有货的先发；缺的拆成一单退款，只挂起那一单。"),
    (W.CONSIDER, T): ("1.3.d", "整单挂起，到时再打电话；货到了只在待联系里提醒，不会自己发。"),
    (W.CONSIDER, F): ("1.3.d", "有货的先发；缺的拆成一单挂起，到时再打电话。"),
    (W.WAIT, T): ("1.3.d", "不用再打电话；货齐了自己接着走，整单一起发。"),
    (W.WAIT, F): ("1.3.d", "有货的先发；缺的拆成一单等货，货到了自己接着走。"),
}
# Nothing is missing any more.
_HERE: dict[Way, str] = {
    W.EXCHANGE: "换成选好的商品，差价照 1.1.f 结，整单一起发。",
    W.REFUND: "整单退款，马上挂起，不再发货。",
    W.CONSIDER: "货先留着，整单挂起，到时再打电话。",
    W.SEND: "货已经齐了：解除挂起，接着走。",
}


def may_decide(order: OrderFacts, way: Way, sending: Sending, pieces: Pieces) -> Verdict:
    """May the customer have it this way, and what then happens (SOP 1.3.b to 1.3.d)?"""
    opened = may_open(order)
    if not opened.allowed:
        return opened
    if sending is F and not pieces.several:
        return no("1.3.d", "没有现货可以先发。", instead="选“一起发（不拆）”。")
    if way is W.SEND and pieces.missing:
        return no("1.3.d", f"还缺 {pieces.missing} 件，发不了。", instead="买家还要的，选“等货”。")
    if way is W.WAIT and not pieces.missing:
        return no("1.3.d", "货已经齐了，不用等。", instead=f"买家还要的，选“{W.SEND.label}”。")
    if not pieces.missing:
        return yes("1.3.d", _HERE[way])
    return yes(*WHAT_HAPPENS[way, sending])


def ways(pieces: Pieces) -> list[Way]:
    """What the customer may choose from: nobody waits for what is here (SOP 1.3.d)."""
    return [way for way in Way if way is not (W.SEND if pieces.missing else W.WAIT)]


def may_decide_again(case: CaseFacts) -> Verdict | None:
    """The customer made up their mind, or changed it; not while the money is on its way."""
    if case.ended or case.money:
        return None
    return yes("1.3.d", "买家定了，或者改主意了：在这里登记。")


KIND = Kind(
    CaseKind.STOCK_OUT,
    "1.3",
    may_open,
    "record-decision",
    steps=(Step("record_decision", "登记买家决定", may_decide_again, on_order=True),),
    says={
        WaitsFor.ANSWER: "decided.consider",
        WaitsFor.GOODS: "decided.wait",
    },
    without=frozenset({"ask_customer", "record_answer", "withdraw_case", "refuse_case"}),
)
