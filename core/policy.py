"""What may be done with a message that did not arrive (architecture §6)."""

from __future__ import annotations

from core.verdict import Verdict, no, yes

# Of each state that settles itself: why there is nothing to do, and what to do instead.
_SETTLES_ITSELF = {
    "pending": ("还在排队，到时间会自动再试。", "等它自己试完；都不成功才会到“失败”里。"),
    "claimed": ("正在处理。", "过一分钟刷新看看。"),
    "done": ("已经送达了，再发一次对方会收到两次。", ""),
}


def may_retry(state: str) -> Verdict:
    """Try again what failed or was given up."""
    return yes("") if state not in _SETTLES_ITSELF else _no(state)


def may_give_up(state: str) -> Verdict:
    """Leave what failed as it is, for good."""
    if state == "given_up":
        return no("", "已经放弃了。", instead="要发的话，按“再试一次”。")
    return yes("") if state not in _SETTLES_ITSELF else _no(state)


def _no(state: str) -> Verdict:
    reason, instead = _SETTLES_ITSELF[state]
    return no("", reason, instead=instead)
