"""The pages of splitting, merging, and taking a merge back (SOP 1.3.b–d, 2.b)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse

from core.models import Act
from orders import parting
from orders.forms.parts import MergeForm, SplitForm
from orders.forms.simple import NothingForm
from orders.models import Order
from orders.selectors.order import get_order
from orders.selectors.parts import last_merge
from orders.services.merge import merge_orders, unmerge_orders
from orders.services.split import split_order
from orders.views.act_page import ActPage, act_view, show_or_do
from orders.views.queue import back_of, to_list
from staff.http import Request
from staff.matrix import allow

Common = dict[str, Any]


def _split(order: Order, form: SplitForm, common: Common) -> Act:
    return split_order(order, form.wish(), **common)


def _merge(order: Order, form: MergeForm, common: Common) -> Act:
    return merge_orders(order, form.ticked, **common)


def _unmerge(order: Order, form: NothingForm, common: Common) -> Act:
    return unmerge_orders(order, **common)


_SPLIT = ActPage(
    "split_order",
    "拆单",
    SplitForm,
    lambda o: parting.may_split(o.facts()),
    _split,
    "拆单",
    template="orders/split.html",
    asked=True,
)
_MERGE = ActPage(
    "merge_orders",
    "合单",
    MergeForm,
    lambda o: parting.may_merge(o.facts()),
    _merge,
    "合单",
    template="orders/merge.html",
    asked=True,
)


@allow("split_order")
def split(request: Request, order_no: str) -> HttpResponse:
    """Which goods go into the second order; from the review queue one comes back to it."""
    return _part(request, _SPLIT, order_no)


@allow("merge_orders")
def merge(request: Request, order_no: str) -> HttpResponse:
    """What could go in the same parcel, ticked; from the review queue one comes back to it."""
    return _part(request, _MERGE, order_no)


def _part(request: Request, page: ActPage, order_no: str) -> HttpResponse:
    order = get_order(request.user, order_no)
    page = replace(page, more=lambda order, form: {"back": back_of(request)})
    return to_list(request, order, show_or_do(request, page, order), page.title)


unmerge = act_view(
    ActPage(
        "unmerge_orders",
        "撤销合单",
        NothingForm,
        lambda o: parting.may_unmerge(o.facts(), last_merge(o)[1]),
        _unmerge,
        "撤销合单",
    )
)
