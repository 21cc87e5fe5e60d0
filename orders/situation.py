"""The one thing that matters now on an order: open hold > late promise > state (architecture §4).

Pure: the order page, the lists and the notices use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.money import ZERO
from orders.policy import DIFFERENCES, OrderFacts
from orders.words import HoldKind, OrderState

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
    """`tone`: go, good, warn, bad. `act`: the verb of the one accented button, or ''."""

    headline: str
    detail: str
    tone: str = "go"
    act: str = ""
    until: datetime | None = None


def situation(
    order: OrderFacts, *, ship_by: datetime | None = None, now: datetime, carrier: str = ""
) -> Situation:
    """What to look at first."""
    if order.holds and order.state not in (S.SHIPPED, S.RECEIVED, S.COMPLETED, S.CLOSED):
        return _held(order, ship_by)
    if order.lines_unclear and order.state in (S.UNPAID, S.PAID):
        return Situation(
            "商品明细待确认",
            "导入的文件里分不清每种商品的数量：补导宝贝明细表，或照平台订单页录入。",
            "warn",
            "confirm_lines",
        )
    return _by_state(order, ship_by, now, carrier)


def _held(order: OrderFacts, ship_by: datetime | None) -> Situation:
    hold = min(order.holds, key=lambda h: _HOLD_ORDER.index(h.kind))
    more = f"，另有 {len(order.holds) - 1} 个挂起" if len(order.holds) > 1 else ""
    tone = "bad" if hold.kind in _HOLD_ORDER[:3] else "warn"
    act = "tie_top_up" if hold.kind is HoldKind.TOP_UP else "lift_hold"
    if hold.cause in DIFFERENCES:
        act = "settle_difference"
    return Situation(
        f"{hold.kind.label}挂起：{hold.reason}", f"解除前不会下发和发货{more}。", tone, act, ship_by
    )


def _by_state(
    order: OrderFacts, ship_by: datetime | None, now: datetime, carrier: str
) -> Situation:
    if order.state is S.UNPAID:
        return Situation(f"等买家付款 {order.unpaid_rest} 元", "未付款：信息都可以改，也可以关闭。")
    if order.is_top_up:
        text = "已关联主订单" if order.tied else "还没有关联主订单"
        return Situation(
            f"补差价订单，{text}",
            "这单不发货；主订单发货时一起完成。",
            "go" if order.tied else "warn",
        )
    if order.state is S.PAID:
        return _paid(order, ship_by, now)
    texts = {
        S.PICKING: Situation("仓库正在配货", "要改信息先请求拦截。", "go", "", ship_by),
        S.PACKED: Situation("已打包，等发货", "要改信息先请求拦截。", "go", "", ship_by),
        S.SHIPPED: Situation(
            f"已发货{'，' + carrier if carrier else ''}", "不能再修改；要改地址请联系快递。", "good"
        ),
        S.RECEIVED: Situation("买家已签收", "退换货按 1.4 处理。", "good"),
        S.COMPLETED: Situation("交易完成", "退换货按 1.4 处理。", "good"),
    }
    return texts.get(order.state) or Situation("订单已关闭", "不再发货。", "warn")


def _paid(order: OrderFacts, ship_by: datetime | None, now: datetime) -> Situation:
    if order.needs_payment and order.unpaid_rest > ZERO:
        return Situation(
            f"还差 {order.unpaid_rest} 元没付", "请买家补齐后再下发。", "warn", "mark_paid", ship_by
        )
    late = ship_by is not None and ship_by < now
    tone = "bad" if late else "go"
    promise = "，已经过了承诺发货时间" if late else ""
    if order.released:
        return Situation(
            f"已下发仓库，等配货{promise}", "仓库开始前可以收回。", tone, "take_back", ship_by
        )
    return Situation(f"已付款，待下发{promise}", "核对无误后下发仓库。", tone, "release", ship_by)
