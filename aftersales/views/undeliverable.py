"""The pages of what the carrier cannot deliver (SOP 1.4′)."""

from __future__ import annotations

from typing import Any

from django.urls import path

from aftersales.forms.common import NothingForm
from aftersales.forms.undeliverable import (
    AskAgainForm,
    AttemptForm,
    RedirectForm,
    ReturnForm,
    UndeliverableForm,
)
from aftersales.kinds import undeliverable as kind
from aftersales.models import Case
from aftersales.services.resends import resend_goods
from aftersales.services.undeliverable import (
    contact_buyer,
    end_returned,
    let_return,
    open_undeliverable,
    redeliver,
    redirect_parcel,
)
from aftersales.views.case_page import CasePage, case_paths
from core.models import Act
from orders.models import Order
from orders.views.act_page import ActPage, act_view

Common = dict[str, Any]


def _open(order: Order, form: UndeliverableForm, common: Common) -> Act:
    values = form.cleaned_data
    about = (values["reason"], values["keeps_until"], values["wants"])
    return open_undeliverable(order, *about, **common)


# By hand, where no tracker told it: why, and until when the carrier keeps it.
open_page = act_view(
    ActPage(
        "open_case",
        "无法送达",
        UndeliverableForm,
        lambda order: kind.may_open(order.facts()),
        _open,
        "登记无法送达",
    )
)


def _redeliver(case: Case, form: AskAgainForm, common: Common) -> Act:
    return redeliver(case, form.cleaned_data["note"], form.due_at(common["now"]), **common)


def _redirect(case: Case, form: RedirectForm, common: Common) -> Act:
    note, due_at = form.cleaned_data["note"], form.due_at(common["now"])
    return redirect_parcel(case, form.receiving(), note, due_at, **common)


urlpatterns = [
    path("orders/<str:order_no>/after-sales/undeliverable", open_page, name="open-undeliverable"),
    *case_paths(
        CasePage(
            "contact_buyer",
            "联系买家",
            AttemptForm,
            lambda c, f, x: contact_buyer(c, f.attempt(), **x),
            "记下",
        ),
        CasePage("redeliver", "请快递再派", AskAgainForm, _redeliver, "请快递再派"),
        CasePage(
            "redirect_parcel",
            "改地址再派",
            RedirectForm,
            _redirect,
            "请快递改派",
            template="aftersales/redirect.html",
        ),
        CasePage(
            "let_return",
            "让它退回",
            ReturnForm,
            lambda c, f, x: let_return(c, f.cleaned_data["why"], **x),
            "等它退回",
        ),
        CasePage(
            "end_returned",
            "入库结束",
            NothingForm,
            lambda c, f, x: end_returned(c, **x),
            "入库，结束",
        ),
        CasePage(
            "resend_goods", "补发", NothingForm, lambda c, f, x: resend_goods(c, **x), "建补发单"
        ),
    ),
]
