"""Exchange: the goods come back, others are sent (换货, SOP 1.4). Pure."""

from __future__ import annotations

from aftersales.kinds import goods_back as goods
from aftersales.kinds import returns
from aftersales.kinds.kind import CHANGE_REASON, Kind, Step
from aftersales.policy import CaseFacts
from aftersales.words import CaseKind, WaitsFor
from core.verdict import Verdict, no, yes
from orders.policy import OrderFacts
from refunds.words import Fault

W = WaitsFor


def may_open(order: OrderFacts) -> Verdict:
    """Has it left the house? Else goods are changed on the order itself (SOP 1.1.f, 1.4.a)."""
    verdict = returns.may_open(order)
    if verdict.clause == "1.2.c":
        return no("1.2.d", "还没有发货，不用寄回。", instead="点“发货前换货”，差价会算好。")
    if not verdict.allowed:
        return verdict
    return yes("1.4.a", "问清楚换成什么；先讲好运费和差价谁出，再让买家寄。")


def may_resend(case: CaseFacts) -> Verdict | None:
    """The other goods, once those that came are accepted (SOP 1.4.f)."""
    if case.linked or case.waits_for not in goods.HERE:
        return None
    verdict = returns.may_refund(case)
    if verdict is None or not verdict.allowed:
        return verdict
    if case.fault is Fault.BUYER:
        return yes("1.4.e", "建一张新单；运费和差价买家先补拍，付了才发。")
    return yes("1.4.c", "建一张新单，运费我们承担；便宜了退差价，贵了买家补差价。")


def may_resend_early(case: CaseFacts) -> Verdict | None:
    """Quality or our mistake: sent before the goods arrive; a senior's right (SOP 1.4.c)."""
    if case.ended or case.linked or case.waits_for not in goods.COMING:
        return None
    if case.fault is Fault.BUYER:
        return no("1.4.e", "不是我们的问题，要等货到、验好再寄。")
    return yes("1.4.c", "是我们的问题：不等货到，先把换的寄出去；货还是要寄回来。")


def may_end_unreturned(case: CaseFacts) -> Verdict | None:
    """Ours were sent early, and theirs do not come: a person gives them up (SOP 1.4.c)."""
    if not case.linked or not goods.comes(case) or case.waits_for is W.COUNTING:
        return None
    if not case.late:
        return no(
            "1.4.c", "还没有等过，说不定在路上。", instead="等过了还没有寄回，再写明原因结束。"
        )
    ours = "换的已经寄了" if case.sent else "换的开了单，会照常发"
    return yes("1.4.c", f"{ours}；买家的货一直没有寄回：写明原因，不等了。")


def may_count(case: CaseFacts) -> Verdict | None:
    """Also of what was given up, and came after all (SOP 1.4.c, 1.4.f)."""
    if case.given_up:
        return yes("1.4.f", "没等到的货现在到了：扫每一件，数完照样验货、入库。")
    return None if case.ended else goods.may_count(case)


def may_finish(case: CaseFacts) -> Verdict | None:
    """What was sent early is on its way, and what came back is looked at (SOP 1.4.f)."""
    if not case.linked or case.waits_for not in goods.HERE:
        return None
    if not case.inspected:
        return no("1.4.f", "寄回的还没有验。", instead="先验货。")
    if case.waits_for is W.AGREEMENT:
        return no("1.4.f", "与买家说的不一样，还没有谈妥。", instead="先登记谈妥的结果。")
    if not case.sent:
        return yes("1.4.f", "寄回的验好了；换的还没有发出，一发出就自己入库、办完。")
    return yes("1.4.f", "换的已经寄了，寄回的入库，办完。")


def may_refund(case: CaseFacts) -> Verdict | None:
    """The customer wants the money after all: while nothing was sent (SOP 1.4.f)."""
    return None if case.linked else returns.may_refund(case)


KIND = Kind(
    CaseKind.EXCHANGE,
    "1.4",
    may_open,
    "open-exchange",
    steps=(
        goods.NOTE_WAYBILL,
        Step("count_arrival", "清点到货", may_count, after=True),
        goods.INSPECT,
        goods.AGREE,
        Step("resend_exchange", "寄换货", may_resend),
        Step("resend_early", "先寄换货", may_resend_early, seniors=True),
        Step("finish_exchange", "换货办完", may_finish),
        Step("end_unreturned", "货没寄回，结束", may_end_unreturned),
        Step("refund_case", "改为退款", may_refund),
        goods.SEND_BACK,
        goods.RECORD_SENT,
        returns.OWE_FREIGHT,
        CHANGE_REASON,
    ),
    says={**returns.KIND.says, W.TOP_UP: "case.top_up", W.SHIPPING: "case.resent"},
)
