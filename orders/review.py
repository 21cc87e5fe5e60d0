"""The review of a paid order before it goes to the warehouse: small rules, pure (SOP 2.b).

Each rule looks at one thing and says what it found, or nothing. What it found is a *hit*: it keeps
the order back until a person passes it with a reason, or until it is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from core.masking import scrub
from core.money import ZERO
from core.verdict import Verdict, no, yes
from orders.addresses import phone_faults, place_faults
from orders.policy import CALL, OrderFacts, Receiving, is_of_a_refund
from orders.words import Delivery, HoldKind, OrderState, ReviewCode

C = ReviewCode
AGAIN = timedelta(hours=1)  # what the outside changes (a neighbour left, goods came) is seen then
SHOWN = 80  # characters of a message or a memo in a reason
# A review hold that an import or a registration opened tells of the same thing as a rule.
HOLD_OF: dict[ReviewCode, str] = {C.ADDRESS: "address", C.PHONE: "address", C.BLOCKED: "blocked"}


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What the rules look at. Money in yuan; `siblings` are order numbers."""

    order: OrderFacts
    receiving: Receiving
    delivery: Delivery = Delivery.EXPRESS
    masked: bool = False
    platform_labels: bool = True
    after_sale_open: bool = False
    message: str = ""
    memo: str = ""
    flag: str = ""
    notes: int = 0
    siblings: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    remote: str = ""
    limit: Decimal | None = None
    unknown: tuple[str, ...] = ()  # lines that name no product of ours


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found; `about` is what a pass is good for; `fixed`: only its end ends it."""

    code: ReviewCode
    reason: str
    about: str
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class HitFact:
    """A hit that is kept; `passed_by`: whose pass it has."""

    code: ReviewCode
    reason: str = ""
    fixed: bool = False
    passed_by: int | None = None


def find(facts: ReviewFacts) -> list[Found]:
    """All hits of an order, in the order in which a person looks at them (SOP 2.b)."""
    return [found for rule in RULES if (found := rule(facts)) is not None]


def _found(code: ReviewCode, reason: str, *about: object, fixed: bool = False) -> Found:
    text = "\x1f".join(str(part) for part in about) or reason
    return Found(code, reason[:500], sha256(text.encode()).hexdigest()[:16], fixed)


def _hold(facts: ReviewFacts, *kinds: HoldKind) -> str:
    """The reason of the first open hold of these kinds; '' when there is none."""
    return next((h.reason or h.kind.label for h in facts.order.holds if h.kind in kinds), "")


# -- money ---------------------------------------------------------------------------------------


def money(facts: ReviewFacts) -> Found | None:
    """Amount paid = amount due; what the platform pays for its discount counts (features 23)."""
    order = facts.order
    paid = order.total_paid
    rest = order.due - paid
    if not order.needs_payment and paid == ZERO:
        return None
    if rest > ZERO and (not order.needs_payment or _hold(facts, HoldKind.TOP_UP)):
        return None
    if rest > ZERO:
        return _found(C.MONEY, f"应付 {order.due} 元，少付 {rest} 元。", fixed=True)
    if rest < ZERO:
        return _found(C.MONEY, f"应付 {order.due} 元，多付 {-rest} 元，要退给买家。")
    return None


def refunded(facts: ReviewFacts) -> Found | None:
    """The platform gave money back before anything was sent, and no refund of ours says why."""
    back = facts.order.refunded_before - facts.order.refund_reserved
    if back <= ZERO:
        return None
    return _found(C.REFUNDED, f"平台已经退了 {back} 元，核对还发不发、发几件。", back)


def top_up(facts: ReviewFacts) -> Found | None:
    """A price difference that is waited for (SOP 1.1.f)."""
    reason = _hold(facts, HoldKind.TOP_UP)
    return _found(C.TOP_UP, reason, fixed=True) if reason else None


def amount(facts: ReviewFacts) -> Found | None:
    """Above the shop's limit two people look at it: first customer service (features 22)."""
    if facts.limit is None or facts.order.due <= facts.limit:
        return None
    return _found(C.AMOUNT, f"金额 {facts.order.due} 元，超过本店的 {facts.limit} 元。")


