"""The pages of splitting, merging, and taking a merge back (SOP 1.3.b–d, 2.b)."""

from __future__ import annotations

from typing import Any

from core.models import Act
from orders import parting
from orders.forms.parts import MergeForm, SplitForm
from orders.forms.simple import NothingForm
from orders.models import Order
from orders.selectors.parts import last_merge
from orders.services.merge import merge_orders, unmerge_orders
from orders.services.split import split_order
from orders.views.act_page import ActPage, act_view

Common = dict[str, Any]


def _split(order: Order, form: SplitForm, common: Common) -> Act:
    return split_order(order, form.wish(), **common)


def _merge(order: Order, form: MergeForm, common: Common) -> Act:
    return merge_orders(order, form.ticked, **common)


def _unmerge(order: Order, form: NothingForm, common: Common) -> Act:
    return unmerge_orders(order, **common)


split = act_view(
    ActPage(
        "split_order",
        "拆单",
        SplitForm,
        lambda o: parting.may_split(o.facts()),
        _split,
        "拆单",
        template="orders/split.html",
        asked=True,
    )
)
merge = act_view(
    ActPage(
        "merge_orders",
        "合单",
        MergeForm,
        lambda o: parting.may_merge(o.facts()),
        _merge,
        "合单",
        template="orders/merge.html",
        asked=True,
    )
)
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
