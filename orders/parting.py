"""Split one order into two, merge several into one: the rules and the money, pure (SOP 1.3, 2.b).

What a screen previews is computed by the functions that the act uses. Money in yuan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from core.money import ZERO, spread, yuan
from core.verdict import Verdict, ask, no, yes
from orders.policy import DIFFERENCES, GONE, IN_WAREHOUSE, OrderFacts
from orders.words import HoldKind, OrderState, Stop

S = OrderState
SPLIT, MERGE = "1.3.d", "2.b"
TAKE_BACK = "先收回下发；仓库已开始配货的，请求拦截，拦下后再做。"


def may_split(order: OrderFacts) -> Verdict:
    """Split a paid order before its release (SOP 1.3.b, 1.3.c, 1.3.d)."""
    refused = _barred(order, "拆单", SPLIT)
    if refused is not None:
        return refused
    if order.goods_count < 2:
        return no(SPLIT, "只有一件商品，拆不开。")
    return yes(SPLIT, "未下发、已付清，可以按件数拆成两单。")


def may_merge(order: OrderFacts) -> Verdict:
    """Merge a paid order with others of its buyer before their release (SOP 2.b)."""
    refused = _barred(order, "合单", MERGE)
    return refused or yes(MERGE, "同一买家、同一收货人和地址、都没有下发的，可以合成一单发。")


def _barred(order: OrderFacts, what: str, clause: str) -> Verdict | None:
    """What stands in the way of either."""
    if order.is_top_up:
        return no("1.1.f", f"补差价订单不发货，不用{what}。")
    if order.state is S.CLOSED:
        gone = f"已合并到 {order.merged}" if order.merged else "已关闭"
        return no(clause, f"订单{gone}，不能{what}。")
    if order.state in GONE:
        return no(clause, f"订单{order.state.label}，不能{what}。", instead="按 1.4 退换货处理。")
    if order.state is S.UNPAID:
        return no(clause, f"订单还没有付款，不能{what}。", instead="付款以后再做。")
    if order.state in IN_WAREHOUSE or order.released:
        return ask("1.1.e", f"订单已下发仓库，不能直接{what}。", instead=TAKE_BACK)
    return _open_questions(order, what, clause)


def _open_questions(order: OrderFacts, what: str, clause: str) -> Verdict | None:
    kinds = {hold.kind for hold in order.holds}
    if HoldKind.REFUND in kinds or order.refund_reserved > ZERO:
        return no(clause, f"这单有退款，不能{what}。", instead="先处理完退款。")
    if any(hold.stop is Stop.ASKED for hold in order.holds):
        return no(clause, f"正在等仓库拦截，不能{what}。", instead="等仓库回复以后再做。")
    if any(hold.cause in DIFFERENCES for hold in order.holds):
        return no(clause, f"平台上的修改还没有核对，不能{what}。", instead="先核对平台的修改。")
    if order.needs_payment and order.unpaid_rest > ZERO:
        return no(clause, f"还差 {order.unpaid_rest} 元没付，不能{what}。", instead="先补齐差价。")
    if order.lines_unclear:
        return no("5.a", f"商品明细还没有确认，不能{what}。", instead="先确认商品明细。")
    return None


def short_said(label: str, quantity: int, reserved: int) -> str:
    """What is missing of a line, for whoever looks after it (SOP 1.3)."""
    there = f"，已占 {reserved} 件" if reserved else ""
    return f"{label} 缺 {quantity - reserved} 件（要 {quantity} 件{there}）"


# -- a split ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of the order. `reserved`: so many of the pieces lie on the shelf for it."""

    line: int
    label: str
    quantity: int
    amount: Decimal
    price: Decimal = ZERO
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """A line of which `moved` pieces go into the second order, for `amount`, with `reserved`."""

    goods: Goods
    moved: int
    amount: Decimal
    reserved: int

    def reworded(self, reason: str) -> tuple[str, str]:
        """What a stock-out of the line says of the pieces that go, and of those that stay."""
        name, whole = self.goods.label, (self.goods.quantity, self.goods.reserved)
        if reason != short_said(name, *whole):
            return reason, reason  # in somebody's own words
        return short_said(name, self.moved, self.reserved), short_said(
            name, self.kept, self.kept_reserved
        )

    @property
    def kept(self) -> int:
        return self.goods.quantity - self.moved

    @property
    def kept_amount(self) -> Decimal:
        return self.goods.amount - self.amount

    @property
    def kept_reserved(self) -> int:
        return self.goods.reserved - self.reserved


