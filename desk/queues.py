"""A person's own queues with capped counts, and the menu that the role has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from aftersales.selectors.cases import mine
from aftersales.selectors.changes import waiting_for
from aftersales.selectors.claims import open_claims
from aftersales.selectors.unowned import open_unowned
from core.counting import capped_counts, said
from core.selectors import BOXES
from desk.home import address
from desk.nobody import forgotten
from desk.post import failed_in
from orders.selectors.calls import to_call
from orders.selectors.filters import Filters, led, narrowing, shops_of
from orders.selectors.hand import open_tasks
from orders.selectors.review_queue import in_review
from orders.selectors.unpaid import to_tell, unpaid_orders
from refunds.selectors.differences import open_differences
from refunds.selectors.payouts import open_payouts
from refunds.selectors.queue import in_list
from staff.matrix import may, role_may
from staff.selectors import unread_of
from stock.selectors.supply import late
from warehouse.selectors.enquiries import open_enquiries
from warehouse.selectors.intercepts import holds_of
from warehouse.selectors.troubles import failed_dispatches, open_troubles


@dataclass(frozen=True, slots=True)
class Queue:
    label: str
    url: str
    count: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class MenuItem:
    label: str
    url: str


# label, the list it counts and leads to, act that the role must have
_QUEUES: list[tuple[str, Filters, str]] = [
    ("缺货", Filters(hold="stock_out"), "lift_hold"),
    ("补差价", Filters(money="untied"), "tie_top_up"),
    ("应退", Filters(money="owed"), "mark_paid"),
    ("超时", Filters(other="late"), "modify_delivery"),
    ("快到期", Filters(other="at_risk"), "modify_delivery"),
    ("跟进", Filters(other="follow"), "follow_up"),
]


def _failed(user: Any) -> list[QuerySet[Any]]:
    return [failed_in(box, user) for box in BOXES]


# The same for worklists with a page of their own: label, its address, its rows, act, late
_FIRST: list[tuple[str, str, Callable[[Any], list[QuerySet[Any]]], str, bool]] = [
    ("审单", "review", lambda user: [in_review(user)], "view_review", False),
    ("待联系", "calls", lambda user: [to_call(user)], "contact", False),
    ("退款", "refunds", lambda user: [in_list(user, "review")], "view_refund", False),
    ("售后", "cases", lambda user: [mine(user)], "take_case", False),
]
_LISTS: list[tuple[str, str, Callable[[Any], list[QuerySet[Any]]], str, bool]] = [
    (
        "要人来办",
        "refunds?list=by_hand",
        lambda user: [in_list(user, "by_hand")],
        "enter_transfer",
        False,
    ),
    ("没退成", "refunds?list=failed", lambda user: [in_list(user, "failed")], "send_again", True),
    ("赔付", "payouts", lambda user: [open_payouts(user)], "enter_payout", False),
    ("未付款", "unpaid", lambda user: [unpaid_orders(user)], "view_unpaid", False),
    ("拦截", "intercepts", lambda user: [holds_of(user)], "view_intercepts", True),
    (
        "没人管",
        "nobody",
        lambda user: list[QuerySet[Any]](forgotten(user, timezone.now())),
        "view_nobody",
        True,
    ),
    ("待告知", "to-tell", lambda user: [to_tell(user)], "tick_told", False),
    ("异常件", "troubles", lambda user: [open_troubles(user)], "settle_trouble", False),
    ("联系快递", "enquiries", lambda user: [open_enquiries(user)], "answer_carrier", False),
    ("无主件", "unowned", lambda user: [open_unowned(user)], "dispose_unowned", False),
    ("快递理赔", "claims", lambda user: [open_claims(user)], "claim_paid", False),
    ("平台发货失败", "dispatches", lambda user: [failed_dispatches(user)], "retry_dispatch", True),
    ("到货迟了", "late-supplies", lambda user: [late(timezone.localdate())], "order_supply", True),
    ("对账差异", "differences", lambda user: [open_differences(user)], "view_differences", False),
    ("政策改动", "policy-changes", lambda user: [waiting_for(user)], "put_in_force", False),
    ("手工事项", "hand-tasks", lambda user: [open_tasks(user)], "finish_hand_task", False),
    (
        "未送达",
        "messages",
        lambda user: [failed_in(box, user) for box in BOXES],
        "view_messages",
        True,
    ),
]


def queues_of(user: Any) -> tuple[Queue, ...]:
    """The queues that this role works on, not yet counted: `/live` does that (architecture §10)."""
    return _queues(user.role)


@cache  # every page shows them
def _queues(role: str) -> tuple[Queue, ...]:
    base = reverse("search")
    searches = [
        Queue(label, f"{base}?{filters.query()}", late=filters.other == "late")
        for label, filters, act in _QUEUES
        if role_may(role, act)
    ]
    first, lists = (
        [
            Queue(label, address(name), late=late)
            for label, name, _, act, late in named
            if role_may(role, act)
        ]
        for named in (_FIRST, _LISTS)
    )
    return (*first, *searches, *lists)


def counted(user: Any) -> tuple[list[Queue], int]:
    """The queues with what their lists show, and the unread notices: one query for all."""
    shops = shops_of(user)
    lists = [rows(user) for _, _, rows, act, _ in _FIRST if may(user, act)]
    lists += [_ranges(filters, user, shops) for _, filters, act in _QUEUES if may(user, act)]
    lists += [rows(user) for _, _, rows, act, _ in _LISTS if may(user, act)]
    *counts, unread = capped_counts([*lists, [unread_of(user)]])
    queues = [
        replace(queue, count=said(count), late=queue.late and count > 0)
        for queue, count in zip(queues_of(user), counts, strict=True)
    ]
    return queues, unread


def _ranges(filters: Filters, user: Any, shops: list[Any]) -> list[QuerySet[Any]]:
    ranges, where = led(narrowing(filters, user, shops), filters)
    return [part.filter(where) if where else part for part in ranges]


_MENU: list[tuple[str, str, str]] = [
    ("新联系", "new-contact", "guide_contact"),
    ("全部订单", "search", "search_orders"),
    ("仓库", "warehouse", "view_warehouse"),
    ("波次", "waves", "make_wave"),
    ("报缺复核", "shorts", "look_for_short"),
    ("交接快递", "hand-over", "hand_over"),
    ("自提", "pick-ups", "view_pickups"),
    ("物流", "freight", "send_freight"),
    ("登记订单", "register-order", "register_order"),
    ("商品和库存", "goods", "view_goods"),
    ("要采购的", "purchasing", "draft_supply"),
    ("采购和生产", "supplies", "view_supplies"),
    ("盘点", "stock-takes", "view_takes"),
    ("导入订单", "imports", "import_orders"),
    ("导入退款列表", "refund-lists", "import_refunds"),
    ("导出", "exports", "export_orders"),
    ("收货入库", "receive-goods", "receive_goods"),
    ("退货到仓", "arrivals", "count_arrival"),
    ("无主件", "unowned", "view_case"),
    ("使用说明", "articles", "view_articles"),
    ("快捷", "macros", "save_macro"),
    ("打印", "prints", "print_papers"),
    ("运单号", "waybills", "import_waybills"),
    ("批量发货", "upload-files", "upload_files"),
    ("员工", "people", "manage_staff"),
    ("店铺", "shops", "manage_shops"),
    ("快递公司", "carriers", "save_carriers"),
    ("工作日历", "calendar", "manage_calendar"),
    ("退款权限", "refund-limits", "save_refund_limits"),
    ("箱型和运费", "packing", "save_packing"),
    ("赔付", "payouts", "enter_payout"),
    ("渠道账单", "bills", "bring_bill"),
    ("黑名单", "block-list", "keep_lists"),
    ("偏远地区", "remote-areas", "keep_lists"),
    ("售后政策", "policies", "view_policies"),
    ("告知买家的话", "sentences", "propose_sentence"),
    ("消息收发", "messages", "view_messages"),
    ("查看隐私记录", "reveal-log", "view_reveal_log"),
]


def menu_of(user: Any) -> tuple[MenuItem, ...]:
    return _menu(user.role)


@cache
def _menu(role: str) -> tuple[MenuItem, ...]:
    counted = {queue.label for queue in _queues(role)}  # a queue stands in the bar already
    return tuple(
        MenuItem(label, reverse(name))
        for label, name, act in _MENU
        if role_may(role, act) and label not in counted
    )
