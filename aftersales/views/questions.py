"""The pages of enquiries and complaints (SOP 7.c)."""

from __future__ import annotations

from typing import Any

from django.urls import path

from aftersales.forms.questions import AnswerCaseForm, ComplaintForm, EnquiryForm
from aftersales.kinds import kind_of
from aftersales.services.questions import answer_case, open_question
from aftersales.views.case_page import CasePage, case_paths
from aftersales.words import CaseKind
from core.models import Act
from orders.models import Order
from orders.views.act_page import ActPage, act_view


def _page(kind: CaseKind, form: type[EnquiryForm] | type[ComplaintForm]) -> ActPage:
    def perform(order: Order, typed: Any, common: dict[str, Any]) -> Act:
        values = typed.cleaned_data
        return open_question(order, kind, values["wants"], values.get("reason", ""), **common)

    return ActPage(
        "open_case",
        kind.label,
        form,
        lambda order: kind_of(kind).may_open(order.facts()),
        perform,
        f"登记{kind.label}",
    )


open_enquiry = act_view(_page(CaseKind.ENQUIRY, EnquiryForm))
open_complaint = act_view(_page(CaseKind.COMPLAINT, ComplaintForm))


urlpatterns = [
    path("orders/<str:order_no>/after-sales/enquiry", open_enquiry, name="open-enquiry"),
    path("orders/<str:order_no>/after-sales/complaint", open_complaint, name="open-complaint"),
    *case_paths(
        CasePage(
            "answer_case",
            "答复并结束",
            AnswerCaseForm,
            lambda c, f, x: answer_case(c, f.cleaned_data["answer"], **x),
            "答复",
        ),
    ),
]
