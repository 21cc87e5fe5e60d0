"""What decisions on an order depend on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.money import ZERO
from core.words import Words
from orders.words import HoldKind, IdentityKey, OrderState, Stop, Terms

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
    came: bool = False  # the goods that a customer considers are here by now (1.3.d)


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
    given_back: Decimal = ZERO  # of what was paid too much
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
    ours: bool = False  # made here, for another order: no platform knows it
    own_goods: bool = False  # brings the customer's own goods back; known as `carries` is
    carries: bool = False  # ships what was merged into it; known where the links are loaded
    holds: tuple[HoldFact, ...] = ()

    @property
    def needs_payment(self) -> bool:
        return self.terms is Terms.PREPAID

    @property
    def unpaid_rest(self) -> Decimal:
        """What is still to be paid, yuan; never negative."""
        return max(ZERO, self.due - self.total_paid)

    @property
    def total_paid(self) -> Decimal:
        """By buyer, platform and top-ups, less differences that went back; yuan."""
        return self.paid + self.paid_by_platform + self.topped_up - self.given_back

    @property
    def owed_unasked(self) -> Decimal:
        """What is owed back and nobody has asked a refund of yet, yuan (SOP 1.1.f)."""
        if not self.needs_payment or self.is_top_up or self.state is S.CLOSED:
            return ZERO
        on_its_way = self.refund_reserved - self.given_back
        return max(ZERO, self.total_paid - self.due - max(ZERO, on_its_way))


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


@dataclass(frozen=True, slots=True)
class Contacted:
    """How the request came and which identity keys agreed (SOP 1.1.b)."""

    channel: str
    identity: frozenset[IdentityKey] = frozenset()
    said: str = ""
