"""Orders that an import brings for the first time, written in bulk (SOP 5.a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from core.acts import current_act
from core.bulk import find, next_ids, write, write_parts
from core.money import ZERO
from orders import finishing, policy, reminding
from orders.formats import ImportedLine, ImportedOrder
from orders.models import Hold, OldWaybill, Order, OrderLine, Payment, Shop, Trade
from orders.models.order import tail
from orders.policy import OrderFacts
from orders.services.allot import Need, allot
from orders.services.importing.goods import Goods, summary
from orders.services.importing.reasons import Reason, Where, reasons, where
from orders.services.news import moved
from orders.services.numbers import take
from orders.services.telling import tell_buyers
from orders.words import Gateway, HoldKind, OrderState, Terms, carrier_code
from stock.services.ledger import Book

_SAME = (  # our column and the record's field have one name
    *("platform_no", "state", "after_sale", "terms", "buyer_account", "consignee", "mobile"),
    *("telephone", "zip_code", "masked", "delivery", "waybill", "buyer_message"),
    *("seller_memo", "flag", "invoice_title", "presale_steps", "lines_unclear", "freight"),
    *("shop_discount", "platform_discount", "paid", "paid_at", "shipped_at", "received_at"),
    "completed_at",
)
_OWN = (
    *("id", "order_no", "shop_id", "buyer_id", "platform_status", "buyer_pay_account", "carrier"),
    *("mobile_tail", "province", "city", "district", "street", "goods_summary", "goods_count"),
    *("goods_total", "due", "paid_by_platform", "refunded_before", "ordered_at", "created_at"),
    *("ship_by", "closed_from", "closed_why", "is_top_up", "import_digests", "remind_at"),
    *("close_at", "track_at", "complete_at", "review_at"),
)
_LINE = (
    *("id", "order_id", "sku_id", "platform_line_no", "code", "style_no", "title", "colour"),
    *("size", "spec", "quantity", "price", "amount", "reserved", "short_since"),
)
_HOLD = ("id", "order_id", "kind", "cause", "reason", "by_name", "opened_at", "call_at", "worth")
_TRADE = ("id", "number", "gateway", "account", "paid", "paid_at")
_PAYMENT = ("id", "order_id", "trade_id", "amount", "at")


@dataclass(slots=True)
class Made:
    """A new order's id and number, with what it was made of."""

    id: int
    no: str
    record: ImportedOrder
    at: Where
    reasons: list[Reason]
    top_up: bool


def create(
    shop: Shop,
    records: Sequence[ImportedOrder],
    goods: Goods,
    buyers: dict[str, int],
    now: datetime,
) -> list[Made]:
    """Write new orders with lines, payments, holds, history and a line in each one's timeline."""
    if not records:
        return []
    numbers = take(timezone.localdate(now), len(records))
    made = [
        _made(*each, goods)
        for each in zip(next_ids(Order, len(records)), numbers, records, strict=True)
    ]
    rows = [_order(each, shop, buyers.get(each.record.buyer_account), now) for each in made]
    write(Order, [*_SAME, *_OWN], rows)
    _write_lines(made, goods, shop, now)
    _write_holds(made, now)
    _write_payments(shop, made, now)
    _write_old_waybills(made, now)
    write_parts("order", [_told(each) for each in made])
    _tell(shop, made, buyers, now)
    return made


def _tell(shop: Shop, made: Sequence[Made], buyers: dict[str, int], now: datetime) -> None:
    """The buyers of what happened just now; an import of old orders writes to nobody (SOP 6.b)."""
    recent = now - reminding.RECENT
    fresh = [each for each in made if not each.top_up and (_last(each.record) or recent) > recent]
    orders = [_as_told(each, shop, buyers.get(each.record.buyer_account)) for each in fresh]
    tell_buyers([news for order in orders for news in moved(order)], now)


def _last(record: ImportedOrder) -> datetime | None:
    return record.completed_at or record.received_at or record.shipped_at or record.paid_at


