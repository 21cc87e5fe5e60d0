"""Orders that are here already: what a newer export changes on them, and what it must not.

An older export never takes a newer state back; what an agent changed by hand is never
overwritten but becomes a review hold with both values (SOP 5.a).
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import timedelta

from core.acts import Change
from core.money import ZERO
from orders import finishing, policy
from orders.formats import ImportedOrder
from orders.formats.states import read_word
from orders.models import Hold, OldWaybill, Order
from orders.models.order import RECEIVING_LABELS, masked_value, tail
from orders.services.hold import end_holds
from orders.services.importing.known_goods import follow_goods
from orders.services.importing.new import promised
from orders.services.importing.parted import (
    anothers_parcel,
    follow_merged,
    free_parts,
    hold_parts,
    one_place,
    paid_since,
    stays_open,
    take,
    tell_parts,
    tell_parts_of_a_move,
)
from orders.services.importing.reasons import (
    ADDRESS,
    AFTER_SALE,
    address_problems,
    told_receiving,
    where,
)
from orders.services.importing.update import BEGUN, IN_HAND, Update, save, values
from orders.services.late import take_late
from orders.services.news import moved, refunded
from orders.services.telling import News
from orders.words import HoldKind, OrderState, PaidLate, Stop, carrier_code

S = OrderState
YOUNG = timedelta(days=30)
REMEMBERED = 10  # digests of earlier exports
_TOLD = {  # what the platform alone says; a cell that is empty or absent says nothing
    "after_sale": "平台售后",
    "buyer_message": "买家留言",
    "seller_memo": "卖家备注",
    "flag": "旗帜",
    "invoice_title": "发票抬头",
    "presale_steps": "预售",
}
_PLACE = frozenset({"province", "city", "district", "street"})
_QUIET = ("platform_status", "buyer_pay_account")


def update(each: Update) -> bool:
    """Bring one order up to date; says whether anything changed."""
    order, record = each.order, each.record
    digests: list[str] = order.import_digests
    if record.digest in digests or _is_older(order, record):
        return False
    each.was = values(order)
    order.import_digests = [record.digest, *digests][:REMEMBERED]
    if order.merged_into_id:
        follow_merged(each)
        return save(each)
    _receiving(each)
    follow_goods(each)
    _delivery(each)
    _told(each)
    _money(each)
    _state(each)
    _after_sale(each)
    return save(each)


def _is_older(order: Order, record: ImportedOrder) -> bool:
    """Is the row from before what we know? Paid after we closed it unpaid is news."""
    if not record.state_known or _paid_after_close(order, record):
        return False
    if order.merged_into_id:  # closed by us: it was paid then
        return policy.further(record.state, order.closed_from)
    return policy.further(record.state, order.state)


def _paid_after_close(order: Order, record: ImportedOrder) -> bool:
    """We closed it unpaid, the platform never did, and now the buyer paid."""
    if order.state != S.CLOSED or order.closed_from != S.UNPAID or record.state != S.PAID:
        return False
    said = read_word(order.platform_status) if order.platform_status else None
    return said is not None and said.state != S.CLOSED


# -- receiving -------------------------------------------------------------------------------


def _receiving(each: Update) -> None:
    """The buyer's own change on the platform; never into a parcel that is being made."""
    order, record = each.order, each.record
    told = told_receiving(record, order)
    changed = _changed_there(each, told)
    if not changed or order.state not in IN_HAND | BEGUN:
        return
    tell_parts_of_a_move(each)
    if order.state in BEGUN or order.released_at is not None:
        _stop_for_address(each, changed)
    if order.state in BEGUN:
        return
    for name, value in changed.items():
        each.put(name, value, RECEIVING_LABELS[name])
    order.mobile_tail = tail(order.mobile)
    each.put("masked", record.masked)
    _check_address(each)
    if each.kin.carries:
        one_place(each, order)


