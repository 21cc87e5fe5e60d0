"""The SOP's decisions on an order as pure functions: facts in, `Verdict` out.

No clock, no database: `now` and facts are passed in. The same function greys the button out
and guards the act.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.money import ZERO
from core.verdict import Say, Verdict, ask, no, yes
from core.words import Words
from orders.words import HandTaskKind, HoldKind, IdentityKey, OrderState, Stop, Terms

S = OrderState
_RANK = {
    S.UNPAID: 0,
    S.PAID: 1,
    S.PICKING: 1,
    S.PACKED: 1,
    S.SHIPPED: 2,
    S.RECEIVED: 3,
    S.COMPLETED: 4,
    S.CLOSED: 5,
}
GONE = frozenset({S.SHIPPED, S.RECEIVED, S.COMPLETED})
IN_WAREHOUSE = frozenset({S.PICKING, S.PACKED})


class Group(Words):
    """The three groups that can be modified (SOP 1.1.a)."""

    RECEIVING = "receiving", "收货信息"
    DELIVERY = "delivery", "配送方式"
    PRODUCTS = "products", "商品信息"


@dataclass(frozen=True, slots=True)
class Receiving:
    """Who receives, and where."""

    consignee: str
    mobile: str
    telephone: str
    province: str
    city: str
    district: str
    street: str
    zip_code: str = ""

    def values(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class HoldFact:
    kind: HoldKind
    cause: str = ""
    reason: str = ""
    stop: Stop = Stop.NONE
    called: bool = False  # it stands in the call list (待联系, SOP 1.3.a)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What decisions on an order depend on. Money in yuan; `holds` are the open ones."""

    order_no: str = ""
    state: OrderState = S.PAID
    terms: Terms = Terms.PREPAID
    released: bool = False
    handed_over: bool = False
    due: Decimal = ZERO
    paid: Decimal = ZERO
    paid_by_platform: Decimal = ZERO
    topped_up: Decimal = ZERO
    is_top_up: bool = False
    tied: bool = False
    after_sale: str = ""
    lines_unclear: bool = False
    doubtful: bool = False  # a review rule found something that nobody has passed yet (2.b)
    closed_from: str = ""
    do_not_remind: bool = False
    opted_out: bool = False  # the buyer wants no messages
    timed: bool = False  # a timer will remind or close it
    expedited: bool = False
    pickup: bool = False  # the customer fetches it (自提)
    goods_count: int = 0
    refund_reserved: Decimal = ZERO
    refunded_before: Decimal = ZERO
    parted: bool = False  # split or merged
    merged: str = ""  # number of the order that it was merged into, which ships its goods
    carries: bool = False  # ships what was merged into it; known where the links are loaded
    holds: tuple[HoldFact, ...] = ()

    @property
    def needs_payment(self) -> bool:
        return self.terms is Terms.PREPAID

    @property
    def unpaid_rest(self) -> Decimal:
        """What is still to be paid, yuan; never negative."""
        return max(ZERO, self.due - self.paid - self.paid_by_platform - self.topped_up)


def further(ours: str, theirs: str) -> bool:
    """Is the platform's state further on than ours? An older export never is (SOP 5.a)."""
    return _RANK[S(theirs)] > _RANK[S(ours)]


def ship_by(paid_at: datetime, hours: int) -> datetime:
    """When a paid order must have left: the shop's hours from payment (SOP 5.h)."""
    return paid_at + timedelta(hours=hours)


def keeps_goods(order: OrderFacts, *, on_order: bool = False) -> bool:
    """Are goods kept for it (SOP 5.b)? `on_order`: the shop reserves before the payment, too.

    Not for what is a mere difference in price, nor while nobody knows what was bought.
    """
    if order.is_top_up or order.lines_unclear:
        return False
    return order.state in IN_WAREHOUSE | {S.PAID} or (on_order and order.state is S.UNPAID)


