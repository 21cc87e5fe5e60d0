"""The pages of an exchange (SOP 1.4)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import path

from aftersales.forms.common import NothingForm
from aftersales.forms.exchanges import ExchangeForm
from aftersales.kinds import exchanges
from aftersales.models import Case
from aftersales.selectors.exchanges import new_goods, price_of
from aftersales.services.exchanges import (
    finish_exchange,
    open_exchange,
    resend_early,
    resend_exchange,
)
from aftersales.views.case_page import CasePage, case_paths, with_files
from core.models import Act
from orders.models import Order
from orders.selectors.order import get_order
from orders.views.act_page import ActPage, show_or_do
from staff.http import Request
from staff.matrix import allow, may

Common = dict[str, Any]


@allow("open_case")
def open_page(request: Request, order_no: str) -> HttpResponse:
    """Which goods, for which others, who pays, what difference (SOP 1.4.a to 1.4.d)."""
    senior = may(request.user, "overrule_case")

    def perform(order: Order, form: ExchangeForm, common: Common) -> Act:
        act = partial(open_exchange, order, form.swap(), senior=senior)
        return with_files(form, lambda kept: act(evidence=kept, **common))

    page = ActPage(
        "open_case",
        "换货",
        partial(ExchangeForm, senior=senior),
        lambda order: exchanges.may_open(order.facts()),
        perform,
        "登记换货",
        template="aftersales/open_goods_back.html",
        uploads=True,
        asked=True,
    )
    return show_or_do(request, page, get_order(request.user, order_no))


def _sends(accepted: bool) -> Any:
    """What would be sent, and what is to be paid for it."""

    def more(case: Case, form: Any) -> dict[str, Any]:
        goods = new_goods(case, accepted=accepted)
        return {"goods": goods, "price": price_of(case, accepted=accepted)}

    return more


urlpatterns = [
    path("orders/<str:order_no>/after-sales/exchange", open_page, name="open-exchange"),
    *case_paths(
        CasePage(
            "resend_exchange",
            "寄换货",
            NothingForm,
            lambda c, f, x: resend_exchange(c, **x),
            "建换货单",
            template="aftersales/resend.html",
            more=_sends(True),
        ),
        CasePage(
            "resend_early",
            "先寄换货",
            NothingForm,
            lambda c, f, x: resend_early(c, **x),
            "先寄",
            template="aftersales/resend.html",
            more=_sends(False),
        ),
        CasePage(
            "finish_exchange",
            "换货办完",
            NothingForm,
            lambda c, f, x: finish_exchange(c, **x),
            "办完",
        ),
    ),
]