def finance(facts: ReviewFacts) -> Found | None:
    """… then finance."""
    if amount(facts) is None:
        return None
    return _found(C.FINANCE, f"金额 {facts.order.due} 元，财务也要审。")


# -- where it goes ------------------------------------------------------------------------------


def address(facts: ReviewFacts) -> Found | None:
    """Complete, known, and its parts belong together; what an import doubted counts, too."""
    to = facts.receiving
    wrong = _doubted_address(facts) or " ".join(_address_faults(facts))
    parts = (to.consignee, to.province, to.city, to.district, to.street)
    return _found(C.ADDRESS, wrong, *parts) if wrong else None


def _address_faults(facts: ReviewFacts) -> list[str]:
    if facts.masked or facts.delivery is Delivery.PICKUP:
        return []
    to = facts.receiving
    return place_faults(to.consignee, (to.province, to.city, to.district), to.street)


def _doubted_address(facts: ReviewFacts) -> str:
    """What the import's hold says, without what the rule for telephones says itself."""
    text = _held(facts, HOLD_OF[C.ADDRESS])
    for fault in _phone_faults(facts):
        text = text.replace(fault, "")
    return text.strip()


def phone(facts: ReviewFacts) -> Found | None:
    """It can be dialled. What the platform masked nobody can check."""
    faults = _phone_faults(facts)
    to = facts.receiving
    return _found(C.PHONE, " ".join(faults), to.mobile, to.telephone) if faults else None


def _phone_faults(facts: ReviewFacts) -> list[str]:
    return [] if facts.masked else phone_faults((facts.receiving.mobile, facts.receiving.telephone))


def remote(facts: ReviewFacts) -> Found | None:
    """The carrier does not go there, or asks more."""
    if not facts.remote or facts.delivery is Delivery.PICKUP:
        return None
    return _found(C.REMOTE, facts.remote)


def masked(facts: ReviewFacts) -> Found | None:
    """Nothing can be printed where the platform prints no labels for the shop."""
    if not facts.masked or facts.platform_labels or facts.delivery is Delivery.PICKUP:
        return None
    return _found(C.MASKED, "没有平台电子面单，收货信息要先补全。", fixed=True)


def blocked(facts: ReviewFacts) -> Found | None:
    """Buyer, telephone or address is on the block list (features 24)."""
    if facts.blocked:
        return _found(C.BLOCKED, " ".join(facts.blocked))
    held = _held(facts, HOLD_OF[C.BLOCKED])
    return _found(C.BLOCKED, held) if held else None


# -- what was said ------------------------------------------------------------------------------


def message(facts: ReviewFacts) -> Found | None:
    """The buyer wrote something with the order."""
    if not facts.message.strip():
        return None
    return _found(C.MESSAGE, f"买家留言：{_short(facts.message)}", facts.message)


def memo(facts: ReviewFacts) -> Found | None:
    """A colleague wrote or flagged something, here or in the shop's seller memo; `notes` counts no
    note by which an act says what it did.
    """
    said = [f"卖家备注：{_short(facts.memo)}"] if facts.memo.strip() else []
    if facts.flag:
        said.append("卖家插了旗。")
    if facts.notes:
        said.append(f"订单上有 {facts.notes} 条备注。")
    return _found(C.MEMO, " ".join(said), facts.memo, facts.flag, facts.notes) if said else None


def _short(text: str) -> str:
    plain = scrub(" ".join(text.split()))
    return plain if len(plain) <= SHOWN else f"{plain[:SHOWN]}…"


# -- goods, and what else goes on ---------------------------------------------------------------


def unclear(facts: ReviewFacts) -> Found | None:
    """What was bought is not known exactly (SOP 5.a)."""
    if not facts.order.lines_unclear:
        return None
    return _found(C.UNCLEAR, "商品明细没有确认，不知道要发什么。", fixed=True)