def _changed_there(each: Update, told: dict[str, str]) -> dict[str, str]:
    """What the platform changed and no agent did; what both changed becomes a review hold."""
    order, ours = each.order, each.order.before_hand
    differs = {name: value for name, value in told.items() if getattr(order, name) != value}
    elsewhere = _elsewhere(ours, differs)
    both = {n: v for n, v in differs.items() if n in elsewhere or ours.get(n, v) != v}
    agreed = [n for n in ours if n in told and n not in differs]
    if both or agreed:
        kept = {n: v for n, v in (ours | both).items() if n not in agreed}
        order.before_hand = kept
    if both and order.state in IN_HAND | BEGUN:
        shown = "；".join(
            f"{RECEIVING_LABELS[n]}：平台“{masked_value(n, v)}”，"
            f"我们“{masked_value(n, getattr(order, n))}”"
            for n, v in both.items()
        )
        text = f"平台上的收货信息又改过，和手工修改的不一样，请和买家核对。{shown}"
        each.hold(HoldKind.REVIEW, "import:receiving", text, stop=order.state in BEGUN)
    return {n: v for n, v in differs.items() if n not in {*ours, *both}}


def _elsewhere(ours: Mapping[str, str], differs: Mapping[str, str]) -> Set[str]:
    """Parts of the address that moved there while an agent changed others here: half of one and
    half of the other is an address that nobody gave.
    """
    new = differs.keys() - ours.keys()
    return new & {*_PLACE, "zip_code"} if ours.keys() & _PLACE and new & _PLACE else set()


def _stop_for_address(each: Update, changed: dict[str, str]) -> None:
    shown = "、".join(RECEIVING_LABELS[name] for name in changed)
    begun = each.order.state in BEGUN
    said = "请仓库拦下后再改" if begun else "已收回下发，核对后重新下发"
    text = f"买家在平台上改了{shown}，{said}。"
    each.hold(HoldKind.REVIEW, "import:changed", text, stop=begun)


def _check_address(each: Update) -> None:
    """Open, renew or end the hold for an address that cannot be delivered to."""
    wrong = address_problems(each.record, where(each.record))
    if wrong:
        each.hold(HoldKind.REVIEW, ADDRESS, wrong)
    else:
        end_holds(each.order, HoldKind.REVIEW, "平台上的地址已经补全", each.now, ADDRESS)


# -- delivery, remarks, money ------------------------------------------------------------------


def _delivery(each: Update) -> None:
    order, record = each.order, each.record
    if anothers_parcel(each):
        return
    carrier = carrier_code(record.carrier)
    typed_over = order.before_hand.get  # what the platform said before an agent corrected it
    left = record.state not in IN_HAND and carrier != typed_over("carrier")
    if carrier and ("carrier" not in order.before_hand or left):
        each.put("carrier", carrier, "快递公司")
    if record.waybill and record.waybill not in (order.waybill, typed_over("waybill")):
        if order.waybill:
            OldWaybill.objects.get_or_create(
                order=order,
                number=order.waybill,
                defaults={"carrier": order.carrier, "at": each.now},
            )
        each.put("waybill", record.waybill, "运单号")
        order.track_at = finishing.follow_from(order.state, order.shipped_at, each.now)
    for number in record.other_waybills:
        OldWaybill.objects.get_or_create(
            order=order, number=number, defaults={"carrier": carrier, "at": each.now}
        )


def _told(each: Update) -> None:
    for name, label in _TOLD.items():
        if value := getattr(each.record, name):
            each.put(name, value, label)
    for name, value in zip(_QUIET, (each.record.status, each.record.pay_account), strict=True):
        if value:
            each.put(name, value)


def _money(each: Update) -> None:
    """A price that the seller changed before payment, what was paid since, what went back."""
    order, record = each.order, each.record
    if "lines" not in order.before_hand and order.state == S.UNPAID and record.total:
        each.put("goods_total", record.goods_amount)
        each.put("freight", record.freight)
        each.put("shop_discount", record.shop_discount)
        each.put("platform_discount", record.platform_discount)
        each.put("paid_by_platform", record.platform_discount)
        each.put("due", record.total, "应付")
    more = paid_since(each)
    if more > ZERO:
        take(each, order, more)
    back = record.refunded - order.refunded_before
    each.put("refunded_before", max(record.refunded, order.refunded_before), "平台已退")
    if back > ZERO:
        each.news.append(refunded(order, back, each.now))
        if order.paid_late == PaidLate.REFUND and order.refunded_before >= order.paid:
            each.put("owed_back", ZERO, "应退差价")


# -- state -------------------------------------------------------------------------------------


