"""The pages of an exchange before shipping (发货前换货, SOP 1.2.d)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import path

from aftersales.forms.common import NothingForm
from aftersales.forms.swaps import EndForm, SwapForm, TieNewForm
from aftersales.kinds.swaps import may_open
from aftersales.models import Case
from aftersales.selectors.cases import get_case
from aftersales.selectors.swaps import draft_of, find_order, new_orders, price_of, swapping_of
from aftersales.services.acting import order_of
from aftersales.services.swaps import (
    finish_swap,
    give_up_swap,
    swap_order,
    swap_stopped,
    tie_new_order,
)
from aftersales.views.case_page import CasePage, case_paths, show_or_do
from core.models import Act
from core.verdict import Refused, no
from orders.views.act_page import ActPage, act_view
from staff.http import Request
from staff.matrix import allow

PAGE = ActPage(
    "swap_order",
    "发货前换货",
    SwapForm,
    lambda order: may_open(order.facts()),
    lambda order, form, common: swap_order(order, form.swap(), **common),
    "就这样换",
    template="aftersales/swap.html",
    asked=True,
)


def _sends(case: Case, form: Any) -> dict[str, Any]:
    """The agreed goods, and their difference as the order stands now."""
    swap = swapping_of(case)
    goods = [(sku, swap.pieces[line]) for line, sku in swap.new.items()]
    return {"goods": goods, "price": price_of(draft_of(order_of(case), swap))}


@allow("tie_new_order")
def tie(request: Request, case_no: str) -> HttpResponse:
    """Which order the customer placed instead; the same buyer's newer ones are listed."""
    case = get_case(request.user, case_no)

    def perform(case: Case, form: TieNewForm, common: dict[str, Any]) -> Act:
        new = find_order(request.user, form.chosen())
        if new is None:
            text = f"没有找到订单“{form.chosen()}”。"
            raise Refused(no("1.2.d", text, instead="核对单号；刚拍的订单，导入以后才在这里。"))
        return tie_new_order(case, new, certain=form.cleaned_data["certain"], **common)

    form = partial(TieNewForm, candidates=new_orders(request.user, order_of(case)))
    page = CasePage("tie_new_order", "关联重拍的新单", form, perform, "关联")
    return show_or_do(request, page, case)


urlpatterns = [
    path("orders/<str:order_no>/after-sales/swap", act_view(PAGE), name="open-swap"),
    path("cases/<str:case_no>/tie-new-order", tie, name="tie-new-order"),
    *case_paths(
        CasePage(
            "swap_stopped",
            "换商品，重新下发",
            NothingForm,
            lambda c, f, x: swap_stopped(c, **x),
            "换好，重新下发",
            template="aftersales/resend.html",
            more=_sends,
        ),
        CasePage(
            "finish_swap",
            "了结",
            EndForm,
            lambda c, f, x: finish_swap(c, f.cleaned_data["why"], **x),
            "了结",
        ),
        CasePage(
            "give_up_swap",
            "不换了",
            EndForm,
            lambda c, f, x: give_up_swap(c, f.cleaned_data["why"], **x),
            "不换了",
        ),
    ),
]
