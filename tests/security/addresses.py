"""Every address of the project, with objects for its parameters."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from aftersales.models import CarrierClaim, Macro, PolicyChange
from aftersales.rules import DELIVERED
from aftersales.services.articles import Draft, write_article
from aftersales.services.evidence import attach
from aftersales.services.macros import save_macro
from aftersales.services.opening import Opening, write_case
from aftersales.services.unowned import OnIt, register_unowned
from aftersales.services.versions import version_at
from aftersales.words import CaseKind, WaitsFor
from core.acts import TIMER, Actor, act_on
from core.evidence.keeping import Kept
from core.models import Job, OutboxMessage
from orders.factories import OrderFactory, ShopFactory
from orders.links import progress_url
from orders.models import (
    BlockEntry,
    CustomerMessage,
    HandTask,
    Hold,
    Order,
    RemoteArea,
    Shop,
    WebhookDelivery,
)
from orders.services.acting import order_act
from orders.services.blocking import add_remote, block
from orders.services.webhooks import add_webhook, change_webhook, keep_delivery
from orders.words import BlockKind
from refunds.models import Bill, BillRow, Difference, Payout, Refund
from refunds.selectors.lists import KIND
from refunds.services.ask import request_refund
from refunds.services.draft import Wanted
from refunds.services.payout import request_payout
from refunds.services.reconcile.settling import Found, find_all
from refunds.words import BillWhat, DifferenceKind, PayoutKind, RefundKind, ToldReason, TrueReason
from staff.factories import UserFactory
from staff.models import SavedView, User
from staff.roles import Scope
from staff.services.calendar import save_day
from staff.services.tokens import make_token
from tests.security.stock_rows import stock_rows
from tests.warehouse.parcels import parcel_of
from warehouse.factories import parcel_at
from warehouse.models import (
    Dispatch,
    Enquiry,
    HandOver,
    Parcel,
    Tracking,
    TrackingEvent,
    Trouble,
    UploadFile,
)
from warehouse.services.upload_files import save_template
from warehouse.words import ParcelState


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


@dataclass(frozen=True)
class Address:
    """An address: its name, the act that guards it (None: everybody), what its path names."""

    name: str
    act: str | None
    parameters: tuple[str, ...] = ()


def every() -> list[Address]:
    """All but the API's, which a token guards (tests/api)."""
    return [
        Address(
            str(pattern.name),
            getattr(pattern.callback, "act", None),
            tuple(pattern.pattern.converters),
        )
        for pattern in patterns()
        if not getattr(pattern.callback, "by_token", False)
    ]


SAY = {"key": "told.received", "values": {"order_no": "1"}}
PUBLIC = {"healthz", "readyz", "metrics", "api-docs", "api-openapi", "sign-in", "progress"}
# Outside systems call them: no sign-in and no token, but a signature.
CALLBACKS = {
    *("callback-alipay", "callback-wechatpay", "callback-kuaidi100", "callback-kdniao"),
    *("callback-kuaidi100-shop", "callback-kdniao-shop"),
}


def hand_task(order: Order) -> HandTask:
    """Something to do on the platform."""
    return HandTask.objects.create(
        order=order,
        kind="memo",
        cause="note:1",
        text="把这条备注写进卖家备注：送礼盒",
        where="千牛 → 交易 → 已卖出的宝贝",
        opened_at=timezone.now(),
    )


def told(order: Order) -> CustomerMessage:
    """Something that a colleague has to tell in the chat."""
    return CustomerMessage.objects.create(
        order=order, kind="shipped", how="chat", state="to_tell", say=SAY, at=timezone.now()
    )


def failed_message(order: Order) -> OutboxMessage:
    """A message of the order that did not arrive."""
    now = timezone.now()
    return OutboxMessage.objects.create(
        topic="test",
        key=f"test:{order.order_no}",
        state="failed",
        order_no=order.order_no,
        error="OSError: no answer",
        payload={"order": order.pk},
        not_before=now,
        created_at=now,
    )


def to_pick_up(shop: Shop) -> Parcel:
    """A parcel that waits for its customer; a hand-over list with the same figures."""
    now, order = timezone.now(), OrderFactory.create(shop=shop, state="packed", delivery="pickup")
    with OrderFactory.act():
        parcel = parcel_at(order, ParcelState.WEIGHED, now)
    HandOver.objects.create(
        number=parcel.number.replace("P", "J"), carrier="YTO", signed_by="张快递", count=0, at=now
    )
    return parcel


def api_rows(shop: Shop, text: str = "官网商城") -> dict[str, int]:
    """A token and a webhook of the shop, with one line of its log; by the names in addresses."""
    by, now = Actor.person(UserFactory.create(role="owner")), timezone.now()
    token, _ = make_token(text[:40], shop.code, [Scope.ORDERS_READ], now, by=by, now=now)
    hook, _ = add_webhook(shop, f"https://shop.example/{text}", [], by=by, now=now)
    change_webhook(hook, hook.url, [], active=False, by=by, now=now)
    told = {"id": uuid.uuid4(), "at": now.isoformat(), "order_no": "", "state": "paid"}
    keep_delivery(hook, told, 1, now, said=text)
    line = WebhookDelivery.objects.get(webhook=hook)
    named = {"token_id": token.pk, "hook_id": hook.pk, "delivery_id": line.pk}
    return named | {"day_id": own_day()} | review_rows(text)


