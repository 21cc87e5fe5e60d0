"""What a colleague does on the platform's own pages (SOP 1.2.d)."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.verdict import Verdict, no, yes
from orders.words import HandTaskKind

# What is done by hand on the platform, by the clause that asks for it.
HAND_CLAUSES = {
    HandTaskKind.MEMO: "1.2.d",
    HandTaskKind.CLOSE: "1.2.e",
    HandTaskKind.ADDRESS: "1.1.d",
    HandTaskKind.DISPATCH: "2.h",
    HandTaskKind.REFUSE: "1.5",
}

UNTICK = timedelta(days=1)


def may_tick(done_by: str) -> Verdict:
    """Tick what was done by hand; `done_by`: who did it already."""
    if done_by:
        return no("1.2.d", f"{done_by}已经做完了，不用再做。")
    return yes("1.2.d", "在平台上做好了再勾。")


def may_untick(done_at: datetime | None, *, by_hand: bool, now: datetime) -> Verdict:
    """Take a tick back: while somebody still remembers, and not what ended by itself."""
    if done_at is None:
        return no("1.2.d", "还没有勾，不用取消。")
    if not by_hand:
        return no("1.2.d", "不是人勾的，不能取消。", instead="要在平台上做什么，写一条备注。")
    if now - done_at > UNTICK:
        return no("1.2.d", "勾了超过一天，不能取消。", instead="要再做一次的话，写一条备注。")
    return yes("1.2.d", "取消以后，它回到手工事项里。")