def _as_told(made: Made, shop: Shop, buyer: int | None) -> Order:
    """As much of the order as its buyer is told."""
    record = made.record
    names = ("platform_no", "state", "mobile", "waybill", "terms", "paid_at", "shipped_at")
    order = Order(id=made.id, order_no=made.no, shop=shop, buyer_id=buyer)
    for name in (*names, "received_at", "completed_at"):
        order.__dict__[name] = getattr(record, name)
    order.carrier = carrier_code(record.carrier)
    return order


def _made(key: int, no: str, record: ImportedOrder, goods: Goods) -> Made:
    at = where(record)
    top_up = goods.is_top_up(record.lines)
    return Made(key, no, record, at, [] if top_up else reasons(record, at), top_up)


def _order(made: Made, shop: Shop, buyer: int | None, now: datetime) -> list[Any]:
    record, at = made.record, made.at
    closed = record.state == OrderState.CLOSED
    return [
        *[getattr(record, name) for name in _SAME],
        made.id,
        made.no,
        shop.pk,
        buyer,
        record.status,
        record.pay_account,
        carrier_code(record.carrier),
        tail(record.mobile),
        at.province,
        at.city,
        at.district,
        at.street,
        summary(record.lines),
        sum(line.quantity for line in record.lines),
        record.goods_amount,
        record.total,
        record.platform_discount,
        record.refunded,
        record.ordered_at or record.paid_at or now,
        now,
        promised(record, shop, now),
        ("paid" if record.paid else "unpaid") if closed else "",
        (record.close_reason or record.status) if closed else "",
        made.top_up,
        [record.digest],
        *_timers(record, shop, now),
        finishing.follow_from(record.state, record.shipped_at or record.paid_at, now),
        _complete_at(record, shop, now),
        now if record.state == OrderState.PAID and not made.top_up else None,
    ]


def _complete_at(record: ImportedOrder, shop: Shop, now: datetime) -> datetime | None:
    if record.state != OrderState.RECEIVED:
        return None
    return finishing.complete_by(record.received_at or now, shop.complete_days)