def own_day() -> int:
    """A day on which the company is closed."""
    now = timezone.now()
    day = timezone.localdate(now) + timedelta(days=30)
    return save_day(day, works=False, why="盘点", by=TIMER, now=now).pk


def review_rows(text: str) -> dict[str, int]:
    """An entry of the block list and a remote area."""
    by, now = Actor.person(UserFactory.create(role="owner")), timezone.now()
    key = f"{text}{BlockEntry.objects.count()}"[:64]
    block(BlockKind.ACCOUNT, key, f"拒收 {text}"[:200], by=by, now=now)
    area = RemoteArea(province=key[:32], why=f"不派送 {text}"[:100])
    add_remote(area, by=by, now=now)
    return {"entry_id": BlockEntry.objects.latest("pk").pk, "area_id": area.pk}


def on_the_way(order: Order, text: str = "到哪了") -> dict[str, Any]:
    """A parcel in trouble, a question to its carrier, and what the platform did not take."""
    now = timezone.now()
    tracking = Tracking.objects.create(
        order=order,
        waybill=f"YT896264678{Tracking.objects.count():04d}",
        last_at=now,
        last_text=text,
        why_not=text,
        made_at=now,
    )
    TrackingEvent.objects.create(tracking=tracking, at=now, text=text, place=text[:60])
    trouble = Trouble.objects.create(
        tracking=tracking, order=order, kind="refused", opened_at=now, due_at=now
    )
    enquiry = Enquiry.objects.create(
        order=order, kind="where", question=text, asked_at=now, asked_name="王芳", due_at=now
    )
    dispatch = Dispatch.objects.create(
        order=order,
        platform_no=order.platform_no,
        waybill=f"YT{Dispatch.objects.count()}",
        state="failed",
        why=text,
        at=now,
    )
    return {
        "trouble_id": trouble.pk,
        "enquiry_id": enquiry.pk,
        "dispatch_id": dispatch.pk,
        "carrier": "YTO",
        "file_id": upload_file(order, text).pk,
    }


def warehouse_rows(order: Order) -> dict[str, Any]:
    """A parcel of the order in a wave that is being picked; by the names in addresses."""
    parcel = parcel_of(order, ParcelState.PICKING, timezone.now())
    wave_no = parcel.wave.number if parcel.wave else ""
    return {"wave_no": wave_no, "paper": "label", "part": 1}


def refund_rows(order: Order, text: str = "颜色有差") -> dict[str, Any]:
    """A refund of a part that holds nothing, with a document; by the names in addresses."""
    by, now = Actor("person", text[:60]), timezone.now()
    extra, reasons = Decimal("1.00"), (TrueReason.QUALITY, ToldReason.QUALITY)
    wanted = Wanted(RefundKind.DIFFERENCE, *reasons, extra=extra, why=text)
    kept = [Kept(text[:100], "image/png", 4, "refunds/none")]
    request_refund(order, wanted, by=by, now=now, evidence=kept)
    refund = Refund.objects.filter(order=order).latest("id")
    named = {"refund_id": refund.pk, "evidence_id": refund.evidence.get().pk}
    payout_of: dict[str, Any] = {
        "payee": text[:128],
        "why": text,
        "evidence": kept,
        "by": by,
        "now": now,
    }
    request_payout(order, PayoutKind.OTHER, extra, **payout_of)
    named["payout_id"] = Payout.objects.latest("id").pk
    named |= bill_rows(order.shop, text)
    return named | {"list_id": refund_list(order.shop, text).pk}


def bill_rows(shop: Shop, text: str) -> dict[str, int]:
    """A bill that was compared, with a row that nobody understood, and its difference."""
    now, day = timezone.now(), date(2026, 11, 25)
    account = f"shop:{shop.code}"[:64]
    both: dict[str, Any] = {"gateway": "alipay", "account": account}
    bill, _ = Bill.objects.get_or_create(
        **both,
        day=day,
        digest=text[:64],
        defaults={
            "shop": shop,
            "layout": "alipay_trade",
            "title": text[:100],
            "made_at": now,
            "read_at": now,
            "compared_at": now,
            "told": {"unknown": {text[:60]: [1, "1.00"]}},
        },
    )
    odd = {"what": "unknown", "label": text[:200], "trade": text[:64], "there": "done"}
    BillRow.objects.create(**both, bill=bill, line=6, key="x", **odd)
    found = Found(
        DifferenceKind.UNREAD, BillWhat.UNKNOWN, f"x{bill.pk}", text[:64], text, shop=shop.pk
    )
    find_all(bill, [found], now=now)
    row = Difference.objects.get(key=f"x{bill.pk}")
    return {"bill_id": bill.pk, "difference_id": row.pk}


