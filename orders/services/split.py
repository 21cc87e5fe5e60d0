"""Split an order: some of its goods go into a second one (拆单, SOP 1.3.b, 1.3.c, 1.3.d)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from core.acts import Actor, Change
from core.bulk import write_parts
from core.masking import scrub
from core.models import Act
from core.money import ZERO
from core.verdict import Say, Verdict
from orders import parting
from orders.models import Note, Order, OrderLine, OrderLink
from orders.parting import Cut, Money
from orders.policy import Contacted
from orders.services.acting import order_act
from orders.services.hold import open_hold
from orders.services.numbers import take
from orders.services.products import signature
from orders.services.review import review_again
from orders.services.sharing import (
    FIRST,
    goods_of,
    money_of,
    move_shares,
    put_money,
    put_reserved,
    share_holds,
    summarise,
)
from orders.words import HoldKind, OrderState, PayerSide, Relation

# What the second order has from the first; the rest of its columns are its own.
_SAME = (
    *("shop_id", "platform_no", "platform_status", "terms", "buyer_id", "buyer_account"),
    *("buyer_pay_account", "buyer_message", "seller_memo", "flag", "presale_steps"),
    *("consignee", "mobile", "mobile_tail", "telephone", "province", "city", "district"),
    *("street", "zip_code", "masked", "delivery", "carrier", "ordered_at", "paid_at", "ship_by"),
    *("do_not_remind", "modified_at", "expedited"),
)


_NOTED = ("text", "by_hand", "by_id", "by_name", "at")
_WRITTEN_LAST = ("goods_count", "goods_summary", "owed_back", "review_at", "review_by")


@dataclass(frozen=True, slots=True)
class Wish:
    """How an order shall be split. `pieces`: line → how many go into the second order.

    `waits`: which of the two a hold that is not of a line goes on holding. `hold`: hold the
    second one, too, for this reason (SOP 1.3.d).
    """

    pieces: Mapping[int, int]
    freight: bool = False
    waits: str = FIRST
    hold: HoldKind | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a split would do; the preview and the act are one path (simulate = perform)."""

    cuts: list[Cut]
    before: Money
    goes: Money
    verdict: Verdict
    gone: list[Cut] = field(default_factory=list)

    @property
    def stays(self) -> Money:
        return self.before.less(self.goes)


def plan(order: Order, wish: Wish) -> Plan:
    """The split as it would be, with its verdict; writes nothing."""
    facts, before = order.facts(), money_of(order)
    cuts = parting.cut(goods_of(order.lines.all()), wish.pieces)
    goes = Money()
    if cuts and any(c.moved for c in cuts):
        prepaid = facts.needs_payment
        goes = parting.goes(before, cuts, freight=wish.freight, prepaid=prepaid)
    verdict = parting.may_split_so(facts, cuts, before, goes)
    return Plan(cuts, before, goes, verdict, [c for c in cuts if c.moved])