def unknown(facts: ReviewFacts) -> Found | None:
    """The warehouse picks products of ours; a line that names none nobody can pick (SOP 5.b)."""
    if not facts.unknown or facts.order.lines_unclear:
        return None
    goods = "、".join(facts.unknown[:3]) + ("等" if len(facts.unknown) > 3 else "")
    return _found(C.UNKNOWN, f"{goods}没有对应的商品，仓库拣不了货。", *facts.unknown)


def stock(facts: ReviewFacts) -> Found | None:
    """A line cannot be picked (SOP 1.3)."""
    reason = _hold(facts, HoldKind.STOCK_OUT)
    return _found(C.STOCK, reason, fixed=True) if reason else None


def after_sale(facts: ReviewFacts) -> Found | None:
    """An after-sale is open on the platform; a refund of ours stands among the refunds alone."""
    if refunding(facts.order):
        return None
    reason = _hold(facts, HoldKind.REFUND)
    if not reason and facts.after_sale_open:
        reason = f"平台售后：{facts.order.after_sale}"
    return _found(C.AFTER_SALE, reason, fixed=True) if reason else None


def merge(facts: ReviewFacts) -> Found | None:
    """The same receiver has more that has not gone to the warehouse (features 17)."""
    if not facts.siblings:
        return None
    shown = "、".join(facts.siblings[:3])
    more = f" 等 {len(facts.siblings)} 单" if len(facts.siblings) > 3 else ""
    reason = f"同一收货人还有 {shown}{more} 没有下发，可以合在一起发。"
    return _found(C.MERGE, reason, *sorted(facts.siblings))


def held(facts: ReviewFacts) -> Found | None:
    """A colleague or an import held it for review: it is lifted, or decided, on the order."""
    told = {*HOLD_OF.values(), CALL}
    reasons = [
        h.reason or h.kind.label
        for h in facts.order.holds
        if h.kind is HoldKind.REVIEW and h.cause not in told
    ]
    return _found(C.HELD, " ".join(reasons), fixed=True) if reasons else None


def _held(facts: ReviewFacts, cause: str) -> str:
    """The reason of the open review hold of this cause."""
    return next(
        (h.reason for h in facts.order.holds if (h.kind, h.cause) == (HoldKind.REVIEW, cause)), ""
    )


RULES: tuple[Callable[[ReviewFacts], Found | None], ...] = (
    *(blocked, after_sale, held, money, refunded, top_up, amount, finance),
    *(address, phone, masked, remote, message, memo, merge, unclear, unknown, stock),
)

# -- who may pass ---------------------------------------------------------------------------------

SENIORS = frozenset({"senior", "supervisor", "owner"})
_ANYBODY = SENIORS | {"agent", "aftersales"}
_MONEY = frozenset({"finance", "owner"})
# Roles that may pass a hit: what needs more than reading it is a senior's.
PASSERS: dict[ReviewCode, frozenset[str]] = dict.fromkeys(ReviewCode, _ANYBODY) | {
    C.ADDRESS: SENIORS,
    C.PHONE: SENIORS,
    C.BLOCKED: SENIORS - {"senior"},
    C.AMOUNT: SENIORS,
    C.FINANCE: _MONEY,
    C.MONEY: _ANYBODY | _MONEY,
}
# What to do about a hit that nobody can pass, in words …
WHERE: dict[ReviewCode, str] = {
    C.MONEY: "请买家补齐差价，或登记付款。",
    C.TOP_UP: "买家付了补差价订单后，在订单上关联。",
    C.MASKED: "在订单上修改收货信息，把姓名、电话、地址补全。",
    C.UNCLEAR: "在订单上确认商品明细。",
    C.AFTER_SALE: "先把售后处理完，挂起解除后再审。",
    C.STOCK: "先处理缺货：到货、换货，或退款。",
    C.HELD: "在订单上核对，解除挂起。",
}
# … and the act that helps where something is found, by its verb.
MENDS: dict[ReviewCode, str] = {
    **dict.fromkeys((C.ADDRESS, C.PHONE, C.MASKED), "modify_receiving"),
    C.REMOTE: "modify_delivery",
    C.MONEY: "mark_paid",
    C.TOP_UP: "tie_top_up",
    C.UNCLEAR: "confirm_lines",
    C.UNKNOWN: "modify_products",
    C.MERGE: "merge_orders",
    C.STOCK: "split_order",
    C.MESSAGE: "split_order",
}


