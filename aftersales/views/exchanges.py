"""The pages of an exchange (SOP 1.4)."""

from __future__ import annotations

from typing import Any

from django.urls import path

from aftersales.forms.common import NothingForm
from aftersales.forms.exchanges import ExchangeForm, UnreturnedForm
from aftersales.models import Case
from aftersales.selectors.exchanges import new_goods, price_of
from aftersales.services.exchanges import (
    end_unreturned,
    finish_exchange,
    open_exchange,
    resend_early,
    resend_exchange,
)
from aftersales.views.case_page import CasePage, case_paths
from aftersales.views.goods_back import opening
from aftersales.words import CaseKind

open_page = opening(
    CaseKind.EXCHANGE, ExchangeForm, lambda o, form, **x: open_exchange(o, form.swap(), **x)
)


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
        CasePage(
            "end_unreturned",
            "货没寄回，结束",
            UnreturnedForm,
            lambda c, f, x: end_unreturned(c, f.cleaned_data["why"], **x),
            "不等了，结束",
        ),
    ),
]
