"""The one thing that matters now on an order (architecture §4).

Open hold > after-sale on the platform > what after-sales waits for > late promise > state. Pure:
the order page, the lists and the notices use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from core.money import ZERO
from core.verdict import Say
from orders.policy import DIFFERENCES, GONE, HoldFact, OrderFacts, is_of_a_refund
from orders.review import MENDS, WHERE, HitFact
from orders.stopping import asked, pullable
from orders.words import HoldKind, OrderState, Stop

S = OrderState
_HOLD_ORDER = [
    HoldKind.INTERCEPT,
    HoldKind.REFUND,
    HoldKind.STOCK_OUT,
    HoldKind.CUSTOMER,
    HoldKind.REVIEW,
    HoldKind.TOP_UP,
    HoldKind.GOODS,
]


@dataclass(frozen=True, slots=True)
class Situation:
    """`tone`: go, good, warn, bad. `act`: the verb of the one accented button, or ''.

    `say`: what the customer may be told now. `word`: for the tab's title. `hold`: what to lift.
    """

    headline: str
    detail: str
    tone: str = "go"
    act: str = ""
    until: datetime | None = None
    say: Say | None = None
    word: str = ""
    hold: HoldFact | None = None
    until_of: str = "承诺发货"  # what `until` is the end of


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is known of the way to the buyer; `expected`: when missing goods will be here."""

    ship_by: datetime | None = None
    carrier: str = ""
    waybill: str = ""
    expected: date | None = None


def situation(
    order: OrderFacts,
    *,
    ship_by: datetime | None = None,
    now: datetime,
    carrier: str = "",
    waybill: str = "",
    after_sale_open: bool = False,
    way: Situation | None = None,
    doubts: Sequence[HitFact] = (),
    expected: date | None = None,
    matter: Situation | None = None,
) -> Situation:
    """What to look at first, and what to say. `ship_by` is written as it stands: local time.

    `way`: where its parcel is, as a room above knows; it counts once the carrier has it.
    `doubts`: what the review found and nobody has passed, what weighs most first.
    `expected`: the day on which all that is missing will be here (SOP 5.d).
    `matter`: what an open case of after-sales waits for. Of what has left it is what matters; where
    the order itself is still to go out, or is held, it is mentioned beside.
    """
    parcel = Parcel(ship_by, carrier, waybill, expected)
    found = _owing(order, _without_cases(order, parcel, now, after_sale_open, way, doubts))
    if matter is None:
        return found
    if order.state in GONE | {S.CLOSED} and not _holding(order) and not after_sale_open:
        return replace(matter, detail=f"{matter.detail}订单：{found.headline}。")
    return replace(found, detail=f"{found.detail}另有{matter.headline}。")


def _owing(order: OrderFacts, found: Situation) -> Situation:
    """A difference goes back only when a refund of it is asked for (SOP 1.1.f, 1.5)."""
    if order.owed_unasked == ZERO:
        return found
    text = f"应退差价 {order.owed_unasked} 元还没有申请：点“申请退款”，选“退差价”。"
    return replace(found, detail=f"{found.detail}{text}")


def _without_cases(
    order: OrderFacts,
    parcel: Parcel,
    now: datetime,
    after_sale_open: bool,
    way: Situation | None,
    doubts: Sequence[HitFact],
) -> Situation:
    if after_sale_open and not _holding(order):
        return _after_sale(order)
    if doubts and not _holding(order):
        return _doubted(doubts, parcel.ship_by)
    if way and order.state is S.SHIPPED and not pullable(order) and not _holding(order):
        return way
    found = _first(order, parcel, now)
    return found if found.word else replace(found, word=order.state.label)


def _first(order: OrderFacts, parcel: Parcel, now: datetime) -> Situation:
    if _holding(order):
        return _held(order, parcel)
    if order.lines_unclear and not order.is_top_up and order.state in (S.UNPAID, S.PAID):
        return Situation(
            "商品明细待确认",
            "导入的文件里分不清每种商品的数量：补导宝贝明细表，或照平台订单页录入。",
            "warn",
            "confirm_lines",
            say=Say("now.review"),
            word="明细待确认",
        )
    return _by_state(order, parcel, now)


def _holding(order: OrderFacts) -> bool:
    """What has left is held by nothing, but for what the warehouse may still pull (SOP 1.2.b)."""
    return bool(order.holds) and (order.state not in GONE | {S.CLOSED} or asked(order))