def split_order(
    order: Order,
    wish: Wish,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """Split goods, money, payments and holds into a second order (SOP 1.3.b, 1.3.c, 1.3.d).

    Raises Refused, Conflict, Repeated.
    """
    with order_act(
        "split_order", order, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (order, log):
        found = plan(order, wish)
        found.verdict.require()
        order.before_hand = {"lines": signature(order.lines.all())} | order.before_hand
        order.parted = True
        second = _second(order, found, now)
        _share_money(order, second, found)
        moved_to = _move_goods(order, second, found)
        share_holds(order, second, found.cuts, moved_to, waits=wish.waits, by=by, now=now)
        if wish.hold is not None:
            open_hold(second, wish.hold, scrub(wish.why), by=by, now=now)
        summarise(order)
        summarise(second)
        said = "、".join(f"{c.goods.label} × {c.moved}" for c in found.gone)
        _tie(order, second, said, scrub(wish.why))
        review_again(second, now)
        second.save(update_fields=_WRITTEN_LAST)
        log.changed(_changes(order, second, found, said))
        log.noted(f"拆单：拆出 {second.order_no}", clause=parting.SPLIT, reason=wish.why)
        log.tell(Say("split.done", {"goods": said[:100]}))
        changes = [[c.label, c.before, c.after] for c in _changes_of_second(second, said)]
        summary = f"拆单：拆自 {order.order_no}"
        write_parts("order", [(second.pk, second.order_no, summary, "", changes)])
    return log.act


def _second(order: Order, found: Plan, now: datetime) -> Order:
    """The second order's row: the next part of the platform's order, under a number of our own."""
    number = take(timezone.localdate(now))[0]
    # Somebody may split another part at this moment: then the number after it is ours.
    for attempt in (1, 2, 3, 4, 5):
        second = Order(
            order_no=number,
            part=_next_part(order),
            state=OrderState.PAID.value,
            created_at=now,
            parted=True,
            **{name: getattr(order, name) for name in _SAME},
        )
        put_money(second, found.goes)
        try:
            with transaction.atomic():
                second.save()
            return second
        except IntegrityError:
            if attempt == 5:
                raise
    raise AssertionError("unreachable")


def _next_part(order: Order) -> int:
    same = Order.objects.filter(platform_no=order.platform_no, shop=order.shop_id)
    return int(same.aggregate(last=Max("part"))["last"] or 0) + 1


def _share_money(order: Order, second: Order, found: Plan) -> None:
    put_money(order, found.stays)
    move_shares(order, second, found.goes.paid, PayerSide.BUYER)
    move_shares(order, second, found.goes.paid_by_platform, PayerSide.PLATFORM)
    if not order.facts([]).needs_payment:
        order.owed_back = max(order.total_paid - order.due, ZERO)
        second.owed_back = max(second.total_paid - second.due, ZERO)


def _move_goods(order: Order, second: Order, found: Plan) -> dict[int, int]:
    """Move whole lines, divide the others; says which line became which."""
    lines = {line.pk: line for line in order.lines.all()}
    moved_to = {}
    for piece in found.gone:
        line = lines[piece.goods.line]
        if not piece.kept:
            line.order = second
            line.save()
            moved_to[line.pk] = line.pk
            continue
        moved_to[line.pk] = _divide(line, second, piece).pk
    return moved_to


def _divide(line: OrderLine, second: Order, piece: Cut) -> OrderLine:
    names = [f.attname for f in OrderLine._meta.concrete_fields if f.attname not in ("id",)]
    new = OrderLine(**{name: getattr(line, name) for name in names})
    new.order = second
    new.quantity, new.amount = piece.moved, piece.amount
    line.quantity, line.amount = piece.kept, piece.kept_amount
    put_reserved(new, piece.reserved)
    put_reserved(line, piece.kept_reserved)
    line.save()
    new.save()
    return new


def _tie(order: Order, second: Order, said: str, why: str) -> None:
    """The two name each other, with the choice; what was noted stands on both (SOP 1.3.b)."""
    text = f"{said}（{why}）" if why else said
    OrderLink.objects.create(order=order, other=second, kind=Relation.SPLIT.value, text=text[:200])
    Note.objects.bulk_create(
        Note(order=second, **{name: getattr(note, name) for name in _NOTED})
        for note in order.notes.order_by("at", "id")
    )


def _changes(order: Order, second: Order, found: Plan, said: str) -> list[Change]:
    return [
        Change("拆出", "", f"{second.order_no}：{said}"[:300]),
        Change("应付", str(found.before.due), str(order.due)),
        Change("实付", str(found.before.paid), str(order.paid)),
    ]


def _changes_of_second(second: Order, said: str) -> list[Change]:
    return [
        Change("商品", "", said[:300]),
        Change("应付", "", str(second.due)),
        Change("实付", "", str(second.paid)),
    ]
