"""Notes, contacts with the customer, follow-up dates, buyer accounts."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from core.acts import Actor, Change
from core.models import Act
from core.verdict import no
from orders.models import Buyer, BuyerAccount, Note, Order
from orders.services.acting import order_act
from orders.services.platform import tell_platform
from orders.words import AccountKind, HandTaskKind


def note(
    order: Order,
    text: str,
    *,
    by: Actor,
    now: datetime,
    for_shop: bool = False,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Write a memo on the order; `for_shop`: into the platform's seller memo, too (SOP 1.2.d).

    Not an edit, so the version stays (architecture §3).
    """
    with order_act("note", order, by=by, token=token, now=now) as (order, log):
        write_note(order, text, by=by, now=now, for_shop=for_shop, by_hand=True)
        log.noted("写备注" + ("（同步到店铺后台备注）" if for_shop else ""))
    return log.act


def write_note(
    order: Order, text: str, *, by: Actor, now: datetime, for_shop: bool, by_hand: bool = False
) -> Note:
    """The memo's row inside a running act, and what the platform is told of it (SOP 1.2.d).

    Only one written `by_hand` is for a reviewer to read: the others say what was done (SOP 2.b).
    """
    row = Note(order=order, text=text, for_shop=for_shop, by_hand=by_hand)
    row.by_id, row.by_name, row.at = by.user_id, by.name, now
    row.save(force_insert=True)
    if for_shop:
        tell_platform(order, HandTaskKind.MEMO, now=now, text=text, cause=f"note:{row.pk}")
    return row


def follow_up(
    order: Order,
    on: date | None,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Bring the order back to the person's list on a day; None takes the date away."""
    with order_act("follow_up", order, by=by, token=token, now=now) as (order, log):
        order.follow_up_on = on
        order.follow_up_by_id = by.user_id if on else None
        log.noted(f"跟进日期：{on}" if on else "取消跟进日期")
    return log.act


def attach_account(
    order: Order,
    kind: AccountKind,
    account: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Say that an account (QQ, Wangwang) is this buyer's, so that it finds the orders.

    Raises Refused when it is known as another buyer's.
    """
    with order_act("attach_account", order, by=by, token=token, now=now) as (order, log):
        buyer = order.buyer or Buyer.objects.create()
        order.buyer = buyer
        known = BuyerAccount.objects.filter(account=account, kind=kind, channel="").first()
        if known is not None and known.buyer_id != buyer.pk:
            no(
                "1.1.b",
                "这个账号已经是另一位买家的。",
                instead="先查这个账号的订单，核对是不是同一个人。",
            ).require()
        if known is None:
            new_account(kind, account, buyer)
        log.changed([Change("买家账号", "", kind.label)])
        log.noted(f"关联{kind.label}账号", clause="1.1.b")
    return log.act


def new_account(kind: AccountKind, account: str, buyer: Buyer) -> BuyerAccount:
    """The buyer's account; whoever else writes the same one at this moment was first."""
    row, _ = BuyerAccount.objects.get_or_create(
        account=account, kind=kind.value, channel="", defaults={"buyer": buyer}
    )
    return row