def _after_sale(order: OrderFacts) -> Situation:
    return Situation(
        f"平台售后：{order.after_sale}",
        "买家在平台上申请了售后，先到平台处理。",
        "bad",
        say=Say("now.after_sale"),
        word="售后",
    )


def _doubted(doubts: Sequence[HitFact], ship_by: datetime | None) -> Situation:
    """The accent is what helps: where nobody can pass anything, what mends it (SOP 2.b)."""
    labels = "、".join(hit.code.label for hit in doubts)
    detail, act = "逐条看过，写明为什么可以放行；信息不对的先改好。", "pass_review"
    if all(hit.fixed for hit in doubts):
        first = doubts[0].code
        detail, act = WHERE.get(first, "在订单上核对、改好。"), MENDS.get(first, "")
    return Situation(
        f"审单：{labels}",
        detail,
        "warn",
        act,
        ship_by,
        Say("now.review"),
        HoldKind.REVIEW.label,
    )


def _held(order: OrderFacts, parcel: Parcel) -> Situation:
    hold = min(order.holds, key=_weight)
    waiting = next((h for h in order.holds if h.stop is Stop.ASKED), None)
    if waiting is not None:
        return _stopping(waiting, parcel.ship_by)
    more = f"，另有 {len(order.holds) - 1} 个挂起" if len(order.holds) > 1 else ""
    act = "call" if hold.called else "lift_hold"
    act = "tie_top_up" if hold.kind is HoldKind.TOP_UP else act
    if is_of_a_refund(hold):
        return _refunding(hold, more, parcel.ship_by)
    day = parcel.expected if hold.kind in _FOR_GOODS else None
    arrives = f"预计 {_spoken(day)} 到货。" if day else ""
    return Situation(
        f"{hold.kind.label}挂起：{hold.reason}",
        f"{arrives}{_until_when(hold)}{more}。",
        "bad" if hold.kind in _HOLD_ORDER[:3] else "warn",
        "settle_difference" if hold.cause in DIFFERENCES else act,
        parcel.ship_by,
        Say("now.customer.came") if hold.came else _say_held(order, hold.kind, day),
        hold.kind.label,
        hold,
    )


def _until_when(hold: HoldFact) -> str:
    if hold.stop is Stop.STOPPED:
        return "仓库已拦下，可以修改；改好了解除挂起，再下发"
    if hold.came:
        return "货已经留好了，问买家还要不要；要的登记买家决定，就发货"
    return "解除前不会下发和发货"


def _weight(hold: HoldFact) -> int:
    """A stock-out that nobody calls about any more is decided: what was decided counts (1.3.d)."""
    decided = hold.kind is HoldKind.STOCK_OUT and not hold.called
    return len(_HOLD_ORDER) if decided else _HOLD_ORDER.index(hold.kind)


def _refunding(hold: HoldFact, more: str, ship_by: datetime | None) -> Situation:
    """Held by a refund: what is to be done stands on the refund (SOP 1.5)."""
    return Situation(
        f"正在退款：{hold.reason.removeprefix('退款 ')}",
        f"退款以前货不会发；买家又要货的，到退款里改为发货{more}。",
        "bad",
        "view_refund",
        ship_by,
        Say("now.refund"),
        hold.kind.label,
        hold,
    )


def _stopping(hold: HoldFact, ship_by: datetime | None) -> Situation:
    """The warehouse was asked and has not answered (SOP 1.1.e)."""
    return Situation(
        f"已请求拦截，等仓库回答：{hold.reason}",
        "这个包裹停在仓库，谁也不会往下做；仓库会回答拦下或来不及。",
        "bad",
        "withdraw_stop" if hold.kind is HoldKind.INTERCEPT else "",
        ship_by,
        Say("now.intercept"),
        "拦截",
        hold,
    )


_FOR_GOODS = (HoldKind.STOCK_OUT, HoldKind.GOODS)


def _spoken(day: date) -> str:
    """12 月 8 日."""
    return f"{day.month} 月 {day.day} 日"


def _say_held(order: OrderFacts, kind: HoldKind, day: date | None) -> Say:
    if day is not None:
        return Say(f"now.{kind.value}.expected", {"by": _spoken(day)})
    if kind is HoldKind.TOP_UP and order.unpaid_rest > ZERO:
        return Say("now.top_up", {"amount": str(order.unpaid_rest)})
    return Say("now.top_up.paid" if kind is HoldKind.TOP_UP else f"now.{kind.value}")