def may_modify(order: OrderFacts, group: Group) -> Verdict:
    """Modify one of the three groups (SOP 1.1.a, 1.1.c, 1.1.d, 1.1.e)."""
    what = {"what": group.label}
    if order.state in GONE:
        return no(
            "1.1.c",
            f"订单{order.state.label}，不能再修改{group.label}。",
            Say("modify.shipped", what),
            "还没有交给快递的，请求拦截，请仓库抽回来；快递拿走了的，请快递改址或追回，"
            "收到后按 1.4 退换货处理。",
        )
    if order.state is S.CLOSED:
        return no(
            "1.1.d",
            f"订单已关闭，不能修改{group.label}。",
            Say("modify.closed", what),
            "要继续的话先重新打开订单，或请买家重拍。",
        )
    if order.state in IN_WAREHOUSE or order.released:
        return ask(
            "1.1.e",
            f"订单已下发仓库（{order.state.label}），不能直接修改{group.label}。",
            Say("modify.released", what),
            "请求拦截：仓库还没开始的马上收回，已开始的由仓库拦下，拦下后再改。",
        )
    if order.is_top_up and group is Group.PRODUCTS:
        return no("1.1.f", "补差价订单只有差价，没有可换的商品。", instead="请到主订单上修改商品。")
    return yes("1.1.d" if order.state is S.UNPAID else "1.1.e", "未发货、未下发仓库，可以修改。")


def may_swap(order: OrderFacts) -> Verdict:
    """Modify products: besides the group's rule, the lines must be known (SOP 1.1.f)."""
    verdict = may_modify(order, Group.PRODUCTS)
    if verdict.allowed and order.lines_unclear:
        return no(
            "5.a",
            "这单的商品明细还没有确认，不能换货。",
            instead="先补导宝贝明细表，或在商品卡上确认明细。",
        )
    return verdict


def difference(old: Decimal, new: Decimal, quantity: int = 1) -> Decimal:
    """What a swap costs the buyer more (positive) or less (negative), yuan (SOP 1.1.f)."""
    return (new - old) * quantity


def may_close(order: OrderFacts, identity: frozenset[IdentityKey]) -> Verdict:
    """Close an unpaid order after the identity check (SOP 1.2.e)."""
    unpaid = may_close_state(order)
    return unpaid if not unpaid.allowed else identified(identity, "1.2.e")


def may_close_state(order: OrderFacts) -> Verdict:
    """Is the order in a state from which an agent closes it at once (SOP 1.2.e)?"""
    if order.state is S.UNPAID and order.paid + order.topped_up == ZERO:
        return yes("1.2.e", "未付款，核对身份后马上可以关闭。", Say("close.done"))
    if order.state is S.CLOSED:
        return no("1.2.e", "订单已经关闭了。")
    if order.state in GONE:
        return no(
            "1.2.b",
            f"订单{order.state.label}，不能关闭。",
            Say("close.shipped"),
            "按 1.4 退换货处理。",
        )
    if not order.needs_payment and order.paid == ZERO:
        return _close_without_payment(order)
    return no(
        "1.2.c", "订单已付款，不能直接关闭。", Say("close.paid"), "请走申请退款：付款24小时后申请。"
    )


def _close_without_payment(order: OrderFacts) -> Verdict:
    """Cash on delivery and on account: as long as the warehouse does not have it (SOP 5.g)."""
    if order.released or order.state in IN_WAREHOUSE:
        return ask(
            "1.1.e",
            f"订单已下发仓库（{order.state.label}），不能直接关闭。",
            instead="先收回下发；仓库已开始配货的，请求拦截，拦下后再关闭。",
        )
    return yes("1.2.e", f"{order.terms.label}，还没有收款，核对身份后可以关闭。", Say("close.done"))


def identified(identity: frozenset[IdentityKey], clause: str) -> Verdict:
    """Identity check: at least two keys agree (SOP 0, 1.1.b)."""
    if len(identity) >= 2:
        return yes(clause, "已核对：" + "、".join(sorted(key.label for key in identity)))
    return no(
        clause,
        "身份没有核对完：订单号、账号、收货人、手机至少要有两项一致。",
        Say("identity.ask"),
        "请买家再报一项，一致后勾上。",
    )


def may_reopen(order: OrderFacts, *, by_hand: bool = True, since: tuple[str, ...] = ()) -> Verdict:
    """Reopen a closed order while nothing else happened (screens: close ↔ reopen while unpaid).

    `by_hand`: a colleague closed it, not the platform. `since`: what happened after the closing.
    """
    if order.state is not S.CLOSED:
        return no("1.2.e", "订单没有关闭。")
    if order.merged:
        return no("2.b", f"这单合并到 {order.merged} 去了。", instead="要分开，到那一单撤销合单。")
    unpaid = order.closed_from == S.UNPAID or not order.needs_payment
    if not unpaid or order.paid > ZERO:
        return no("1.2.e", "这单不是未付款时关闭的，不能重新打开。", instead="请买家重拍。")
    if not by_hand:
        return no("1.2.e", "这单是平台关闭的，不能在这里重新打开。", instead="请买家重拍。")
    if since:
        return no(
            "1.2.e",
            f"关闭以后又发生了：{'、'.join(since)}，不能重新打开。",
            instead="请买家重拍，或登记一张新订单。",
        )
    return yes("1.2.e", "关闭后没有发生别的事，可以重新打开。", Say("reopen.done"))