def case_rows(order: Order, text: str = "大了一码") -> dict[str, Any]:
    """A return of the order's goods, with a photo; an unowned parcel; guidance; by names."""
    by, now = Actor("person", text[:60]), timezone.now()
    line = order.lines.order_by("id").first()
    pieces = {line.pk: 1} if line else {}
    asked = (CaseKind.RETURN, WaitsFor.SENDING, DELIVERED.reason("size"), pieces, text, text)
    with order_act("open_case", order, by=by, now=now) as (row, log):
        case = write_case(row, Opening(*asked), log, by=by, now=now)
        attach(case, [Kept(text[:100], "image/png", 4, "cases/none")], by, now)
        about = {"amount": 9, "why": text, "asked_name": text[:64], "asked_at": now, "due_at": now}
        CarrierClaim.objects.create(number=case.number, case=case, order=row, **about)
    on_it = OnIt(sender_name=text[:64], slip_no=text[:64], place=text[:40], said=text)
    register_unowned(on_it, by=by, now=now)
    article = write_article(Draft(text[:80], text, (text[:60],), (text[:60],)), by=by, now=now)
    macro = Macro(name=text[:30], does="ask", text=text[:200])
    save_macro(macro, {}, by=by, now=now)
    named = {"case_no": case.number, "article_id": article.pk, "macro_id": macro.pk}
    return named | {"photo_id": case.evidence.get().pk}


def change_rows(scope: str, by: User, text: str = "说清楚一点") -> dict[str, Any]:
    """A version of the policy, and a change of a sentence that waits for a second person."""
    version, values = version_at(timezone.now()), {"title": text[:200], "text": text, "why": text}
    with act_on("seed", list[PolicyChange](), by=TIMER, now=timezone.now()) as (_, log):
        row = PolicyChange(about="sentence", key="case.noted", scope=scope, base=0, **values)
        row.by, row.by_name, row.at = by, text[:64], log.act.at
        row.save(force_insert=True)
    return {"number": version.number, "change_id": row.pk}


def refund_list(shop: Shop, text: str) -> Job:
    """A list of a platform's refunds that was read, with a row that was not taken in."""
    bad = [[2, "退款编号", text, text, [text]]]
    return Job.objects.create(
        kind=KIND,
        title=text[:100],
        params={"shop": shop.code},
        result={"taken": 1, "header": [text], "rejected": bad},
        state="done",
        not_before=timezone.now(),
    )


def upload_file(order: Order, text: str) -> UploadFile:
    """A file for the platform's bulk shipping page, with its template."""
    by, now, data = Actor("person", text[:60]), timezone.now(), "订单号,运单号\n".encode()
    save_template(order.shop, f"{text[:60]}.csv", data, by=by, now=now)
    values = {"rows": [[0, text, "YTO", text]], "made_at": now, "by_name": text[:60]}
    return UploadFile.objects.get_or_create(shop=order.shop, done_at=None, defaults=values)[0]


@dataclass
class World:
    """Objects that addresses name; all of one shop."""

    order: Order
    hold: Hold
    job: Job
    person: User
    view: SavedView
    message: OutboxMessage
    task: HandTask
    told: CustomerMessage
    by_name: dict[str, Any]
    parcel: Parcel

    @classmethod
    def make(cls, code: str = "tb1", by: User | None = None) -> World:
        shop = ShopFactory.create(code=code)
        order = OrderFactory.create(shop=shop)
        rows: list[Order] = []
        with act_on("hold", rows, by=TIMER):
            hold = Hold.objects.create(
                order=order,
                kind="customer",
                reason="买家要想想",
                by_name="系统",
                opened_at=timezone.now(),
            )
        person = by or UserFactory.create()
        job = Job.objects.create(
            kind="import_orders", params={"shop": code}, by=person, not_before=timezone.now()
        )
        view = SavedView.objects.create(owner=person, name="我的", query="state=paid")
        message, task = failed_message(order), hand_task(order)
        api = stock_rows(person) | api_rows(shop) | on_the_way(order)
        api |= warehouse_rows(order) | refund_rows(order) | case_rows(order)
        api |= change_rows(code, person)
        return cls(
            order, hold, job, person, view, message, task, told(order), api, to_pick_up(shop)
        )

    def url(self, address: Address) -> str:
        known = {
            "order_no": self.order.order_no,
            "hold_id": self.hold.pk,
            "job_id": self.job.pk,
            "user_id": self.person.pk,
            "view_id": self.view.pk,
            "task_id": self.task.pk,
            "told_id": self.told.pk,
            "code": self.order.shop.code,
            "system": "sms",
            "parcel_no": self.parcel.number,
            "list_no": self.parcel.number.replace("P", "J"),
            "box": "out",
            "message_id": self.message.pk,
            "station": "verify",
            "table": "box",
            "row_id": 0,
            "link": progress_url(self.order.pk).rpartition("/")[2],
            "short_id": 1,
            **self.by_name,
        }
        return reverse(address.name, kwargs={name: known[name] for name in address.parameters})
