"""The pages of a partial refund (SOP 1.5.d)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.urls import path
from django.utils import timezone

from aftersales.forms.partial import AskEvidenceForm, MoreForm, PartialForm, RequestPartialForm
from aftersales.kinds import partial as kind
from aftersales.models import Case
from aftersales.services.partial import (
    ask_evidence,
    draft_of,
    open_partial,
    request_partial,
    resubmit_partial,
)
from aftersales.views.case_page import CasePage, case_paths, with_files
from aftersales.words import CaseKind
from core.models import Act
from orders.models import Order
from orders.views.act_page import ActPage, act_view

Common = dict[str, Any]


def _open(order: Order, form: PartialForm, common: Common) -> Act:
    act = partial(open_partial, order, form.asked(), **common)
    return with_files(form, lambda kept: act(evidence=kept))


# Which goods, why, how much, and what shows it.
open_page = act_view(
    ActPage(
        "open_case",
        "部分退款",
        PartialForm,
        lambda order: kind.may_open(order.facts()),
        _open,
        "登记部分退款",
        uploads=True,
        asked=True,
    )
)


def _request(case: Case, form: RequestPartialForm, common: Common) -> Act:
    values = form.cleaned_data
    return request_partial(case, values["amount"], values["why"], **common)


def _would_be(case: Case, form: RequestPartialForm) -> dict[str, Any]:
    """What the refunds room would say to it now."""
    if case.kind != CaseKind.PARTIAL or not case.is_open:
        return {}
    return {"would_be": draft_of(case, form.shown_amount(), timezone.now())}


urlpatterns = [
    path("orders/<str:order_no>/after-sales/partial", open_page, name="open-partial"),
    *case_paths(
        CasePage(
            "ask_evidence",
            "请买家给凭证",
            AskEvidenceForm,
            lambda c, f, x: ask_evidence(c, f.cleaned_data["what"], **x),
            "等凭证",
        ),
        CasePage(
            "request_partial",
            "申请部分退款",
            RequestPartialForm,
            _request,
            "送审",
            template="aftersales/request_partial.html",
            more=_would_be,
        ),
        CasePage(
            "resubmit_partial",
            "补充后再送审",
            MoreForm,
            lambda c, f, x: resubmit_partial(c, f.cleaned_data["why"], **x),
            "再送审",
        ),
    ),
]
