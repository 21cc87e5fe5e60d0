"""What the platform says of a number whose goods were split or merged here (SOP 1.3.d, 2.b).

Nothing is counted twice, and what cannot be told apart by itself waits for a person: one number
was refunded, moved or shipped elsewhere, while the parcel has goods of others, too.
"""

from __future__ import annotations

from decimal import Decimal

from core.acts import Change
from core.money import ZERO
from core.tables.cells import plain
from orders.models import OldWaybill, Order, Payment, Trade
from orders.models.order import RECEIVING_LABELS
from orders.policy import GONE
from orders.selectors.parts import merged_into
from orders.services.hold import end_holds
from orders.services.importing.goods import signature
from orders.services.importing.kin import NOBODY, paid_there, platform_paid_there
from orders.services.importing.new import trade_number
from orders.services.importing.reasons import AFTER_SALE, told_receiving
from orders.services.importing.update import BEGUN, IN_HAND, Update
from orders.services.news import refunded
from orders.words import Gateway, HoldKind, OrderState

S = OrderState
ELSEWHERE = "merged:place"
_TOLD = {
    "after_sale": "平台售后",
    "buyer_message": "买家留言",
    "seller_memo": "卖家备注",
    "flag": "旗帜",
}


def paid_since(each: Update) -> Decimal:
    """What the platform says was paid beyond what we know, wherever its shares are, yuan."""
    order, record = each.order, each.record
    more = record.paid - paid_there(order, each.kin)
    if record.format == "top":  # it does not tell the platform's part apart; a file may have
        more -= platform_paid_there(order, each.kin)
    return more


def take(each: Update, holder: Order, amount: Decimal) -> None:
    """Money that the platform says was paid: a share of its trade for the order that has it."""
    record, at = each.record, each.record.paid_at or each.now
    trade, made = Trade.objects.select_for_update(no_key=True).get_or_create(
        number=trade_number(each.shop, record),
        gateway=Gateway.PLATFORM.value,
        defaults={"account": record.pay_account, "paid": amount, "paid_at": at},
    )
    if not made:
        trade.paid += amount
        trade.save(update_fields=["paid"])
    home = None if holder.pk == each.order.pk else each.order
    Payment.objects.create(order=holder, trade=trade, amount=amount, at=at, came_with=home)
    if home is None:
        each.put("paid", holder.paid + amount, "实付")
        return
    touched = each.touch(holder)
    touched.changes.append(Change("实付", str(holder.paid), str(holder.paid + amount)))
    holder.paid += amount


# -- an order that was split, or that carries others --------------------------------------------


def anothers_parcel(each: Update) -> bool:
    """Does the platform tell of another part's parcel? Then this one has not left."""
    order, record = each.order, each.record
    gone = [part for part in each.kin.parts if part.state in GONE]
    if not gone or order.state not in IN_HAND | BEGUN:
        return False
    if record.state in (S.RECEIVED, S.COMPLETED):
        _arrived(each, gone)
    ours = bool(record.waybill) and record.waybill == order.waybill
    return (record.state in GONE or bool(record.waybill)) and not ours


def _arrived(each: Update, parts: list[Order]) -> None:
    for part in parts:
        if part.state == S.SHIPPED:
            touched, before = each.touch(part), str(part.get_state_display())
            part.received_at = part.received_at or each.record.received_at or each.now
            part.follow_platform(each.record.state)
            touched.changes.append(Change("状态", before, str(part.get_state_display())))


def stays_open(each: Update) -> bool:
    """Closed there, but goods of other numbers are in the parcel: a person decides."""
    order, record = each.order, each.record
    if record.state != S.CLOSED or not each.kin.carries or order.state not in IN_HAND:
        return False
    if _news_of_closing(each):
        text = f"平台单 {order.platform_no} 已关闭（{record.close_reason or record.status}），"
        text += "合并进来的其他单还要发：把退掉的商品去掉，再解除。"
        each.hold(HoldKind.REFUND, AFTER_SALE, text)
    return True


def _news_of_closing(each: Update) -> bool:
    return bool(each.was.get("platform_status") != each.record.status)


def hold_parts(each: Update) -> None:
    """The buyer wants money back for a number: each part that has not left waits."""
    status = each.record.after_sale or each.record.close_reason or each.record.status
    for part in each.kin.parts:
        known = part.holds.filter(kind=HoldKind.REFUND.value, cause=_cause(each), state="open")
        if not known.exists():
            text = f"平台单 {each.order.platform_no}（拆过单）：{status}。"
            text += "核对退的是不是这一单的商品。"
            each.hold_on(part, HoldKind.REFUND, _cause(each), text)


def free_parts(each: Update) -> None:
    """The after-sale is over."""
    for holder in each.kin.holders:
        why = f"平台售后：{each.record.after_sale}"
        if holder.state in IN_HAND and end_holds(
            holder, HoldKind.REFUND, why, each.now, _cause(each)
        ):
            each.touch(holder).remarks.append(why)


def _cause(each: Update) -> str:
    return f"platform:{each.order.order_no}"


def tell_parts(each: Update) -> None:
    """The first part was closed, shipped or received on the platform: what of the others?"""
    record = each.record
    if record.state == S.CLOSED:
        hold_parts(each)
        return
    if record.state not in GONE:
        return
    for part in each.kin.parts:
        text = f"平台单 {each.order.platform_no} 在平台上已发货；这一单是它拆出来的，"
        text += "核对有没有一起发，没有发的解除以后照常发。"
        each.hold_on(part, HoldKind.REVIEW, "import:shipped", text)
    _arrived(each, [p for p in each.kin.parts if record.state != S.SHIPPED])


