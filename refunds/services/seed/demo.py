"""The demo's refunds: one in each state that the room reaches by itself (SOP 1.5)."""

from __future__ import annotations

import struct
import uuid
import zlib
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from core.acts import Actor
from core.evidence.keeping import Kept
from orders.models import Hold, Order
from orders.policy import Contacted
from orders.services.acting import order_act
from orders.services.seed.demo.stage import Stage, enter
from orders.words import ContactChannel, HoldKind, IdentityKey, OrderState, Stop
from refunds import policy
from refunds.models import Refund
from refunds.services.applying import Seen, Standing, take_application
from refunds.services.ask import request_refund
from refunds.services.assign import assign_refund
from refunds.services.draft import Wanted
from refunds.services.evidence import FOLDER
from refunds.services.stops import hear_stops
from refunds.services.timers import (
    escalate_broken,
    open_windows,
    raise_at_risk,
    warn_of_closing,
)
from refunds.services.withdraw import withdraw_refund
from refunds.words import Fault, FreightPayer, RefundKind, RefundState, TrueReason

K, T, S, R = RefundKind, TrueReason, OrderState, RefundState
CHECKED = frozenset({IdentityKey.ORDER_NO, IdentityKey.MOBILE})
SAID = Contacted(ContactChannel.WANGWANG, CHECKED, "不要了，帮我退一下")
PHOTO = uuid.UUID("6e64616e-0000-4000-8000-000000000001").hex


def play(stage: Stage) -> None:
    """One of each, then the timers of the last days."""
    _before_the_window(stage)
    _inside(stage)
    _some_goods(stage)
    _applied_by_themselves(stage)
    _in_the_warehouse(stage)
    _shipped(stage)
    _withdrawn(stage)
    _given(stage)
    for sweep in (open_windows, warn_of_closing, raise_at_risk, escalate_broken, hear_stops):
        while sweep(stage.now):
            pass


def _wanted(kind: RefundKind, true: TrueReason, why: str, **more: object) -> Wanted:
    return Wanted(kind, true, policy.told_for(true), why=why, **more)  # type: ignore[arg-type]


def _ask(stage: Stage, order: Order, wanted: Wanted, now: datetime, who: str = "agent") -> Refund:
    request_refund(order, wanted, by=stage.by(who), now=min(now, stage.now), contact=SAID)
    return Refund.objects.select_related("order__shop").latest("id")


def _before_the_window(stage: Stage) -> None:
    for hours, shop in ((4, "taobao"), (9, "tmall"), (6, "tel")):
        order = enter(stage, shop, stage.ago(hours=hours))
        want = _wanted(K.WHOLE, T.MISTAKE, "拍错尺码，要重拍")
        _ask(stage, order, want, stage.ago(hours=hours - 1))


def _inside(stage: Stage) -> None:
    """The buyer may apply; on the telephone our row is the application, one of them late."""
    order = enter(stage, "taobao", stage.ago(hours=30))
    _ask(stage, order, _wanted(K.WHOLE, T.UNWANTED, ""), stage.ago(hours=25))
    for hours in (3, 30, 150):
        order = enter(stage, "tel", stage.ago(hours=hours + 25))
        _ask(stage, order, _wanted(K.WHOLE, T.UNWANTED, "家里已经有了"), stage.ago(hours=hours))


def _some_goods(stage: Stage) -> None:
    """One of two is out of stock: it is split off, the rest ships."""
    goods = [(stage.sku("B2051"), 1), (stage.sku("C3012", "30"), 1)]
    order = enter(stage, "taobao", stage.ago(hours=28), lines=goods)
    line = order.lines.last()
    pieces = {line.pk: line.quantity} if line else {}
    want = _wanted(K.GOODS, T.STOCK_OUT, "厂家断货，裤子退，上衣先发", pieces=pieces)
    _ask(stage, order, want, stage.ago(hours=2), "aftersales")


def _applied_by_themselves(stage: Stage) -> None:
    """As the platform tells of them: before the window, and a return of what arrived."""
    for place, (state, hours) in enumerate(((S.PAID, 8), (S.RECEIVED, 200)), start=1):
        order = enter(stage, "tmall", stage.ago(hours=hours), state)
        at = stage.ago(hours=5)
        seen = Seen(
            f"2026112600{place}",
            order.platform_no,
            order.paid,
            Standing.OPEN,
            at,
            reason="不想要了" if state is S.PAID else "质量问题",
            goods_back=state is S.RECEIVED,
            deadline=at + timedelta(hours=48),
            platform={"status": "WAIT_SELLER_AGREE", "version": "1"},
        )
        take_application(order.shop, seen, now=at)


def _in_the_warehouse(stage: Stage) -> None:
    """One parcel is to be stopped, of another the warehouse says that it is too late."""
    made = []
    for hours in (29, 27):
        order = enter(stage, "tel", stage.ago(hours=hours), S.PACKED)
        want = _wanted(K.WHOLE, T.UNWANTED, "")
        made.append(_ask(stage, order, want, stage.ago(hours=1)))
    with order_act("too_late", made[1].order, by=Actor("person", "仓库"), now=stage.now) as (
        _,
        log,
    ):
        hold = Hold.objects.get(cause=made[1].number, kind=HoldKind.REFUND.value)
        hold.answered(Stop.TOO_LATE, stage.now, "已经装车")
        hold.lift(stage.now, "来不及：已经装车")
        hold.save()
        log.noted("来不及拦：已经装车", clause="1.2.b")


def _shipped(stage: Stage) -> None:
    """A part of the money for what arrived broken, with a picture; freight that was too much."""
    order = enter(stage, "tel", stage.ago(hours=150), S.RECEIVED)
    want = _wanted(
        K.PARTIAL,
        T.DAMAGED,
        "领口有破洞，买家愿意留下",
        extra=Decimal("15.00"),
        fault=Fault.CARRIER,
        freight_payer=FreightPayer.SELLER,
    )
    by, now = stage.by("aftersales"), stage.ago(hours=4)
    request_refund(order, want, by=by, now=now, contact=SAID, evidence=[_picture()])


def _given(stage: Stage) -> None:
    """One waits for finance's look, the others for anybody's."""
    row = Refund.objects.filter(state=R.REVIEW.value).select_related("order__shop").last()
    if row is not None:
        to, by = stage.people["finance"], stage.by("supervisor")
        assign_refund(row.order, row, to, by=by, now=stage.now)


def _withdrawn(stage: Stage) -> None:
    order = enter(stage, "taobao", stage.ago(hours=33))
    refund = _ask(stage, order, _wanted(K.WHOLE, T.UNWANTED, ""), stage.ago(hours=32))
    why, at = "买家说还是要", stage.ago(hours=31)
    withdraw_refund(refund.order, refund, why, by=stage.by("agent"), now=at, contact=SAID)


def _picture() -> Kept:
    """A little grey picture in place of a photograph."""
    wide, high = 64, 48
    rows = b"".join(b"\0" + bytes((180 + y) % 256 for _ in range(wide)) for y in range(high))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    kept = Kept("领口.png", "image/png", len(data), f"{FOLDER}/{PHOTO}")
    path = Path(settings.MEDIA_ROOT) / FOLDER
    path.mkdir(parents=True, exist_ok=True)
    kept.path.write_bytes(data)
    return kept
