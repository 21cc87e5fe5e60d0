"""What people try on orders and refunds, by the act's name: each with the rule of its button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from aftersales.kinds import (
    KINDS,
    exchanges,
    modifications,
    partial,
    repairs,
    reships,
    returns,
    stock_outs,
    swaps,
)
from aftersales.kinds import undeliverable as lost_ways
from aftersales.listening import Answer
from aftersales.selectors.swaps import Swapping
from aftersales.services.exchanges import Swap, open_exchange
from aftersales.services.feedback import record_feedback
from aftersales.services.goods_back import GoodsBack
from aftersales.services.modifications import Wish as Changed
from aftersales.services.modifications import open_modification
from aftersales.services.partial import PartOfMoney, open_partial
from aftersales.services.questions import open_question
from aftersales.services.repairs import open_repair
from aftersales.services.reships import open_reship
from aftersales.services.returns import open_return
from aftersales.services.stock_outs import Decision, record_decision
from aftersales.services.swaps import swap_order
from aftersales.services.undeliverable import open_undeliverable
from aftersales.services.unowned import OnIt, register_unowned
from aftersales.words import CaseKind, Sending, SwapWay, Way
from core.acts import Actor
from core.verdict import Verdict, yes
from core.workdays import CHINA
from orders import parting, policy, stopping
from orders.finishing import may_receive
from orders.models import Hold, Order, OrderLine
from orders.policy import Contacted, Group, OrderFacts
from orders.services.close import close_order, reopen_order
from orders.services.finish import receive_order
from orders.services.hold import hold_order, lift_hold
from orders.services.intercept import ask_stop, withdraw_stop
from orders.services.merge import merge_orders, unmerge_orders
from orders.services.modify import modify_delivery, modify_receiving
from orders.services.note import note
from orders.services.pay import Paid, mark_paid, reverse_payment
from orders.services.products import Wanted, modify_products
from orders.services.receiving import receive_goods
from orders.services.release import release, take_back
from orders.services.split import Wish, split_order
from orders.services.top_up import tie_top_up, untie_top_up
from orders.words import Delivery, Gateway, HoldKind, IdentityKey, Stop
from refunds import policy as refunding
from refunds.policy import told_for
from refunds.services.ask import request_refund
from refunds.services.draft import Wanted as Refunded
from refunds.words import Fault, RefundKind, TrueReason
from staff.models import User
from stock.models import Sku
from warehouse.models import Enquiry
from warehouse.services.enquiries import answer_carrier, ask_carrier
from warehouse.words import EnquiryKind, EnquiryState

IDENTIFIED = Contacted("qq", frozenset({IdentityKey.MOBILE, IdentityKey.ORDER_NO}))
REASONS = ("size", "unwanted", "quality", "damaged")
WAYS = [(way, sending) for way in Way for sending in Sending]


class NothingThere(Exception):
    """There is nothing to try it on."""


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody tries something on an order; `dice` chooses among what there is."""

    user: User
    order: Order
    skus: list[Sku]
    now: datetime
    dice: int
    number: int

    @property
    def who(self) -> dict[str, Any]:
        return {"by": Actor.person(self.user), "now": self.now}

    def one(self, things: Any) -> Any:
        """One of them. Raises NothingThere."""
        found = list(things)
        if not found:
            raise NothingThere
        return found[self.dice % len(found)]

    def line(self) -> OrderLine:
        found: OrderLine = self.one(self.order.lines.order_by("id"))
        return found

    def sku(self) -> Sku:
        return self.skus[self.dice % len(self.skus)]

    def hold(self, **about: Any) -> Any:
        return self.one(Hold.objects.filter(order=self.order, state="open", **about).order_by("id"))


Do = Callable[[Try], Any]
Rule = Callable[[OrderFacts], Verdict]


@dataclass(frozen=True, slots=True)
class Deed:
    """`may`: what the button says. `surely`: it needs no input that could be refused."""

    verb: str
    do: Do
    may: Rule = lambda facts: yes("")
    surely: bool = False


def _pay(t: Try) -> Any:
    amount = (t.order.due - t.order.total_paid, Decimal("15.00"))[t.dice % 2]
    return mark_paid(t.order, Paid(f"N{t.number}", amount, Gateway.BANK), **t.who)