def tell_parts_of_a_move(each: Update) -> None:
    """The buyer changed the address there: the other parts have the old one."""
    for part in each.kin.parts:
        text = f"买家在平台上改了 {each.order.platform_no} 的收货信息；这一单是它拆出来的，"
        text += "核对要不要一起改。"
        each.hold_on(part, HoldKind.REVIEW, "import:changed", text)


def one_place(each: Update, survivor: Order) -> None:
    """Do all that share the parcel still go to one place? Else a person decides."""
    merged = [row for row in merged_into(survivor) if row.pk != each.order.pk]
    if survivor.pk != each.order.pk:
        merged.append(each.order)
    apart = [row for row in merged if _place(row) != _place(survivor)]
    if not apart:
        end_holds(survivor, HoldKind.REVIEW, "收货信息又一致了", each.now, ELSEWHERE)
        return
    numbers = "、".join(row.platform_no for row in apart)
    text = f"买家在平台上改了收货信息，合在一起的 {numbers} 和这一单不一样了。"
    text += "核对以后改成一样，或者撤销合单、拆单。"
    if survivor.pk == each.order.pk:
        each.hold(HoldKind.REVIEW, ELSEWHERE, text, stop=survivor.state in BEGUN)
    else:
        each.hold_on(survivor, HoldKind.REVIEW, ELSEWHERE, text)


def _place(order: Order) -> tuple[str, ...]:
    return tuple(getattr(order, name) for name in RECEIVING_LABELS if name != "zip_code")


# -- an order that was merged into another -------------------------------------------------------


def follow_merged(each: Update) -> None:
    """A row of a number that was merged: it is kept there, and acts on the one that is left."""
    survivor = each.kin.survivor
    if survivor is None or each.kin is NOBODY:
        return
    _remember(each)
    _moved(each, survivor)
    _other_goods(each, survivor)
    more = paid_since(each)
    if more > ZERO:
        take(each, survivor, more)
    _went_back(each, survivor)
    _stands(each, survivor)


def _remember(each: Update) -> None:
    """What the platform says of the number, kept where a later export is compared with it."""
    record = each.record
    for name, label in _TOLD.items():
        if value := getattr(record, name):
            each.put(name, value, label)
    if record.status:
        each.put("platform_status", record.status)


def _moved(each: Update, survivor: Order) -> None:
    order, known = each.order, each.order.before_hand
    told = told_receiving(each.record, order)
    changed = [n for n, value in told.items() if value not in (getattr(order, n), known.get(n))]
    for name in changed:
        each.put(name, told[name], RECEIVING_LABELS[name])
    if changed:
        one_place(each, survivor)


def _other_goods(each: Update, survivor: Order) -> None:
    known = each.order.before_hand.get("lines")
    if not each.record.lines or known is None:
        return
    theirs = signature(each.record.lines)
    if [list(map(plain, line[1:])) for line in theirs] == [
        list(map(plain, line[1:])) for line in known
    ]:
        return
    each.order.before_hand = each.order.before_hand | {"lines": theirs}
    text = f"合并进来的平台单 {each.order.platform_no} 在平台上改了商品，请和买家核对。"
    each.hold_on(survivor, HoldKind.REVIEW, _cause(each), text)


def _went_back(each: Update, survivor: Order) -> None:
    """Money that went back for the number; the survivor's own sum is not touched."""
    order, record = each.order, each.record
    back = record.refunded - order.refunded_before
    if back <= ZERO:
        return
    each.put("refunded_before", record.refunded, "平台已退")
    each.news.append(refunded(order, back, each.now))
    if record.state != S.CLOSED and not record.after_sale_open:
        text = f"合并进来的平台单 {order.platform_no} 在平台上退了 {back} 元，请核对要不要少发。"
        each.hold_on(survivor, HoldKind.REFUND, _cause(each), text)


def _stands(each: Update, survivor: Order) -> None:
    """Refunded, closed or shipped there, while its goods are in a parcel of ours."""
    record, number = each.record, each.order.platform_no
    news = _news_of_closing(each)
    if record.state == S.CLOSED and news:
        why = record.close_reason or record.status
        text = f"合并进来的平台单 {number} 已关闭（{why}）：把退掉的商品去掉，再解除。"
        each.hold_on(survivor, HoldKind.REFUND, _cause(each), text)
    elif record.after_sale_open and each.was.get("after_sale") != record.after_sale:
        text = f"合并进来的平台单 {number} 有平台售后：{record.after_sale}。处理完之前不发货。"
        each.hold_on(survivor, HoldKind.REFUND, _cause(each), text)
    elif record.state in GONE and news:
        text = f"合并进来的平台单 {number} 在平台上已发货，请核对是不是已经另外发了。"
        each.hold_on(survivor, HoldKind.REVIEW, _cause(each), text)
    if record.after_sale and not record.after_sale_open:
        free_parts(each)
    if record.waybill and record.waybill != survivor.waybill:
        OldWaybill.objects.get_or_create(
            order=survivor,
            number=record.waybill,
            defaults={"carrier": record.carrier, "at": each.now},
        )