def may_mark_paid(order: OrderFacts) -> Verdict:
    """Register a payment by hand (trade number, amount, who)."""
    if order.state is S.UNPAID or (order.state is not S.CLOSED and order.unpaid_rest > ZERO):
        return yes("5.g", f"还应收 {order.unpaid_rest} 元。")
    if order.merged:
        return no("2.b", f"这单合并到 {order.merged} 去了。", instead="款登记到那一单上。")
    if order.state is S.CLOSED and order.closed_from == S.UNPAID and order.paid == ZERO:
        return yes("2.a", "订单已关闭。款真的到了再登记：有货会重新打开，没货就转应退。")
    if order.state is S.CLOSED:
        return no(
            "5.g", "订单已关闭，不能登记付款。", instead="先重新打开订单；不发货的，款要退回。"
        )
    return no("5.g", "这单已经付清了。")


def may_reverse_payment(order: OrderFacts, *, by_hand: bool = True) -> Verdict:
    """Take a registered payment back (screens: mark paid ↔ reversed by finance)."""
    if order.paid == ZERO:
        return no("5.g", "这单没有收款可以冲正。")
    if not by_hand:
        return no(
            "5.g", "平台收的款跟着平台走，不能在这里冲正。", instead="在平台上处理，再导入订单。"
        )
    if order.state is S.CLOSED:
        return no("5.g", "订单已关闭，收款不能冲正。", instead="要退给买家的，走申请退款。")
    if order.is_top_up and order.tied:
        return no("1.1.f", "这张补差价订单已经关联，不能直接冲正。", instead="先到主订单取消关联。")
    if order.state in IN_WAREHOUSE:
        return ask(
            "1.1.e",
            "仓库已经开始配货，冲正会让没付清的货发出去。",
            instead="先请求拦截，仓库拦下后再冲正。",
        )
    return yes("5.g", "只冲正登记错的、或者没有真正到账的收款；退给买家的钱走申请退款。")


def may_reverse_amount(order: OrderFacts, amount: Decimal, reserved: Decimal) -> Verdict:
    """Is this payment free of refunds? `reserved`: of its trade or order, yuan."""
    if reserved > ZERO and order.paid - amount < reserved:
        return no("5.g", "这笔款正在退款或已经退款，不能冲正。", instead="先处理完退款。")
    return yes("5.g")


def may_release(order: OrderFacts) -> Verdict:
    """Hand a reviewed order to the warehouse (下发仓库, SOP 2.b)."""
    if order.state is not S.PAID:
        return no("2.b", f"订单{order.state.label}，只有已付款的订单可以下发仓库。")
    if order.released:
        return no("2.b", "已经下发仓库了。")
    if order.is_top_up:
        return no("1.1.f", "补差价订单不发货，不用下发。")
    if order.holds:
        kinds = "、".join(dict.fromkeys(hold.kind.label for hold in order.holds))
        return no(
            "2.b",
            f"有未解除的挂起（{kinds}），不能下发。",
            instead="处理完原因，解除挂起后再下发。",
        )
    if order.needs_payment and order.unpaid_rest > ZERO:
        return no("2.b", f"还差 {order.unpaid_rest} 元没付，不能下发。", instead="请买家补齐差价。")
    if order.lines_unclear:
        return no(
            "2.b", "商品明细还没有确认，不能下发。", instead="先补导宝贝明细表，或由人确认明细。"
        )
    if order.doubtful:
        return no(
            "2.b",
            "审单还有没处理的疑点，不能下发。",
            instead="到“审单放行”逐条看过，写明为什么可以放行；信息不对的先改好。",
        )
    return yes("2.b", "已付清、无疑点，可以下发。")