def _reverse(t: Try) -> Any:
    payment = t.one(t.order.payments.filter(reversed=False))
    return reverse_payment(t.order, payment, "没到账", **t.who)


def _receiving(t: Try) -> Any:
    new = replace(t.order.receiving, street=f"莲花路{t.number}号")
    return modify_receiving(t.order, new, contact=IDENTIFIED, **t.who)


def _swap(t: Try) -> Any:
    want = Wanted(t.line().pk, t.sku(), t.dice % 4)
    return modify_products(t.order, [want], **t.who)


def _lift(t: Try) -> Any:
    hold = t.hold()
    return lift_hold(t.order, hold, "好了", role=t.user.role, **t.who)


def _withdraw_stop(t: Try) -> Any:
    hold = t.hold(stop=Stop.ASKED.value)
    return withdraw_stop(t.order, hold, "不改了", **t.who)


def _split(t: Try) -> Any:
    return split_order(t.order, Wish({t.line().pk: 1}, freight=t.dice % 2 == 0), **t.who)


def _merge(t: Try) -> Any:
    other = t.one(Order.objects.exclude(pk=t.order.pk).order_by("id"))
    return merge_orders(t.order, [other], **t.who)


def _top_up(tie: Callable[..., Any], *more: Any, **also: Any) -> Do:
    def do(t: Try) -> Any:
        return tie(t.order, Order.objects.get(is_top_up=True), *more, **also, **t.who)

    return do


