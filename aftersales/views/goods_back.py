"""The page on which goods that come back are asked for: which, why, who pays (SOP 1.4.a to 1.4.d).

A return and an exchange differ in their form and their act alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse

from aftersales.forms.goods_back import GoodsBackForm
from aftersales.kinds import kind_of
from aftersales.views.case_page import with_files
from aftersales.words import CaseKind
from core.models import Act
from orders.models import Order
from orders.selectors.order import get_order
from orders.views.act_page import ActPage, show_or_do
from staff.http import Request
from staff.matrix import allow, may


def opening(
    kind: CaseKind, form: type[GoodsBackForm], act: Callable[..., Act]
) -> Callable[..., HttpResponse]:
    """The view: the verdict first, then `act(order, form, …)`; seniors may let it pass."""

    @allow("open_case")
    def view(request: Request, order_no: str) -> HttpResponse:
        senior = may(request.user, "overrule_case")

        def perform(order: Order, typed: Any, common: dict[str, Any]) -> Act:
            do = partial(act, order, typed, senior=senior, **common)
            return with_files(typed, lambda kept: do(evidence=kept))

        page = ActPage(
            "open_case",
            kind.label,
            partial(form, senior=senior),
            lambda order: kind_of(kind).may_open(order.facts()),
            perform,
            f"登记{kind.label}",
            template="aftersales/open_goods_back.html",
            uploads=True,
            asked=True,
        )
        return show_or_do(request, page, get_order(request.user, order_no))

    return view
