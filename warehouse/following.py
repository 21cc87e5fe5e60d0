"""What news of a parcel means (SOP 6.a, 1.4′): pure, whatever the order in which it comes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.verdict import Say, Verdict, no, yes
from orders.policy import GONE, OrderFacts
from orders.situation import Situation
from orders.stopping import may_ask_carrier as may_ask_carrier_at_all
from orders.words import OrderState
from warehouse.words import EnquiryKind, TrackState, TroubleKind

T = TrackState
K = TroubleKind
ENDED = frozenset({T.SIGNED, T.RETURNED, T.CANCELLED})
LONGEST = timedelta(days=45)  # what nobody heard of for so long is not asked about any more
ASK_AGAIN = timedelta(hours=4)  # where nothing is pushed
ASK_ANYWAY = timedelta(hours=24)  # where it is pushed, in case a push was lost
ANNOUNCED = timedelta(days=1)  # so long before a parcel goes back somebody is told
REMIND_LATE = timedelta(days=1)
AHEAD = timedelta(hours=1)  # a line from further ahead is a wrong clock

# Of two pieces of news from the same second the one further on counts.
_RANK = {state: place for place, state in enumerate(T)} | {T.SIGNED: 90, T.RETURNED: 95}
_ADDRESS = re.compile(r"地址(不详|不清|错误|有误|不全)|超区|超出派送范围|电话(错误|有误|号码有误)")
_UNREACHED = re.compile(r"联系不上|无法联系|无人接听|电话(关机|停机|空号|未接)|收件人不在")

WHAT_TO_DO: dict[TroubleKind, str] = {
    K.QUIET: "问快递卡在哪里；超过三天没有结果，按疑似丢件处理。",
    K.ADDRESS: "请买家补全地址和电话，再请快递改派。",
    K.UNREACHED: "马上联系买家；联系不上就留言：包裹在哪里、保管到哪天、之后会退回。",
    K.LOCKER: "提醒买家尽快取件，过了保管期会退回。",
    K.PROBLEM: "看最后一条轨迹，问快递怎么处理，再告诉买家。",
    K.REFUSED: "马上联系买家问清原因：愿意收就请快递再派，不要就等退回。",
    K.RETURNING: "问清为什么退回；还要的话请快递追回改派。",
    K.RETURNED: "到仓库收件，核对后按退货处理，和买家说好退款还是补发。",
}


@dataclass(frozen=True, slots=True)
class News:
    """How new a piece of news is, and what it says."""

    at: datetime | None
    count: int
    state: TrackState

    @property
    def key(self) -> tuple[float, int, int]:
        return self.at.timestamp() if self.at else 0.0, self.count, rank(self.state)


def rank(state: TrackState) -> int:
    return _RANK[state]


def trouble(state: TrackState, text: str) -> TroubleKind | None:
    """What is wrong with a parcel in this state; `text`: its last line."""
    if state is T.PROBLEM:
        if _ADDRESS.search(text):
            return K.ADDRESS
        return K.UNREACHED if _UNREACHED.search(text) else K.PROBLEM
    return {T.REFUSED: K.REFUSED, T.RETURNING: K.RETURNING, T.RETURNED: K.RETURNED}.get(state)


# What is wrong with a parcel that comes to us: nobody has to call a buyer about the others.
COMING = frozenset({K.QUIET, K.PROBLEM})


@dataclass(frozen=True, slots=True)
class Term:
    """How long a carrier keeps a parcel (days) and may be quiet (hours)."""

    keep_days: int = 3
    quiet_h: int = 48


WAITS = frozenset({T.AT_LOCKER, T.PROBLEM, T.REFUSED})


def keeps_until(state: TrackState, last_at: datetime | None, term: Term) -> datetime | None:
    """Until when the carrier keeps what it could not deliver (SOP 1.4′.b)."""
    if state not in WAITS or last_at is None:
        return None
    return last_at + timedelta(days=term.keep_days)


def look_at(state: TrackState, last_at: datetime, term: Term) -> datetime | None:
    """When to see whether it has gone on; None where nothing is waited for."""
    if state in ENDED or state in (T.REFUSED, T.RETURNING, T.PROBLEM):
        return None
    if state is T.AT_LOCKER:
        return last_at + max(timedelta(days=term.keep_days) - ANNOUNCED, timedelta(hours=12))
    return last_at + timedelta(hours=term.quiet_h)


def overdue(state: TrackState) -> TroubleKind:
    """What it is when its time to go on has passed."""
    return K.LOCKER if state is T.AT_LOCKER else K.QUIET


def poll_at(
    state: TrackState, last_at: datetime, *, pushed: bool, now: datetime
) -> datetime | None:
    """When the tracker is asked next; None when it has ended, or was lost for good."""
    if state in ENDED or now - last_at > LONGEST:
        return None
    return now + (ASK_ANYWAY if pushed else ASK_AGAIN)


def due(kind: TroubleKind, opened_at: datetime, keeps: datetime | None) -> datetime:
    """By when somebody should have acted: a day, or before the parcel goes back."""
    day = opened_at + timedelta(days=1)
    return min(day, keeps) if keeps and keeps > opened_at else day


# -- what it is now --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a parcel; `last_at` in local time, `said` without telephones."""

    state: TrackState
    carrier: str
    waybill: str
    last_at: datetime | None = None
    said: str = ""
    trouble: TroubleKind | None = None
    keeps_until: date | None = None