def _refund(t: Try) -> Any:
    kind = (RefundKind.WHOLE, RefundKind.GOODS, RefundKind.PARTIAL, RefundKind.DIFFERENCE)
    reason = (TrueReason.UNWANTED, TrueReason.QUALITY)[t.dice // 4 % 2]
    what: dict[str, Any] = {"extra": Decimal("20.00")}
    if kind[t.dice % 4] in (RefundKind.WHOLE, RefundKind.GOODS):
        what = {"pieces": {t.line().pk: 1}}
    want = Refunded(kind[t.dice % 4], reason, told_for(reason), fault=Fault.BUYER, **what)
    return request_refund(t.order, want, **t.who)


def _decide(t: Try) -> Any:
    way, sending = WAYS[t.dice % len(WAYS)]
    short = t.order.lines.filter(short_since__isnull=False)
    swaps = {line.pk: t.sku() for line in short} if way is Way.EXCHANGE else {}
    again = t.now + timedelta(days=1) if way is Way.CONSIDER else None
    return record_decision(t.order, Decision(way, sending, swaps, again), **t.who)


def _back(t: Try) -> GoodsBack:
    day = t.order.received_at.astimezone(CHINA).date() if t.order.received_at else None
    return GoodsBack({t.line().pk: 1}, REASONS[t.dice // 3 % len(REASONS)], received_on=day)


def _exchange(t: Try) -> Any:
    return open_exchange(t.order, Swap(_back(t), {t.line().pk: t.sku()}), **t.who)


def _swap_before(t: Try) -> Any:
    """The line's goods become others, in place or by another order (SOP 1.2.d)."""
    way, line = list(SwapWay)[t.dice % 2], t.line()
    new = Swapping(way, {line.pk: 1 + t.dice % 2}, {line.pk: t.sku()}, "size", "要大一号")
    return swap_order(t.order, new, **t.who)


def _partial(t: Try) -> Any:
    reason = ("quality", "late")[t.dice % 2]
    amount = Decimal(5 + t.dice % 40)
    return open_partial(t.order, PartOfMoney(reason, amount, "有一块污渍"), **t.who)


def _question(t: Try) -> Any:
    kind = (CaseKind.ENQUIRY, CaseKind.COMPLAINT)[t.dice % 2]
    return open_question(t.order, kind, "怎么还没到", ("", "service")[t.dice % 2], **t.who)


def _ask_carrier(t: Try) -> Any:
    kind = list(EnquiryKind)[t.dice % len(EnquiryKind)]
    return ask_carrier(t.order, kind, "请看看", t.now + timedelta(days=1), **t.who)


def _carrier_answers(t: Try) -> Any:
    asked = t.one(Enquiry.objects.filter(order=t.order, state=EnquiryState.OPEN.value))
    said = (EnquiryState.DONE, EnquiryState.REFUSED)[t.dice % 2]
    return answer_carrier(t.order, asked, said, "看过了", **t.who)


def _feedback(t: Try) -> Any:
    answer = Answer(t.dice % 3 > 0, 1 + t.dice % 5, "还行")
    return record_feedback(t.order, answer, **t.who)


DEEDS: tuple[Deed, ...] = (
    Deed("mark_paid", _pay, policy.may_mark_paid),
    Deed("reverse_payment", _reverse, policy.may_reverse_payment),
    Deed("modify_receiving", _receiving, lambda o: policy.may_modify(o, Group.RECEIVING), True),
    Deed(
        "modify_delivery",
        lambda t: modify_delivery(t.order, Delivery.EXPRESS, t.one(["SF", "YTO"]), **t.who),
        lambda o: policy.may_modify(o, Group.DELIVERY),
    ),
    Deed("modify_products", _swap, policy.may_swap),
    Deed(
        "close_order",
        lambda t: close_order(t.order, "不要了", contact=IDENTIFIED, **t.who),
        policy.may_close_state,
        True,
    ),
    Deed("reopen_order", lambda t: reopen_order(t.order, **t.who), policy.may_reopen, True),
    Deed(
        "hold",
        lambda t: hold_order(t.order, t.one([HoldKind.CUSTOMER, HoldKind.REVIEW]), "等", **t.who),
        policy.may_hold,
    ),
    Deed("lift_hold", _lift),
    Deed("release", lambda t: release(t.order, **t.who), policy.may_release),
    Deed("take_back", lambda t: take_back(t.order, **t.who), policy.may_take_back, True),
    Deed("ask_stop", lambda t: ask_stop(t.order, "改址", **t.who), stopping.may_ask_stop, True),
    Deed("withdraw_stop", _withdraw_stop),
    Deed("split_order", _split, parting.may_split),
    Deed("merge_orders", _merge, parting.may_merge),
    Deed("unmerge_orders", lambda t: unmerge_orders(t.order, **t.who), parting.may_show_unmerge),
    Deed("tie_top_up", _top_up(tie_top_up, certain=True)),  # offered where one is waited for
    Deed("untie_top_up", _top_up(untie_top_up, "错了"), policy.may_untie_top_up),
    Deed("note", lambda t: note(t.order, f"第 {t.number} 句", **t.who), surely=True),
    Deed("request_refund", _refund, refunding.may_open),
    Deed("record_decision", _decide, stock_outs.may_open),
    Deed("open_case", lambda t: open_return(t.order, _back(t), **t.who), returns.may_open),
    Deed("open_case", _exchange, exchanges.may_open),
    Deed("open_case", lambda t: open_reship(t.order, _back(t), **t.who), reships.may_open),
    Deed(
        "open_case",
        lambda t: open_undeliverable(t.order, t.one(["refused", "turned_back"]), None, **t.who),
        lost_ways.may_open,
    ),
    Deed(
        "open_case",
        lambda t: open_modification(t.order, Changed("改地址"), **t.who),
        modifications.may_open,
    ),
    Deed("open_case", lambda t: open_repair(t.order, _back(t), **t.who), repairs.may_open),
    Deed("open_case", _swap_before, swaps.may_open),
    Deed("open_case", _partial, partial.may_open),
    Deed(
        "register_unowned",
        lambda t: register_unowned(OnIt("YTO", f"YT66{t.number:08d}", "李雷"), **t.who),
        surely=True,
    ),
    Deed("open_case", _question, KINDS[CaseKind.ENQUIRY].may_open, True),
    Deed("record_feedback", _feedback),
    Deed("ask_carrier", _ask_carrier, stopping.may_ask_carrier),
    Deed("answer_carrier", _carrier_answers),
    Deed("receive_order", lambda t: receive_order(t.order, **t.who), may_receive, True),
    Deed("receive_goods", lambda t: receive_goods(t.sku(), 1 + t.dice % 3, **t.who), surely=True),
)
