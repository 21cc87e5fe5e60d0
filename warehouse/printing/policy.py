"""What may be printed (SOP 2.c, failure mode 30). Pure: facts in, verdict out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.verdict import Verdict, no, yes
from warehouse.words import Paper, ParcelState

LONGEST_WAYBILL = 48
GONE = (ParcelState.HANDED_OVER,)


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What the rules know of a parcel. `pickup`: the customer fetches it, no carrier."""

    state: ParcelState
    waybill: str
    pickup: bool = False
    freight: bool = False
    masked: bool = False
    stop_asked: bool = False


def may_print(paper: Paper, facts: PaperFacts) -> Verdict:
    """A paper is printed for a parcel that may leave, a label only with its waybill."""
    if facts.state == ParcelState.STOPPED:
        return no("2.c", "包裹已截停，单据作废，不能再打。")
    if facts.stop_asked:
        return no("2.c", "客服已请求拦截，先到拦截台处理。")
    if paper is not Paper.LABEL:
        return yes("2.c")
    return _may_print_label(facts)


def _may_print_label(facts: PaperFacts) -> Verdict:
    if facts.state == ParcelState.QUEUED:
        return no("2.c", "波次还没有开始配货：先打印或领走配货单。")
    if facts.state in GONE:
        return no("2.c", "已经交给快递，面单不能再打。")
    if facts.pickup:
        return no("2.c", "买家自提，不用面单。")
    if facts.masked:
        return no("2.c", "收货信息被平台遮盖，面单要到平台的打单后台打。")
    if not facts.waybill:
        return no("2.c", "还没有运单号，先取号。")
    if len(facts.waybill) > LONGEST_WAYBILL or not _plain(facts.waybill):
        return no("2.c", "运单号里有条码印不出的字符，请核对运单号。")
    return yes("2.c")


def _plain(text: str) -> bool:
    return all("!" <= char <= "~" for char in text)


def may_print_again(times: int, reason: str) -> Verdict:
    """A second time needs a reason: the first label may be on another box."""
    if times and len(reason.strip()) < 2:
        return no("2.c", f"已经打过 {times} 次，再打要写原因，例如“卡纸”。")
    return yes("2.c")


def is_void(printed_at: datetime, voided_at: datetime | None, edited_at: datetime | None) -> bool:
    """Is a paper void: its parcel was stopped, or the order was edited since (SOP 1.1.d)?"""
    return voided_at is not None or (edited_at is not None and edited_at > printed_at)