def cut(lines: Sequence[Goods], wanted: Mapping[int, int]) -> list[Cut]:
    """Each line in two; `wanted`: how many pieces go, by line. More than there are: all."""
    return [_cut(goods, min(max(wanted.get(goods.line, 0), 0), goods.quantity)) for goods in lines]


def _cut(goods: Goods, moved: int) -> Cut:
    amount = yuan(goods.amount * moved / goods.quantity)
    return Cut(goods, moved, amount, _reserved(goods, moved))


def _reserved(goods: Goods, moved: int) -> int:
    """What lies on the shelf stays with the first order as far as it needs it.

    Unless exactly that goes, and not exactly that stays: then the second order is the one that is
    complete. So what is missing can be split off, and the rest leaves with what lies here (1.3.d).
    """
    stays = goods.quantity - moved
    if moved == goods.reserved != stays:
        return moved
    return goods.reserved - min(goods.reserved, stays)


@dataclass(frozen=True, slots=True)
class Money:
    """The amounts of an order that a split shares and a merge adds up."""

    goods_total: Decimal = ZERO
    freight: Decimal = ZERO
    shop_discount: Decimal = ZERO
    platform_discount: Decimal = ZERO
    due: Decimal = ZERO
    paid: Decimal = ZERO
    paid_by_platform: Decimal = ZERO
    topped_up: Decimal = ZERO
    owed_back: Decimal = ZERO
    given_back: Decimal = ZERO

    def plus(self, other: Money) -> Money:
        return Money(*(getattr(self, n) + getattr(other, n) for n in AMOUNTS))

    def less(self, other: Money) -> Money:
        return Money(*(getattr(self, n) - getattr(other, n) for n in AMOUNTS))


AMOUNTS = tuple(field.name for field in fields(Money))


def goes(money: Money, cuts: Sequence[Cut], *, freight: bool, prepaid: bool) -> Money:
    """What the second order gets of the money; the rest stays. The freight goes if it is said.

    The platform's part goes in proportion to what is due. A prepaid order is paid in full on both
    sides; what was paid too much, and top-ups, stay with the first.
    """
    weights = _weights(cuts)
    goods, shop, platform = (
        spread(total, weights)[0]
        for total in (money.goods_total, money.shop_discount, money.platform_discount)
    )
    carried = money.freight if freight else ZERO
    due = spread(money.due - money.freight, weights)[0] + carried
    theirs = min(yuan(money.paid_by_platform * due / money.due), due) if money.due else ZERO
    paid = due - theirs if prepaid else _in_proportion(money, due, theirs)
    return Money(goods, carried, shop, platform, due, paid, theirs)


def _in_proportion(money: Money, due: Decimal, theirs: Decimal) -> Decimal:
    return min(yuan(money.paid * due / money.due), due - theirs) if money.due else ZERO


def _weights(cuts: Sequence[Cut]) -> list[Decimal]:
    """What goes and what stays, by amount; by price or pieces where no amounts are known."""
    amounts = [sum((c.amount for c in cuts), ZERO), sum((c.kept_amount for c in cuts), ZERO)]
    if sum(amounts) > ZERO:
        return amounts
    prices = [
        sum((c.goods.price * c.moved for c in cuts), ZERO),
        sum((c.goods.price * c.kept for c in cuts), ZERO),
    ]
    if sum(prices) > ZERO:
        return prices
    return [Decimal(sum(c.moved for c in cuts)), Decimal(sum(c.kept for c in cuts))]