def may_expedite(order: OrderFacts) -> Verdict:
    """Put an order before the others in review and warehouse (加急, SOP 2.c)."""
    if order.state in GONE or order.state is S.CLOSED:
        return no("2.c", f"订单{order.state.label}，加急没有用了。")
    if order.expedited:
        return no("2.c", "已经加急了。")
    return yes("2.c", "仓库会先配、先发这一单。")


def may_unexpedite(order: OrderFacts) -> Verdict:
    """Take it out of the express lane again."""
    if not order.expedited:
        return no("2.c", "这单没有加急。")
    return yes("2.c", "取消后按承诺发货的先后排队。")


def may_take_back(order: OrderFacts) -> Verdict:
    """Take a released order back while nobody has begun it (SOP 1.1.e reading)."""
    if order.state in IN_WAREHOUSE:
        return ask("1.1.e", "仓库已经开始配货，收不回来。", instead="请求拦截，由仓库确认拦下。")
    if order.state is S.PAID and order.released:
        return yes("1.1.e", "仓库还没有开始，可以收回。")
    return no("1.1.e", "订单没有下发，不用收回。")


def may_hold(order: OrderFacts) -> Verdict:
    """Put a hold on an order (SOP 1.3.d, screens: hold ↔ lift)."""
    if order.state in GONE or order.state is S.CLOSED:
        return no("2.b", f"订单{order.state.label}，挂起没有用了。")
    if order.state in IN_WAREHOUSE:
        return ask(
            "1.1.e", "仓库已经开始配货，直接挂起拦不住。", instead="请求拦截，由仓库确认拦下。"
        )
    return yes("2.b", "挂起后不会下发和发货。" + ("已下发的会同时收回。" if order.released else ""))


# Who may lift which kind of hold: role codes. What ends by itself (top-up paid, goods arrived)
# needs nobody; these are the people who may end it by hand.
LIFTERS: dict[HoldKind, frozenset[str]] = {
    HoldKind.REVIEW: frozenset({"senior", "supervisor", "finance", "owner"}),
    HoldKind.STOCK_OUT: frozenset({"aftersales", "purchasing", "supervisor", "owner"}),
    HoldKind.CUSTOMER: frozenset({"agent", "senior", "aftersales", "supervisor", "owner"}),
    HoldKind.GOODS: frozenset({"aftersales", "purchasing", "supervisor", "owner"}),
    HoldKind.TOP_UP: frozenset({"supervisor", "finance", "owner"}),
    HoldKind.INTERCEPT: frozenset({"supervisor", "owner"}),
    HoldKind.REFUND: frozenset({"supervisor", "finance", "owner"}),
}
CALL = "call"  # the cause of a review hold by which a reviewer wants the buyer to be asked
# Holds that stand in the call list (待联系) by themselves, so long after they were opened.
CALLED = {HoldKind.STOCK_OUT: timedelta(0), HoldKind.CUSTOMER: timedelta(days=1)}
OF_A_REFUND = "-R"  # in the cause of a hold that a refund opened: its number, G…-R1
BY_HAND_HOLDS = (HoldKind.CUSTOMER, HoldKind.REVIEW, HoldKind.GOODS)


def is_of_a_refund(hold: HoldFact) -> bool:
    """Did a refund open it (not the platform's word, nor somebody by hand)?"""
    return hold.kind is HoldKind.REFUND and OF_A_REFUND in hold.cause


def may_lift(hold: HoldFact, role: str, *, is_open: bool = True) -> Verdict:
    """Lift a hold by hand: who may depends on its kind."""
    if not is_open:
        return no("2.b", f"“{hold.kind.label}”挂起已经解除了。")
    if hold.kind is HoldKind.INTERCEPT and hold.stop is Stop.ASKED:
        return no("1.1.e", "还在等仓库回答，不能直接解除。", instead="不要拦了就撤回拦截。")
    if is_of_a_refund(hold):
        return no(
            "1.5",
            f"这是退款 {hold.cause} 扣住的，不能只解除挂起。",
            instead="不退了就撤回那笔退款，或者改为发货。",
        )
    stopped = hold.kind is HoldKind.INTERCEPT and hold.stop is Stop.STOPPED
    kind = HoldKind.CUSTOMER if hold.cause == CALL else hold.kind
    if role in LIFTERS[kind] or (stopped and role in LIFTERS[HoldKind.CUSTOMER]):
        return yes("2.b", f"可以解除“{hold.kind.label}”挂起。")
    who = {
        HoldKind.REVIEW: "资深客服、主管或财务",
        HoldKind.TOP_UP: "主管或财务（补差价到账会自动解除）",
        HoldKind.REFUND: "主管或财务",
        HoldKind.INTERCEPT: "主管",
    }.get(hold.kind, "售后、采购或主管")
    return no("2.b", f"“{hold.kind.label}”挂起要由{who}解除。", instead=f"请联系{who}。")


