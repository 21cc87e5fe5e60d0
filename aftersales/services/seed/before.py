"""The demo's cases of what has not left: stock-outs, changes, exchanges (SOP 1.1.e to 1.3)."""

from __future__ import annotations

from aftersales.selectors.swaps import Swapping
from aftersales.services.modifications import Wish, hear_answers, open_modification
from aftersales.services.stock_outs import Decision, hear_goods, record_decision
from aftersales.services.swaps import swap_order
from aftersales.words import Sending, SwapWay, Way
from orders.models import Hold
from orders.policy import Contacted
from orders.services.seed.demo.stage import Stage, enter
from orders.words import ContactChannel, IdentityKey, OrderState
from warehouse.models import Enquiry
from warehouse.services.enquiries import answer_carrier
from warehouse.services.intercept import confirm_stop
from warehouse.words import EnquiryKind, EnquiryState

KEYS = frozenset({IdentityKey.ORDER_NO, IdentityKey.ACCOUNT})


def play(stage: Stage) -> None:
    """One at each place, then what was heard since."""
    _short(stage)
    _modified(stage)
    _swapped(stage)
    hear_goods(stage.now)
    hear_answers(stage.now)


def _short(stage: Stage) -> None:
    """The customer considers, waits for the goods, gets money back."""
    scarce, plenty = stage.scarce[0], stage.sku("A1023")
    for hours, way, sending in (
        (30, Way.CONSIDER, Sending.FIRST),
        (4, Way.CONSIDER, Sending.TOGETHER),
        (28, Way.WAIT, Sending.FIRST),
        (50, Way.REFUND, Sending.FIRST),
    ):
        lines = [(scarce, 9), (plenty, 1)]
        order = enter(stage, "tel", stage.ago(hours=hours + 10), OrderState.PAID, lines=lines)
        by, now = stage.by("aftersales"), stage.ago(hours=hours)
        said = Contacted(ContactChannel.TELEPHONE, KEYS, f"{way.label}，{sending.label}")
        record_decision(order, Decision(way, sending), by=by, now=now, contact=said)


def _swapped(stage: Stage) -> None:
    """To be stopped; to be topped up; to be placed anew (SOP 1.2.d)."""
    dearer, lines = stage.sku("D4006"), [(stage.sku("A1023"), 1)]
    for hours, state, way in (
        (3, OrderState.PICKING, SwapWay.IN_PLACE),
        (6, OrderState.PAID, SwapWay.IN_PLACE),
        (9, OrderState.PAID, SwapWay.NEW_ORDER),
    ):
        order = enter(stage, "taobao", stage.ago(hours=hours + 30), state, lines=lines)
        line = order.lines.order_by("id").first()
        key, pieces = (line.pk, line.quantity) if line else (0, 0)
        wanted = Swapping(way, {key: pieces}, {key: dearer}, "colour")
        said = Contacted(ContactChannel.WANGWANG, KEYS, "想换成另一款")
        swap_order(order, wanted, by=stage.by("agent"), now=stage.ago(hours=hours), contact=said)


def _modified(stage: Stage) -> None:
    """The warehouse is asked, and has stopped one; a carrier is asked, and has refused one."""
    by, boss = stage.by("agent"), stage.by("supervisor")
    for hours, state, what in (
        (2, OrderState.PICKING, "换收货人和电话"),
        (5, OrderState.PACKED, "衬衫换大一码"),
        (20, OrderState.SHIPPED, "改送到公司"),
        (26, OrderState.SHIPPED, "不要了，追回"),
    ):
        order = enter(stage, "tel", stage.ago(hours=hours + 40), state)
        kind = EnquiryKind.CALL_BACK if "追回" in what else EnquiryKind.ADDRESS
        said = Contacted(ContactChannel.WANGWANG, KEYS, what)
        open_modification(order, Wish(what, kind), by=by, now=stage.ago(hours=hours), contact=said)
        if hours == 5:
            hold = Hold.objects.select_related("order").get(order=order, stop="asked")
            confirm_stop(hold, "A-03", by=boss, now=stage.ago(hours=4))
        if hours == 26:
            enquiry = Enquiry.objects.get(order=order)
            refused, now = EnquiryState.REFUSED, stage.ago(hours=6)
            answer_carrier(order, enquiry, refused, "已经在派送", by=boss, now=now)