def may_split_so(order: OrderFacts, cuts: Sequence[Cut], money: Money, gone: Money) -> Verdict:
    """May it be split in just this way? `gone`: what the second order gets."""
    allowed = may_split(order)
    if not allowed.allowed:
        return allowed
    if not any(c.moved for c in cuts):
        return no(SPLIT, "还没有选拆出去的商品。", instead="在要拆出去的商品后面填件数。")
    if not any(c.kept for c in cuts):
        return no(SPLIT, "不能把商品全部拆出去，原单要留下至少一件。")
    stays = money.less(gone)
    if stays.paid < ZERO or stays.paid < order.refunded_before:
        spent = "退掉的款" if order.refunded_before > ZERO else "补差价"
        return no(
            SPLIT,
            f"{spent}留在原单，买家付的钱不够拆出 {gone.due} 元的商品。",
            instead="少拆一些，或者反过来：让另一部分商品拆出去。",
        )
    return allowed


# -- a merge ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One of the orders to be merged. `place`: label → value of what must be the same.

    `carries`: other orders were merged into it. `split_from`: number of the order of which it is
    a part. `masked`: the platform hid who receives it; then only the account tells buyers apart.
    """

    facts: OrderFacts
    place: Mapping[str, str]
    buyer: int | None = None
    masked: bool = False
    carries: bool = False
    platform_no: str = ""
    part: int = 0


def may_merge_into(main: Side, other: Side) -> Verdict:
    """May `other` be sent with `main`, and closed (SOP 2.b)?"""
    number = other.facts.order_no
    for side in (main, other):
        allowed = may_merge(side.facts)
        if not allowed.allowed:
            return no(MERGE, f"{side.facts.order_no}：{allowed.reason}", instead=allowed.instead)
    if main.facts.order_no == number:
        return no(MERGE, "不能和自己合并。")
    differ = [label for label, value in main.place.items() if other.place.get(label) != value]
    if differ:
        return no(MERGE, f"{number} 的{'、'.join(differ)}不一样，不能放进一个包裹。")
    if not _one_buyer(main, other):
        return no(MERGE, f"{number} 不能确定是同一位买家的。")
    if other.carries:
        return no(
            MERGE,
            f"{number} 已经合并过别的订单。",
            instead=f"到 {number} 上合单，或者先撤销它的合单。",
        )
    if main.platform_no == other.platform_no and main.part > other.part:
        return no(
            MERGE, f"这单是从 {number} 拆出来的。", instead=f"到 {number} 上合单，拆单就收回。"
        )
    return yes(MERGE, "可以合成一单发。")


def _one_buyer(main: Side, other: Side) -> bool:
    if main.buyer is None or other.buyer is None:
        return not (main.masked or other.masked)
    return main.buyer == other.buyer


@dataclass(frozen=True, slots=True)
class LastMerge:
    """What the last merge of an order brought, and what happened since (labels of acts)."""

    numbers: tuple[str, ...] = ()
    since: tuple[str, ...] = ()
    of_a_split: bool = False


def may_show_unmerge(order: OrderFacts) -> Verdict:
    """Is it worth a button? What happened since is asked on its page."""
    if not order.carries or order.state is not S.PAID or order.released:
        return no(MERGE, "没有可以撤销的合单。")
    return yes(MERGE, "合单以后没有发生别的事，可以撤销。")


def may_unmerge(order: OrderFacts, last: LastMerge) -> Verdict:
    """Take the last merge back while nothing else happened (screens: what can be taken back)."""
    if order.merged:
        return no(MERGE, f"这单合并到 {order.merged} 去了。", instead="到那一单上撤销合单。")
    if not last.numbers:
        return no(MERGE, "这单没有合并过，或者已经撤销了。")
    if order.state in GONE or order.state is S.CLOSED:
        return no(MERGE, f"订单{order.state.label}，不能撤销合单。")
    if order.state in IN_WAREHOUSE or order.released:
        return ask("1.1.e", "订单已下发仓库，不能直接撤销合单。", instead=TAKE_BACK)
    if last.of_a_split:
        return no(MERGE, "合进来的是这单自己拆出去的一部分。", instead="要再分开，就再拆一次。")
    if last.since:
        return no(
            MERGE,
            f"合单以后又发生了：{'、'.join(last.since)}，不能撤销。",
            instead="要分开发的商品，请拆单。",
        )
    return yes(MERGE, f"撤销后 {'、'.join(last.numbers)} 重新打开，商品、钱和挂起都回去。")