def may_tie_top_up(main: OrderFacts, top_up: OrderFacts) -> Verdict:
    """Tie a top-up order to the order it tops up (SOP 1.1.f)."""
    if not top_up.is_top_up:
        return no("1.1.f", f"{top_up.order_no} 不是补差价订单。")
    if top_up.tied:
        return no("1.1.f", f"{top_up.order_no} 已经关联到别的订单了。")
    if top_up.state in (S.CLOSED, S.UNPAID):
        return no(
            "1.1.f",
            f"补差价订单{top_up.state.label}，还不能关联。",
            instead="请买家先付款。",
        )
    if main.is_top_up or main.order_no == top_up.order_no:
        return no("1.1.f", "补差价订单不能关联到另一个补差价订单。")
    if main.state in GONE or main.state is S.CLOSED:
        return no(
            "1.1.f", f"主订单{main.state.label}，不能再补差价。", instead="多收的款要退回买家。"
        )
    if main.state is S.UNPAID:
        return no("1.1.f", "主订单还没有付款，不用补差价。", instead="请买家先付主订单。")
    return yes("1.1.f", "可以关联。")


@dataclass(frozen=True, slots=True)
class Contacted:
    """How the request came and which identity keys agreed (SOP 1.1.b)."""

    channel: str
    identity: frozenset[IdentityKey] = frozenset()
    said: str = ""


def may_take_top_up(order: OrderFacts) -> Verdict:
    """Does the order wait for a top-up that can be tied to it (SOP 1.1.f)?"""
    if any(hold.kind is HoldKind.TOP_UP for hold in order.holds):
        return yes("1.1.f", "买家付了补差价订单后，在这里关联。", Say("top_up.tied"))
    return no("1.1.f", "这单没有在等补差价。")


def may_untie_top_up(order: OrderFacts) -> Verdict:
    """Take a tied top-up away from its main order again."""
    if order.topped_up == ZERO:
        return no("1.1.f", "这单没有关联补差价订单。")
    if order.state in GONE or order.state is S.CLOSED:
        return no("1.1.f", f"订单{order.state.label}，补差价已经用上了，不能取消关联。")
    if order.state in IN_WAREHOUSE:
        return ask("1.1.e", "仓库已经开始配货，不能取消关联。", instead="先请求拦截，拦下后再改。")
    return yes("1.1.f", "取消后差价重新变成未付，会挂起等补差价。已下发的会同时收回。")


def may_confirm_lines(order: OrderFacts) -> Verdict:
    """Enter what was bought where an import could not tell (SOP 5.a)."""
    if not order.lines_unclear:
        return no("5.a", "这单的商品明细是清楚的，不用确认。")
    verdict = may_modify(order, Group.PRODUCTS)
    if not verdict.allowed:
        return verdict
    return yes("5.a", "照平台订单页上的款式和数量录入；金额按买家实付，不会变。")


# Holds by which an import says: the platform has one value, a colleague typed another.
DIFFERENCES = {
    "import:receiving": Group.RECEIVING,
    "import:lines": Group.PRODUCTS,
}


def may_settle_difference(order: OrderFacts) -> Verdict:
    """Is there a difference between the platform's value and ours to be decided (SOP 5.a)?"""
    if any(hold.cause in DIFFERENCES for hold in order.holds):
        return yes("5.a", "和买家核对后选一边；选好就解除挂起。")
    return no("5.a", "平台和我们的信息没有要核对的地方。")


def may_take_theirs(order: OrderFacts, cause: str) -> Verdict:
    """Taking the platform's value is an edit like any other (SOP 1.1.c, 1.1.e)."""
    if order.parted and DIFFERENCES[cause] is Group.PRODUCTS:
        return no(
            "1.3.d",
            "这单拆过或合过，平台上的商品不全在这一单里，不能照平台的改。",
            instead="选“保留我们的”，要改的到“修改商品”里改。",
        )
    return may_modify(order, DIFFERENCES[cause])


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