def _state(each: Update) -> None:
    """Follow the platform forward; what is being packed and was closed there is stopped."""
    order, record = each.order, each.record
    if _paid_after_close(order, record) and order.paid_late != PaidLate.REFUND:
        each.remarks.append(take_late(order, by=each.by, now=each.now))
        each.restock = True
        if order.state != S.CLOSED:
            text = "我们关闭以后，买家在平台上付了款。请确认继续发货，还是请买家申请退款。"
            each.hold(HoldKind.REVIEW, "import:paid_after_close", text)
    if not policy.further(order.state, record.state):
        return
    if record.state == S.CLOSED and order.state in BEGUN:
        text = f"平台已关闭（{record.close_reason or record.status}），仓库已经开始配货，请拦下。"
        each.hold(HoldKind.REFUND, AFTER_SALE, text, stop=True)
        hold_parts(each)
        return
    if stays_open(each) or anothers_parcel(each):
        return
    if record.state == S.SHIPPED and _pulled(order):
        return
    before = str(order.get_state_display())
    _times(each)
    order.follow_platform(record.state)
    each.restock = True
    _follow(each)
    each.news += _news(each)
    if record.state == S.PAID:
        each.put("ship_by", promised(record, each.shop, each.now))
    if record.state not in IN_HAND:
        _end_all_holds(each)
    each.changes.append(Change("状态", before, str(order.get_state_display())))
    tell_parts(each)


def _follow(each: Update) -> None:
    """What left just now is followed; what arrived is complete after the shop's days (SOP 6)."""
    order, now = each.order, each.now
    order.track_at = finishing.follow_from(order.state, order.shipped_at, now)
    if order.state == S.RECEIVED:
        since = order.received_at or now
        order.complete_at = finishing.complete_by(since, each.shop.complete_days)


def _pulled(order: Order) -> bool:
    """The warehouse took it back after the platform was told (SOP 1.2.b): it has not left."""
    stopped = Hold.objects.filter(order=order, state="open", stop=Stop.STOPPED.value)
    return order.state == S.PAID and stopped.exists()


def _news(each: Update) -> list[News]:
    """Files often lack the time: then it is news as long as the order is young (SOP 6.b)."""
    order = each.order
    if order.ordered_at < each.now - YOUNG:
        return []
    if order.state in (S.RECEIVED, S.COMPLETED) and not (order.received_at or order.completed_at):
        order.received_at = each.now
    return moved(order)


def _times(each: Update) -> None:
    order, record = each.order, each.record
    for name in ("paid_at", "shipped_at", "received_at", "completed_at"):
        if value := getattr(record, name):
            each.put(name, value)
    if record.state == S.SHIPPED and order.shipped_at is None:
        order.shipped_at = each.now
    if record.state == S.CLOSED:
        order.closed_from, order.closed_at = order.state, each.now
        order.closed_why = (record.close_reason or record.status)[:200]
        order.released_at = None


def _end_all_holds(each: Update) -> None:
    """It has left, or it is closed: nothing is left to wait for but the warehouse's answer."""
    holds = Hold.objects.filter(order=each.order, state="open")
    if each.record.state == S.SHIPPED:
        holds = holds.exclude(stop=Stop.ASKED.value)
    for hold in holds:
        if hold.kind != HoldKind.REFUND or each.record.state == S.CLOSED:
            hold.lift(each.now, f"平台：{each.record.status}"[:200])
            hold.save()


def _after_sale(each: Update) -> None:
    """An after-sale that is open holds what has not left; one that is over ends its hold."""
    order, record = each.order, each.record
    if record.after_sale_open and order.state in IN_HAND | BEGUN:
        open_ = Hold.objects.filter(
            order=order, kind=HoldKind.REFUND, cause=AFTER_SALE, state="open"
        )
        if not open_.exists():
            text = f"平台售后：{record.after_sale}。处理完之前不发货。"
            each.hold(HoldKind.REFUND, AFTER_SALE, text, stop=order.state in BEGUN)
    if record.after_sale_open:
        hold_parts(each)
    elif record.after_sale and order.state in IN_HAND:
        end_holds(order, HoldKind.REFUND, f"平台售后：{record.after_sale}", each.now, AFTER_SALE)
        free_parts(each)