def _timers(
    record: ImportedOrder, shop: Shop, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """When an unpaid order is reminded, and closed (SOP 2.a).

    Where the file has no status it may be paid: nobody is dunned, nothing closed, on a guess.
    """
    if record.state != OrderState.UNPAID or record.terms != Terms.PREPAID:
        return None, None
    if not record.state_known:
        return None, None
    remind_at, close_at = reminding.at_import(
        record.ordered_at or now, shop.reminder_steps, shop.unpaid_limit_h, now
    )
    return remind_at, None if record.paid > ZERO else close_at


def promised(record: ImportedOrder, shop: Shop, now: datetime) -> datetime | None:
    """When a paid order must have left; a pre-sale's date is agreed, not computed (SOP 5.h)."""
    if record.state != OrderState.PAID or record.presale_steps:
        return None
    return policy.ship_by(record.paid_at or now, shop.ship_by_h)


def _write_lines(made: Sequence[Made], goods: Goods, shop: Shop, now: datetime) -> None:
    pairs = [(each, line) for each in made for line in each.record.lines]
    ids = next_ids(OrderLine, len(pairs))
    kept = _keep(made, dict(zip(ids, pairs, strict=True)), goods, shop, now)
    rows = []
    for key, (each, line) in zip(ids, pairs, strict=True):
        sku, need = goods.sku(line), kept.get(key)
        rows.append(
            [
                *(key, each.id, sku.pk if sku else None, line.line_no),
                line.code or (sku.code if sku else line.sku_id or line.item_id),
                sku.style_no if sku else "",
                line.title,
                line.colour or (sku.colour if sku else ""),
                line.size or (sku.size if sku else ""),
                line.spec,
                *(line.quantity, line.price, line.amount),
                *((need.reserved, need.short_since) if need else (0, None)),
            ]
        )
    write(OrderLine, _LINE, rows)


def _keep(
    made: Sequence[Made],
    lines: dict[int, tuple[Made, ImportedLine]],
    goods: Goods,
    shop: Shop,
    now: datetime,
) -> dict[int, Need]:
    """Reserve for all lines at once; what is short becomes a hold of its order (SOP 5.b, 1.3)."""
    keeping = {each.id: each for each in made if _keeps(each, shop)}
    needs: dict[int, Need] = {}
    for key, (each, line) in lines.items():
        sku = goods.sku(line) if each.id in keeping else None
        if sku is not None and not sku.is_top_up:
            label = f"{sku.style_no or sku.code} {line.title} {line.spec}".strip()
            needs[key] = Need(key, each.id, each.no, sku.pk, line.quantity, label)
            needs[key].waits = each.record.state != OrderState.UNPAID
    book = Book.of((need.sku for need in needs.values()), now)
    allot(list(needs.values()), book, now)
    book.write()
    for need in needs.values():
        if need.short_since:
            reason = Reason(HoldKind.STOCK_OUT, str(need.line), need.said)
            keeping[need.order].reasons.append(reason)
    return needs


def _keeps(made: Made, shop: Shop) -> bool:
    facts = OrderFacts(
        state=OrderState(made.record.state),
        is_top_up=made.top_up,
        lines_unclear=bool(made.record.lines_unclear),
    )
    return policy.keeps_goods(facts, on_order=shop.reserve_on_order)


def _write_holds(made: Sequence[Made], now: datetime) -> None:
    pairs = [(each, reason) for each in made for reason in each.reasons]
    name = current_act().actor_name
    rows = [
        [
            *(key, each.id, why.kind.value, why.cause, why.text[:500], name, now),
            now + policy.CALLED[why.kind] if why.kind in policy.CALLED else None,
            each.record.total,
        ]
        for key, (each, why) in zip(next_ids(Hold, len(pairs)), pairs, strict=True)
    ]
    write(Hold, _HOLD, rows)


def trade_number(shop: Shop, record: ImportedOrder) -> str:
    """The gateway's number; a file that has none: the platform's order stands for it."""
    return record.trade_no or f"{shop.code}:{record.platform_no}"[:64]


def _write_payments(shop: Shop, made: Sequence[Made], now: datetime) -> None:
    """What buyers paid; orders that were paid together share one trade (architecture §4)."""
    paying = [each for each in made if each.record.paid > ZERO]
    shares: dict[str, list[Made]] = {}
    for each in paying:
        shares.setdefault(trade_number(shop, each.record), []).append(each)
    gateway = Gateway.PLATFORM.value
    here = [
        key for key, of in find(Trade, "number", list(shares), "id", "gateway") if of == gateway
    ]
    known = {
        trade.number: trade
        for trade in Trade.objects.select_for_update(no_key=True).filter(pk__in=here)
    }
    for number in known:
        known[number].paid += sum((each.record.paid for each in shares[number]), ZERO)
        known[number].save(update_fields=["paid"])
    new = [number for number in shares if number not in known]
    ids = dict(zip(new, next_ids(Trade, len(new)), strict=True))
    write(Trade, _TRADE, [_trade(ids[n], n, shares[n], gateway, now) for n in new])
    trades = ids | {number: trade.pk for number, trade in known.items()}
    rows = [
        [key, each.id, trades[trade_number(shop, each.record)], each.record.paid, _at(each, now)]
        for key, each in zip(next_ids(Payment, len(paying)), paying, strict=True)
    ]
    write(Payment, _PAYMENT, rows)


def _trade(key: int, number: str, paid_by: list[Made], gateway: str, now: datetime) -> list[Any]:
    total = sum((each.record.paid for each in paid_by), ZERO)
    return [key, number, gateway, paid_by[0].record.pay_account, total, _at(paid_by[0], now)]


def _at(made: Made, now: datetime) -> datetime:
    return made.record.paid_at or made.record.ordered_at or now


def _write_old_waybills(made: Sequence[Made], now: datetime) -> None:
    """An order sent in several parcels: each of its waybills finds it."""
    pairs = [(each, number) for each in made for number in each.record.other_waybills]
    rows = [
        [key, each.id, each.record.carrier, number, now]
        for key, (each, number) in zip(next_ids(OldWaybill, len(pairs)), pairs, strict=True)
    ]
    write(OldWaybill, ["id", "order_id", "carrier", "number", "at"], rows)


def _told(made: Made) -> tuple[Any, ...]:
    """The first line of the order's timeline."""
    waits = "；".join(reason.text for reason in made.reasons)
    return made.id, made.no, "导入补差价订单" if made.top_up else "导入新订单", waits[:500], []
