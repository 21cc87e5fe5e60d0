"""Script in every text that comes from outside is mere text on every page (failure mode 22)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Dialog, Page

from core.acts import TIMER, Actor, act, act_on
from core.models import Act
from core.sentences import defaults, write
from orders.factories import BuyerFactory, OrderFactory, ShopFactory
from orders.models import Contact, Hold, ImportRejection, Note, OldWaybill
from orders.services.hold import open_hold
from orders.services.release_due import review_due
from orders.words import HoldKind
from staff.factories import UserFactory
from staff.models import SavedView, User
from staff.services.reveal import reveal
from staff.services.tell import tell
from stock.factories import SkuFactory
from tests.conftest import count_nothing
from tests.security.addresses import (
    CALLBACKS,
    World,
    api_rows,
    case_rows,
    change_rows,
    every,
    on_the_way,
    refund_rows,
)
from warehouse.models import ParcelLine, Scan, ShortPick
from warehouse.selectors.waves import Asked
from warehouse.services.waves import begin_wave, make_wave

EVIL = "\"'><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}"
# Each field takes as much of it as its column holds.
SHORT = "<img src=x onerror=alert(1)>"
# Not pages: the monitor's, files, and what takes POST alone.
NO_PAGES = {
    *CALLBACKS,
    *(
        "healthz",
        "readyz",
        "metrics",
        "api-openapi",
        "sign-in",
        "sign-out",
        "export-file",
        "import-rejected",
        "shortcuts",
    ),
    *("view-save", "view-delete", "import-cancel", "export-cancel", "export-row"),
    "messages-retry",
    *("calendar-day", "calendar-day-remove", "calendar-hours"),
    *("command-sheet", "badge-sheet", "print-waiting", "print-job", "print-file", "print-sheets"),
    "order-papers",
    *("waybills-wave", "waybills-parcel"),
    *(
        "shop-account-try",
        "tick-told",
        "token-revoke",
        "webhook-ping",
        "webhook-secret",
        "webhook-again",
    ),
    *("intercept-scan", "leave-scan", "too-late"),
    *("make-upload-file", "upload-file", "goods-export", "evidence", "take-refund"),
    *("export-transfers", "payout-evidence", "case-evidence", "return-slip", "unowned-label"),
    *("refund-list-rejected",),
    *("goods-import-confirm", "goods-import-cancel", "goods-import-rejected"),
    *(
        "wave-begin",
        "wave-scan",
        "wave-operator",
        "wave-live",
        "operator",
        "short-looked",
        "scan",
        "switch-operator",
        "station-live",
    ),
}
GETS = [address for address in every() if address.name not in NO_PAGES]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


@pytest.fixture
def world() -> World:
    owner = UserFactory.create(role="owner", full_name=SHORT)
    shop = ShopFactory.create(name=SHORT, return_address=EVIL, return_name=SHORT)
    world = World.make(shop.code, by=owner)
    _stuff_order(world)
    _stuff_lists(world)
    world.by_name |= api_rows(shop, EVIL) | on_the_way(world.order, EVIL)
    world.by_name |= refund_rows(world.order, EVIL) | case_rows(world.order, EVIL)
    world.by_name |= change_rows("", owner, EVIL)
    now, order = timezone.now(), world.order
    Note.objects.create(order=order, text=EVIL, by_name=SHORT, at=now)
    Contact.objects.create(order=order, channel="qq", said=EVIL, at=now, by=owner)
    OldWaybill.objects.create(order=order, number=SHORT, at=now)
    Act.objects.create(
        verb="note",
        order_no=order.order_no,
        actor_kind="person",
        actor_name=SHORT,
        at=now,
        reason=EVIL,
        summary=EVIL,
        changes=[[EVIL, EVIL, EVIL]],
    )
    ImportRejection.objects.create(
        job=world.job, line=2, column=SHORT, value=EVIL, reason=EVIL, cells=[EVIL]
    )
    type(world.job).objects.filter(pk=world.job.pk).update(
        title=EVIL, error=EVIL, state="failed", result={"rejected": 1, "header": [EVIL]}
    )
    SavedView.objects.create(owner=owner, name=SHORT, query=f"q={SHORT}", shared=True)
    tell(EVIL, to=owner, url="/orders")
    reveal(owner, "order", order.pk, no=order.order_no, reason=EVIL, now=now)
    for key in list(defaults())[:3]:
        write(key, EVIL.replace("{{7*7}}", ""), by=owner)
    _stuff_warehouse(owner)
    return world


def _stuff_warehouse(owner: User) -> None:
    """What a scanner may send stands among the last scans (failure mode 21)."""
    sku = SkuFactory.create(name=EVIL, style_no=SHORT, colour=SHORT, shelf=SHORT)
    OrderFactory.create(released=True, lines=[(sku, 1)])
    by = Actor.person(owner)
    made = make_wave(owner, Asked(), by=by, now=timezone.now())
    begin_wave(made, by=by, now=timezone.now())
    line = ParcelLine.objects.filter(parcel__wave=made).first()
    assert line is not None
    other = UserFactory.create(role="warehouse", full_name=SHORT)
    ShortPick.objects.create(line=line, quantity=1, by=other, at=timezone.now())
    for station in ("verify", "pick"):
        Scan.objects.create(
            token=uuid.uuid4(),
            station=station,
            parcel=line.parcel,
            code=EVIL,
            outcome="wrong",
            answer=EVIL,
            by=owner,
            at=timezone.now(),
        )


def _stuff_order(world: World) -> None:
    with act("seed", world.order, by=TIMER) as (order, log):
        for name in ("consignee", "street", "buyer_message", "seller_memo", "invoice_title"):
            setattr(order, name, SHORT if name == "consignee" else EVIL)
        order.buyer_account = order.mobile = order.waybill = order.platform_no = SHORT
        order.goods_summary = order.presale_steps = order.after_sale = EVIL
        order.carrier = order.province = SHORT
        order.lines_unclear = EVIL
        open_hold(order, HoldKind.REVIEW, EVIL, by=TIMER, now=log.act.at)
        for line in order.lines.all():
            line.title, line.spec, line.style_no, line.colour = EVIL, EVIL, SHORT, SHORT
            line.save()
    rows: list[Any] = []
    with act_on("seed", rows, by=TIMER):
        SkuFactory.create(name=EVIL, style_no=SHORT, code=SHORT)
    buyer = BuyerFactory.create(wangwang=SHORT)
    buyer.blocked, buyer.blocked_why = True, EVIL
    buyer.save()


def _stuff_lists(world: World) -> None:
    """In the review queue with what the rules found, and in the call list."""
    now, order = timezone.now(), world.order
    type(order).objects.filter(pk=order.pk).update(review_at=now)
    review_due(now)
    Hold.objects.filter(pk=world.hold.pk).update(call_at=now, reason=EVIL)


def _html(user: User, url: str) -> str:
    """As it is sent, without the bar, which has it on every page: what has none can run none."""
    client = Client()
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code < 500, url
    html = answer.content.decode() if not answer.streaming else ""
    return html.partition("<main")[2] or html


def test_no_page_runs_what_somebody_typed(
    world: World, page: Page, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts: list[str] = []

    def refuse(dialog: Dialog) -> None:
        alerts.append(dialog.message)
        dialog.dismiss()

    count_nothing(monkeypatch)
    page.on("dialog", refuse)
    signed_in(page, world.person)
    shown = [url for url in map(world.url, GETS) if "onerror" in _html(world.person, url)]
    for url in shown:
        page.goto(url, wait_until="domcontentloaded")
        assert page.locator("img[src=x]").count() == 0, url
        assert "49" not in page.locator("h1").all_inner_texts(), url
    assert alerts == []
    assert len(shown) > 100, (
        "the payload was on few pages: is the crawl still looking at the right ones?"
    )


def test_searching_for_script_shows_it_as_text(world: World, page: Page, signed_in: Any) -> None:
    signed_in(page, world.person).goto("/")
    page.locator("#q").fill(EVIL)
    page.locator("#q").press("Enter")
    page.wait_for_url("**/orders?**")
    assert page.locator("img[src=x]").count() == 0
