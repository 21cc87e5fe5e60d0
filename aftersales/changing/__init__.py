"""May the policy be changed, and by whom: two persons, from a day that is not over (SOP 7.a). Pure.

Who proposes never puts in force. One change of a thing waits at a time, so whoever reads what would
change reads it against what it will replace.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aftersales.words import ChangeState
from core.verdict import Verdict, no, yes

S = ChangeState
WITHDRAW = "请提的人撤回，改个时间再提。"


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What decisions on a change depend on; persons by their ids.

    `from_at` None: as soon as somebody agrees. `after`: what it replaces takes effect only then.
    """

    state: ChangeState
    by: int | None
    by_name: str = ""
    decided_name: str = ""
    from_at: datetime | None = None
    after: datetime | None = None


def may_propose(changed: bool, waiting: str = "", newer: str = "") -> Verdict:
    """May this be proposed?

    `waiting`: who has proposed another change of the same thing. `newer`: the version that came
    after the one from which it was drafted.
    """
    if newer:
        said = f"您打开以后，{newer}已经通过了。"
        return no("7.a", said, instead="重新打开，照新的一版改。")
    if waiting:
        said = f"{waiting}提的改动还在等人通过。"
        return no("7.a", said, instead="先通过、驳回或者撤回那一个，再提新的。")
    if not changed:
        return no("7.a", "和现在的一样，没有改动。", instead="改好要改的地方再提。")
    return yes("7.a", "提出以后，由另一个人看过、通过，才会生效。")


def may_begin(from_at: datetime | None, after: datetime | None, now: datetime) -> Verdict:
    """May it take effect then? Not in the past, nor before what it replaces."""
    if from_at is not None and from_at <= now:
        return no("7.a", "生效时间已经过了。", instead="要以后的时间；通过以后马上生效就不填。")
    if after is not None and (from_at or now) < after:
        return no("7.a", "比它接着的那一版还早。", instead="生效时间不能比上一版早。")
    return yes("7.a")


def may_put_in_force(
    change: ChangeFacts, who: int | None, now: datetime, newer: str = ""
) -> Verdict:
    """May this person put it in force? Never who proposed it.

    `newer`: a version that came after the one from which it was drafted.
    """
    barred = _over(change)
    if barred:
        return barred
    if who is None or who == change.by:
        return no("7.a", "自己提的改动，要另一个人来通过。", instead="请别的主管或负责人看。")
    if newer:
        said = f"提出以后，{newer}已经通过了，这个改动照的是旧的。"
        return no("7.a", said, instead="请提的人撤回，照新的再提。")
    if change.from_at is not None and change.from_at <= now:
        return no("7.a", "生效时间已经过了，不能往前生效。", instead=WITHDRAW)
    if not may_begin(change.from_at, change.after, now).allowed:
        return no("7.a", "它接着的那一版还没有生效，不能比那一版早。", instead=WITHDRAW)
    return yes("7.a", "通过以后到时间自己生效；已经开始的售后单不变。")


def may_reject(change: ChangeFacts, who: int | None) -> Verdict:
    """May this person say no to it? Who proposed it withdraws it instead."""
    barred = _over(change)
    if barred:
        return barred
    if who is None or who == change.by:
        return no("7.a", "自己提的改动，不用驳回。", instead="不要了就撤回。")
    return yes("7.a", "写明为什么，提的人会收到。")


def may_withdraw(change: ChangeFacts, who: int | None) -> Verdict:
    """Only who proposed it takes it back."""
    barred = _over(change)
    if barred:
        return barred
    if who is None or who != change.by:
        return no("7.a", f"这是{change.by_name}提的，别人不能撤回。", instead="不同意就驳回。")
    return yes("7.a", "撤回以后不会生效，可以重新提。")


def _over(change: ChangeFacts) -> Verdict | None:
    if change.state is S.PROPOSED:
        return None
    who = f"{change.decided_name}已经处理过" if change.decided_name else "已经处理过"
    return no("7.a", f"这个改动{who}：{change.state.label}。")