def may_pass(hit: HitFact, role: str, user_id: int | None, live: Sequence[HitFact] = ()) -> Verdict:
    """Pass one hit: by whom, and never both looks at a large order by one person (features 22)."""
    label = hit.code.label
    if hit.fixed:
        return no("2.b", f"“{label}”不能直接放行：{hit.reason}", instead=WHERE.get(hit.code, ""))
    if role not in PASSERS[hit.code]:
        who = (
            "财务"
            if hit.code is C.FINANCE
            else "主管"
            if hit.code is C.BLOCKED
            else "资深客服或主管"
        )
        return no("2.b", f"“{label}”要由{who}放行。", instead=f"转给{who}看。")
    if hit.code is C.FINANCE:
        return _second(user_id, live)
    return yes("2.b", f"看过“{label}”，写明原因可以放行。")


def _second(user_id: int | None, live: Sequence[HitFact]) -> Verdict:
    first = next((h for h in live if h.code is C.AMOUNT), None)
    if first is None or first.passed_by is None:
        return no(
            "2.b", "大额订单先由客服审，再由财务审。", instead="请资深客服或主管先放行“大额”。"
        )
    if first.passed_by == user_id:
        return no("2.b", "第一道是您审的，第二道要换一个人。", instead="请另一位财务或负责人来审。")
    return yes("2.b", "客服已经审过，财务写明原因可以放行。")


def may_pass_review(order: OrderFacts) -> Verdict:
    """Is there anything to pass on this order?"""
    if not order.doubtful:
        return no("2.b", "这单没有待审的疑点。")
    return yes("2.b", "逐条看过，写明为什么可以放行；没写的留着。")


def may_call(order: OrderFacts) -> Verdict:
    """Put an order into the call list (待联系, SOP 1.3.a, 2.b)."""
    if order.state not in (OrderState.PAID, OrderState.UNPAID):
        return no("2.b", f"订单{order.state.label}，不用再为审单联系买家。")
    if order.released:
        return no("2.b", "订单已下发仓库。", instead="先收回，再联系买家。")
    if being_called(order):
        return no("2.b", "已经在待联系里了。")
    return yes("2.b", "转到待联系后挂起；联系好买家，登记结果时解除。")


def being_called(order: OrderFacts) -> bool:
    """Does a reviewer wait for what the buyer says? Then it stands in the call list alone."""
    return any((h.kind, h.cause) == (HoldKind.REVIEW, CALL) for h in order.holds)


def refunding(order: OrderFacts) -> bool:
    """Is it held by a refund of ours? Then it stands in the refunds' queue alone (SOP 1.5)."""
    return any(is_of_a_refund(hold) for hold in order.holds)


# -- time ------------------------------------------------------------------------------------------


def cooled_at(start: datetime, minutes: int) -> datetime:
    """When the shop's cooling time is over: buyers still change their minds before."""
    return start + timedelta(minutes=minutes)


# -- lists that the owner keeps --------------------------------------------------------------------

_SPACE = re.compile(r"[\s,，.。·\-－]+")


def address_key(*parts: str) -> str:
    """An address as the block list compares it: without blanks and commas."""
    return _SPACE.sub("", "".join(parts)).lower()[:200]


def same_place(written: str, named: str) -> bool:
    """新疆 is 新疆维吾尔自治区; a place that is not named is every one."""
    if not named:
        return True
    return bool(written) and (written.startswith(named) or named.startswith(written))
