"""The demo as a place to walk through: every page that opens, with orders that lie behind it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page

from core.acts import Actor
from core.models import Job
from orders.models import Hold, ImportRejection, Order
from orders.selectors.mergeable import could_merge
from orders.services.bulk import do_bulk
from orders.services.importing.job import folder_of
from orders.services.seed.demo.run import seed_demo
from refunds.selectors.queue import LISTS, by_ids
from refunds.services.bulk import decide_all
from staff.matrix import may
from staff.models import SavedView, User
from tests.acts.pages import show_personal
from tests.security.addresses import (
    World,
    api_rows,
    case_rows,
    change_rows,
    every,
    failed_message,
    hand_task,
    on_the_way,
    refund_rows,
    to_pick_up,
    told,
    warehouse_rows,
)
from tests.security.stock_rows import stock_rows
from tests.security.test_scripts import NO_PAGES
from warehouse.models import Parcel, Wave
from warehouse.services.papers.ask import print_papers
from warehouse.words import Paper

PARTS = {"live", "recent-orders"}  # pieces of a page, which htmx fetches

# What an order can look like; the page of each has something that the others have not.
KINDS: dict[str, dict[str, object]] = {
    "unpaid": {"state": "unpaid"},
    "paid": {"state": "paid", "hold_count": 0, "released_at": None, "is_top_up": False},
    "released": {"state": "paid", "released_at__isnull": False},
    "top_up": {"holds__kind": "top_up", "holds__state": "open"},
    "stock_out": {"holds__kind": "stock_out", "holds__state": "open"},
    "review": {"holds__kind": "review", "holds__state": "open"},
    "shipped": {"state": "shipped"},
    "completed": {"state": "completed"},
    "closed": {"state": "closed", "merged_into": None},
    "merged": {"merged_into__isnull": False},
    "second_part": {"part": 1},
}


def demo_world() -> World:
    """The demo with a job, a saved view and a hold of the owner's; its order is shown to all."""
    seed_demo(timezone.now())
    owner = User.objects.get(username="owner")
    hold = Hold.objects.filter(state="open").select_related("order__shop").first()
    assert hold is not None
    job = Job.objects.create(
        kind="import_orders",
        params={"shop": hold.order.shop.code},
        by=owner,
        not_before=timezone.now(),
    )
    ImportRejection.objects.create(
        job=job, line=2, column="订单号", value="3.5E+17", reason="订单号不完整", cells=["3.5E+17"]
    )
    view = SavedView.objects.create(owner=owner, name="我的", query="state=paid")
    for user in User.objects.filter(username__in=["owner", "agent"]):
        show_personal(user, hold.order)
    message, task = failed_message(hold.order), hand_task(hold.order)
    rows = stock_rows(owner) | api_rows(hold.order.shop) | on_the_way(hold.order)
    rows |= warehouse_rows(hold.order) | _waves() | refund_rows(hold.order) | case_rows(hold.order)
    rows |= change_rows("", owner)
    said, parcel = told(hold.order), to_pick_up(hold.order.shop)
    return World(hold.order, hold, job, owner, view, message, task, said, rows, parcel)


def _waves() -> dict[str, str]:
    """A wave that is being picked."""
    wave = Wave.objects.filter(state="picking").order_by("-pk").first()
    assert wave is not None
    return {"wave_no": wave.number}


def decided(world: World, user: User) -> str:
    """What became of each of several refunds."""
    rows, now = by_ids(user, [str(world.by_name["refund_id"])], timezone.now()), timezone.now()
    about: dict[str, Any] = {
        "role": user.role,
        "by": Actor.person(user),
        "now": now,
        "token": uuid.uuid4(),
    }
    return f"/refunds/bulk/{decide_all('return_refund', rows, {'why': '缺照片'}, **about).pk}"


def pages_of(world: World, user: User) -> list[str]:
    """The address of every page that this person may open, and of an order of each kind."""
    found = [
        world.url(address)
        for address in every()
        if address.name not in NO_PAGES | PARTS | {"bulk-done", "refunds-bulk-done"}
        and (address.act is None or may(user, address.act))
    ]
    if may(user, "bulk"):
        job = do_bulk(
            "note",
            list(orders()),
            {"text": "月底前回访"},
            by=Actor.person(user),
            now=timezone.now(),
            token=uuid.uuid4(),
        )
        found.append(f"/orders/bulk/{job.pk}")
    if may(user, "approve_refund"):
        found += [decided(world, user), *(f"/refunds?list={name}" for name in LISTS)]
    if may(user, "map_columns"):
        found.append(unknown_file(world))
    if may(user, "print_papers"):
        found += printed(world, user)
    return [
        *found,
        *(order.get_absolute_url() for order in orders()),
        "/orders?hold=goods&state=closed",
        *(f"{could_merge_one().get_absolute_url()}/{act}" for act in ("split", "merge")),
    ]


def printed(world: World, user: User) -> list[str]:
    """A print of this person's, and the papers as HTML."""
    parcel = Parcel.objects.filter(wave__number=world.by_name["wave_no"]).first()
    assert parcel is not None
    job = print_papers(Paper.SLIP, [parcel], user=user, now=timezone.now(), reason="卡纸")
    return [f"/warehouse/print/jobs/{job.pk}", f"/warehouse/print/jobs/{job.pk}/1"]


def could_merge_one() -> Order:
    """An order for which the page of a merge shows candidates."""
    return next(order for order in Order.objects.filter(state="paid") if could_merge(order))


def unknown_file(world: World) -> str:
    """A file whose columns nobody has explained yet; where they are explained."""
    params = {"shop": world.order.shop.code, "unknown": True}
    job = Job.objects.create(
        kind="import_orders", params=params, by=world.person, not_before=timezone.now()
    )
    folder = folder_of(job)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "orders").write_text("单号,客户,数量,备注\nA1,王先生,2,周末送\n", encoding="utf-8")
    return f"/imports/{job.pk}/columns"


def orders() -> Iterable[Order]:
    for wanted in KINDS.values():
        if order := Order.objects.filter(**_known(wanted)).first():
            yield order


def one(kind: str) -> Order:
    """An order of the demo that looks like this."""
    order = Order.objects.filter(**_known(KINDS[kind])).order_by("pk").first()
    assert order is not None, kind
    return order


def _known(wanted: dict[str, object]) -> dict[str, object]:
    if "hold_count" not in wanted:
        return wanted
    without = Order.objects.exclude(holds__state="open").values("pk")
    return {k: v for k, v in wanted.items() if k != "hold_count"} | {"pk__in": without}


def go(page: Page, address: str) -> None:
    """Open a page; one that answers with an error is not the page that was meant."""
    answer = page.goto(address, wait_until="load")
    assert answer is not None
    assert answer.status == 200, address