def _by_state(order: OrderFacts, parcel: Parcel, now: datetime) -> Situation:
    if order.state is S.CLOSED:
        if order.merged:
            return _merged(order)
        return Situation("订单已关闭", "不再发货。", "warn", say=Say("now.closed"))
    if order.is_top_up:
        return _top_up(order)
    if order.state is S.UNPAID:
        rest = str(order.unpaid_rest)
        return Situation(
            f"等买家付款 {rest} 元",
            "未付款：信息都可以改，也可以关闭。",
            say=Say("now.rest" if order.total_paid else "now.unpaid", {"amount": rest}),
        )
    if order.state in GONE:
        return _gone(order, parcel)
    return _unshipped(order, parcel, now)


def _merged(order: OrderFacts) -> Situation:
    return Situation(
        f"已合并到 {order.merged}，由那一单发货",
        "商品、钱和挂起都在那一单上，点上面的“已合并到”打开。",
        "warn",
        say=Say("now.merged"),
        word="已合并",
    )


def _top_up(order: OrderFacts) -> Situation:
    if order.state is S.UNPAID:
        rest = str(order.unpaid_rest)
        return Situation(
            f"补差价订单，等买家付款 {rest} 元",
            "付款后关联到主订单，主订单就可以发货。",
            say=Say("now.top_up", {"amount": rest}),
            word="补差价",
        )
    return Situation(
        f"补差价订单，{'已关联主订单' if order.tied else '还没有关联主订单'}",
        "这单不发货；主订单发货时一起完成。",
        "go" if order.tied else "warn",
        say=Say("now.top_up.paid"),
        word="补差价",
    )


def _gone(order: OrderFacts, parcel: Parcel) -> Situation:
    if order.state is S.RECEIVED:
        return Situation("买家已签收", "退换货按 1.4 处理。", "good", say=Say("now.received"))
    if order.state is S.COMPLETED:
        return Situation("交易完成", "退换货按 1.4 处理。", "good", say=Say("now.completed"))
    by = f"，{parcel.carrier}" if parcel.carrier else ""
    number = f" {parcel.waybill}" if parcel.waybill else "，还没有运单号"
    if pullable(order):
        return Situation(
            f"已发货{by}{number}，还没交快递",
            "要改的话请求拦截，仓库还可以抽回来。",
            "good",
            say=Say("now.packed.soon"),
        )
    say = Say("now.shipped.no_waybill", {"carrier": parcel.carrier or "快递"})
    if parcel.waybill:
        say = Say("now.shipped", dict(say.values) | {"waybill": parcel.waybill})
    return Situation(
        f"已发货{by}{number}", "不能再修改；要追回或改地址，联系快递。", "good", say=say
    )


def _unshipped(order: OrderFacts, parcel: Parcel, now: datetime) -> Situation:
    until = parcel.ship_by
    if order.state is S.PAID and order.needs_payment and order.unpaid_rest > ZERO:
        rest = str(order.unpaid_rest)
        return Situation(
            f"还差 {rest} 元没付",
            "请买家补齐后再下发。",
            "warn",
            "mark_paid",
            until,
            Say("now.rest", {"amount": rest}),
            "没付清",
        )
    late = until is not None and until < now
    headline, detail, act, key = _in_hand(order)
    return Situation(
        headline + ("，已经过了承诺发货时间" if late else ""),
        detail,
        "bad" if late else "go",
        act,
        until,
        Say("now.late") if late else _promised(key, until),
        "超时未发" if late else "",
    )


def _in_hand(order: OrderFacts) -> tuple[str, str, str, str]:
    """Headline, detail, act and sentence of what is paid and not shipped."""
    if order.state is S.PICKING:
        return "仓库正在配货", "要改信息先请求拦截。", "", "now.picking"
    if order.state is S.PACKED and order.pickup:
        ready = "称好重就能取：把取货码告诉买家。"
        return "已打包，等买家来取", ready, "tell_pickup_code", "now.ready"
    if order.state is S.PACKED:
        return "已打包，等发货", "要改信息先请求拦截。", "", "now.packed"
    if order.released:
        return "已下发仓库，等配货", "仓库开始前可以收回。", "take_back", "now.released"
    first = "已付款" if order.needs_payment else order.terms.label
    return f"{first}，待下发", "核对无误后下发仓库。", "release", "now.paid"


def _promised(key: str, until: datetime | None) -> Say:
    """With the exact date where there is one (screens 40); who fetches it is promised none."""
    if key == "now.ready":
        return Say(key)
    if until is None:
        return Say(f"{key}.soon")
    return Say(key, {"by": f"{until.month} 月 {until.day} 日 {until:%H:%M}"})