def situation(seen: Seen) -> Situation | None:
    """The one thing that matters on the way, and what the customer may hear (SOP 6.a, 6.b)."""
    parcel = f"{seen.carrier} {seen.waybill}".strip()
    keeps = f"{seen.keeps_until:%m-%d}" if seen.keeps_until else ""
    values = {"carrier": seen.carrier or "快递", "waybill": seen.waybill}
    if seen.trouble:
        kind = seen.trouble
        until = f"，保管到 {keeps}" if keeps else ""
        return Situation(
            f"{kind.label}：{parcel}{until}",
            f"{_last(seen)}{WHAT_TO_DO[kind]}",
            "bad",
            say=Say(f"way.{kind.value}", values),
            word=kind.label,
        )
    if seen.last_at is None or seen.state is T.UNCLEAR:
        return None
    at = f"{seen.last_at.month} 月 {seen.last_at.day} 日 {seen.last_at:%H:%M}"
    say = Say("way.locker" if seen.state is T.AT_LOCKER else "way.moving", values | _now(seen, at))
    return Situation(f"{seen.state.label}：{parcel}", _last(seen), "good", say=say)


def _now(seen: Seen, at: str) -> dict[str, str]:
    return {} if seen.state is T.AT_LOCKER else {"where": seen.state.label, "at": at}


def _last(seen: Seen) -> str:
    return f"{seen.last_at:%m-%d %H:%M} {seen.said}。" if seen.last_at else ""


# -- what people do --------------------------------------------------------------------------------


def may_correct_waybill(order: OrderFacts) -> Verdict:
    """Put a right waybill in place of a wrong one, after shipping (SOP 6.a)."""
    if order.state in GONE:
        return yes("6.a", "改好以后会告诉平台；旧运单号还查得到。")
    if order.state is OrderState.CLOSED:
        return no("6.a", "订单已关闭，不用更正运单号。")
    return no("6.a", "还没有发货，没有运单号可以更正。", instead="发货前换快递，用“修改配送”。")


def may_ask_carrier(order: OrderFacts, waybill: str) -> Verdict:
    """Ask the carrier about a parcel that it has (SOP 6.a, 3.b)."""
    verdict = may_ask_carrier_at_all(order)
    if verdict.allowed and not waybill:
        return no("6.a", "没有运单号，没法问快递。", instead="先更正运单号。")
    return verdict


def may_call_back(order: OrderFacts, waybill: str, kind: EnquiryKind) -> Verdict:
    """What was received cannot be redirected or called back any more."""
    moving = kind in (EnquiryKind.ADDRESS, EnquiryKind.CALL_BACK, EnquiryKind.URGE)
    if moving and order.state in (OrderState.RECEIVED, OrderState.COMPLETED):
        return no(
            "3.b",
            f"订单{order.state.label}，快递已经送到，不能再{kind.label}。",
            instead="退换货按 1.4 处理。",
        )
    return may_ask_carrier(order, waybill)


def may_ask_inbound(kind: EnquiryKind) -> Verdict:
    """About the parcel that the buyer sends back: only its sender redirects it (SOP 1.4.d)."""
    if kind in (EnquiryKind.ADDRESS, EnquiryKind.CALL_BACK):
        return no(
            "1.4.d",
            f"买家寄的件，我们不能{kind.label}。",
            instead="请买家自己找寄件的快递；我们可以查件、催件。",
        )
    return yes("1.4.d")


def may_answer(state_label: str, *, is_open: bool) -> Verdict:
    """Write down what the carrier said."""
    if is_open:
        return yes("6.a", "写快递怎么答复的；买家那边会给您一句话。")
    return no("6.a", f"这个问题{state_label}，不用再登记。")


def may_settle(done_name: str) -> Verdict:
    """Say how a parcel in trouble was settled (SOP 1.4′.a)."""
    if done_name:
        return no("1.4′.a", f"{done_name}已经处理完了。")
    return yes("1.4′.a", "选处理结果；快递又有新的异常时会再出现。")


def may_claim(claimed_name: str, done_name: str, me: str) -> Verdict:
    """Take a parcel in trouble, so that nobody else calls the same buyer."""
    if done_name:
        return no("1.4′.a", f"{done_name}已经处理完了。")
    if claimed_name and claimed_name != me:
        return yes("1.4′.a", f"{claimed_name}认领着，您可以接过来。")
    return yes("1.4′.a", "认领后，别人看得到是您在处理。")


def may_retry(failed: bool, label: str) -> Verdict:
    """Tell the platform once more, or say that it was done by hand (SOP 2.h)."""
    if failed:
        return yes("2.h", "原因解决了再试；也可以在平台后台手工登记。")
    return no("2.h", f"现在是“{label}”，不用再处理。")
