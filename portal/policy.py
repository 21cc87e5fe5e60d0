"""What a customer may read of an order, and in which words (SOP 6.b). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aftersales.words import CaseKind, CaseState

K, S = CaseKind, CaseState

# The kinds that a customer knows under a name; what else is waited for is our own affair.
_NAMES = {
    K.RETURN: "您的退货",
    K.EXCHANGE: "您的换货",
    K.SWAP: "您的换货",
    K.RESHIP: "您的补发",
    K.PARTIAL: "您的部分退款",
    K.REPAIR: "您的维修",
    K.COMPLAINT: "您反馈的问题",
    K.ENQUIRY: "您的咨询",
}
_STANDING = {
    S.OPEN: "正在处理，最晚 {until} 给您答复。",
    S.WAITING_CUSTOMER: "在等您：请看看客服发给您的消息。",
    S.WAITING_GOODS: "在等商品到仓库，到了马上接着办。",
    S.WAITING_WAREHOUSE: "已经交给仓库和快递去办，有结果马上告诉您。",
    S.WAITING_MONEY: "办好了，退款 1–2 个工作日原路退回，最晚 {until}。",
    S.RESOLVED: "已经办好了。",
    S.REFUSED: "没有办成，想了解原因请联系客服。",
    S.WITHDRAWN: "已经结束了。",
}
_LATE = "正在加紧处理，有结果马上告诉您。"
# Who signed for it, or who brings it: a name behind such a word and a colon or bracket.
_NAMED = re.compile(
    r"((?:签收|收件|收货|取件|派件|派送|投递|揽收|快递|业务|联系)(?:人|员)(?:姓名)?\s*[:：\[【（(]\s*)"
    r"(?!本人|家人|门卫|前台|他人|物业|同事|快递柜|驿站)[^\s,，。;；:：\]】）)]{1,12}"
)


def is_known(kind: CaseKind) -> bool:
    """Does the customer know such a case, so that its end is news?"""
    return kind in _NAMES


def case_said(kind: CaseKind, state: CaseState, until: str, *, late: bool) -> str:
    """How an after-sale stands, in one sentence; `until`: the exact time, as it is spoken."""
    ours = state in (S.OPEN, S.WAITING_MONEY)
    how = _LATE if late and ours else _STANDING[state].format(until=until)
    return f"{_NAMES.get(kind, '您的售后')}{how}"


def without_names(text: str, personal: Iterable[str]) -> str:
    """A line of a carrier without what it says of the receiver or the courier."""
    for one in sorted({part for part in personal if part}, key=len, reverse=True):
        text = text.replace(one, "***")
    return _NAMED.sub(r"\1***", text)
