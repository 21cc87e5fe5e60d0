"""Steps of goods that come back, for every kind in which they do (SOP 1.4.d to 1.4.f). Pure."""

from __future__ import annotations

from aftersales.kinds.kind import Step
from aftersales.policy import CaseFacts
from aftersales.words import CaseState, WaitsFor
from core.verdict import Say, Verdict, no, yes

W = WaitsFor
COMING = frozenset({W.SENDING, W.ARRIVAL, W.SIGNED, W.COUNTING})
ON_ITS_WAY = COMING - {W.SENDING}
HERE = frozenset({W.INSPECTION, W.DECISION, W.AGREEMENT})


def comes(case: CaseFacts) -> bool:
    """Is its parcel still to come?"""
    return _meanwhile(case) in COMING and not case.ended


def _meanwhile(case: CaseFacts) -> WaitsFor | None:
    """What it waits for, apart from the answer to a question."""
    return case.before if case.waits_for is W.ANSWER else case.waits_for


def may_note_waybill(case: CaseFacts) -> Verdict | None:
    """The waybill that the buyer told: from now on the parcel is on its way (SOP 1.4.d)."""
    if case.ended or _meanwhile(case) not in (W.SENDING, W.ARRIVAL, W.SIGNED):
        return None
    if case.waybill:
        return yes("1.4.d", f"现在是 {case.waybill}，写错了可以改。")
    return yes("1.4.d", "买家寄出以后把运单号报给我们，到货前一直跟着。")


def may_count(case: CaseFacts) -> Verdict | None:
    """Count what came in, at the dock (SOP 1.4.f)."""
    if comes(case):
        return yes("1.4.f", "扫每一件商品，数完按“清点完成”；到付的拒收。")
    return None


def may_inspect(case: CaseFacts) -> Verdict | None:
    """Look at what is here, piece by piece (SOP 1.4.f)."""
    if case.state in (CaseState.WAITING_MONEY, CaseState.WAITING_WAREHOUSE) and not case.ended:
        return None
    if case.waits_for in COMING:
        return no("1.4.f", "货还没有到，还不能验。", instead="仓库清点以后会出现在“待验货”。")
    if case.waits_for not in HERE:
        return None
    if any(line.stocked for line in case.lines):
        return no("1.4.f", "验过的已经入库，归我们了。", instead="要改库存，请仓库盘点。")
    if case.money:
        return None
    if case.waits_for is not W.INSPECTION:
        return yes("1.4.f", "已经验过，看错了可以重新验。")
    return yes("1.4.f", "每件拍照、定等级；与买家说的不一样，会转回客服跟买家谈。")


def may_agree(case: CaseFacts) -> Verdict | None:
    """What was agreed with the customer about the difference (SOP 1.4.f)."""
    if case.waits_for is not W.AGREEMENT:
        return None
    return yes("1.4.f", "跟买家说清楚少了什么、哪里不一样，谈妥了怎么办，写下来。")


def may_send_back(case: CaseFacts) -> Verdict | None:
    """What is here goes back to the customer (SOP 1.4.f)."""
    if case.waits_for not in HERE:
        return None
    if not case.inspected:
        return no("1.4.f", "还没有验货。", instead="先验货，再决定退款还是退回买家。")
    if case.money or case.linked:
        instead = "不退了先撤回退款，不换了先关闭新单。"
        return no("1.4.f", "已经申请退款或开了新单，货归我们了。", instead=instead)
    if any(line.stocked for line in case.lines):
        return no("1.4.f", "已经入库，货归我们了。", instead="要寄给买家的，从订单上补发。")
    if not any(line.got for line in case.lines):
        return no("1.4.f", "什么都没有到，没有货可以退回。", instead="跟买家说清楚，再拒绝。")
    return yes("1.4.f", "请仓库把货寄回给买家。", Say("case.sent_back"))


def may_record_sent(case: CaseFacts) -> Verdict | None:
    """The warehouse sent it back: with which waybill."""
    if case.waits_for is not W.SHIPPING or (case.linked and not case.sends_back):
        return None
    return yes("1.4.f", "寄出以后填快递和运单号，这个售后单就结束了。")


NOTE_WAYBILL = Step("note_waybill", "填寄回运单号", may_note_waybill)
COUNT = Step("count_arrival", "清点到货", may_count)
INSPECT = Step("inspect_goods", "验货", may_inspect)
AGREE = Step("agree_difference", "谈妥差异", may_agree)
SEND_BACK = Step("send_back", "退回买家", may_send_back)
RECORD_SENT = Step("record_sent", "登记寄出", may_record_sent)
