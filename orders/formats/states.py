"""The platforms' words for an order's state and its after-sale, and what they are to us."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from orders.formats.layout import Row

UNPAID, PAID, SHIPPED, RECEIVED = "unpaid", "paid", "shipped", "received"
COMPLETED, CLOSED = "completed", "closed"
RANK = (UNPAID, PAID, SHIPPED, RECEIVED, COMPLETED, CLOSED)

_BY_STATE = {
    UNPAID: """
        等待买家付款 待付款 待支付 未付款 未支付 等待付款 等待付款确认 等待分期付款 待确认 新建
        待付尾款 定金已付,尾款未付 定金未付,尾款未付 拼单未成功
        没有创建支付宝交易 国际信用卡支付付款确认中
    """,
    PAID: """
        买家已付款,等待卖家发货 等待卖家发货 等待卖家发货,买家已付款 买家已付款 已付款 已支付 待发货
        备货中 待备货 待出库 等待出库 正在出库 等待发货 等待打印 等待拣货 等待打包 等待配货
        已付款,待发货 待接单 待提货 待核销 待配送 未发货 已审核
    """,
    SHIPPED: """
        卖家已发货,等待买家确认 卖家已发货 已发货 部分发货 卖家部分发货 卖家已部分发货 已出库
        已发货,待签收 已发货,待收货 待收货 待签收 等待确认收货 等待收货
        等待买家确认收货 等待买家确认 配送中 运输中 等待客户回执
    """,
    RECEIVED: "买家已签收 已签收 已收货 已签收,待确认 已确认收货 已自提 已核销",
    COMPLETED: "交易成功 交易完成 已完成 完成 订单完成 已评价 待评价",
    CLOSED: """
        交易关闭 交易取消 已关闭 已取消 取消 关闭 订单取消 订单关闭 已退款 已退换货 已失效 已作废
        付款以后用户退款成功,交易自动关闭 付款以前,卖家或买家主动关闭交易 卖家关闭 买家取消
    """,
}
WORDS = {word: state for state, words in _BY_STATE.items() for word in words.split()}


class State(NamedTuple):
    """Our state; `after_sale` is what the word itself says of one; not `known` when guessed."""

    state: str
    known: bool = True
    after_sale: str = ""


_PREFIXED = re.compile(r"\((删除|锁定|暂停)\)(.*)")
_GONE_BACK = re.compile(r"(.+?),(.*(?:退款|售后|退货).*)")
_OPEN_WORDS = re.compile(r"(?:退款|售后|退货|退换货|维权|换货)(?:处理)?中|申请退款|锁定|暂停")


def plain_word(word: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", word))


@lru_cache(maxsize=512)
def read_word(word: str) -> State | None:
    """A platform's status word; None when nobody knows it."""
    word = plain_word(word)
    if word in WORDS:
        return State(WORDS[word])
    prefixed = _PREFIXED.fullmatch(word)
    if prefixed:  # JD: cancelled, or stopped because the customer asks for it
        inner = State(CLOSED) if prefixed[1] == "删除" else read_word(prefixed[2])
        return inner and State(inner.state, True, "" if prefixed[1] == "删除" else prefixed[1])
    back = _GONE_BACK.fullmatch(word)
    if back:  # Pinduoduo: 未发货，退款成功
        if "成功" in back[2]:
            return State(CLOSED, True, back[2])
        inner = read_word(back[1])
        return inner and State(inner.state, True, back[2])
    return None


def read_state(row: Row, states: Mapping[str, str]) -> State:
    """The order's state from its word, else from its times and payment; raises Bad."""
    word = row.text("status")[:64]
    if not word:
        if row.has("status") and not _dated(row):
            raise row.bad("status", "没有填订单状态，也没有时间可以判断。请补上后再传。")
        return State(_by_times(row), known=False)
    if word in states:
        return State(states[word])
    found = read_word(word)
    if found:
        return found
    if _OPEN_WORDS.search(word):
        return State(_by_times(row), True, word)
    raise row.bad("status", f"不认识订单状态“{word[:30]}”。{_INSTEAD}")


_INSTEAD = (
    "请改成“等待付款”“已付款”“已发货”“交易成功”或“交易关闭”再传；"
    "自己整理的表格，也可以在“说明各列”里写明它是哪种状态。"
)


def _dated(row: Row) -> bool:
    names = ("ordered_at", "paid_at", "shipped_at", "received_at", "completed_at")
    return any(row.text(name) for name in names)


def _by_times(row: Row) -> str:
    """Without a word: the last thing that has a time; a payment that went back whole closed it."""
    if row.text("completed_at"):
        return COMPLETED
    if row.text("received_at"):
        return RECEIVED
    if row.text("shipped_at") or row.text("waybill"):
        return SHIPPED
    paid, refunded = row.money("net_paid") + row.money("paid"), row.money("refunded")
    if refunded and not paid:
        return CLOSED
    return PAID if row.text("paid_at") or paid else UNPAID


# -- after-sale -----------------------------------------------------------------------------------

_BUSY = re.compile(r"待|[款货理修核裁]中|进行中|仲裁|介入")
_NONE = re.compile(r"无|无售后.*|无退款.*|没有申请退款|未申请.*|无需.*|正常|否|0|-+|—+")
_OVER = re.compile(r"成功|完成|关闭|取消|撤销|失败|已退|结束|驳回|拒绝")


@lru_cache(maxsize=512)
def after_sale_open(text: str) -> bool:
    """Is an after-sale going on? A word that nobody knows counts as one: it holds the order."""
    word = plain_word(text[:200])
    if not word or _BUSY.search(word):
        return bool(word)
    return not (_NONE.fullmatch(word) or _OVER.search(word))


def refunded_whole(text: str) -> bool:
    """Does the after-sale's word say that the money went back?"""
    word = plain_word(text)
    return "退款成功" in word and "部分" not in word
