"""The pages of a repair (SOP 7.e)."""

from __future__ import annotations

from typing import Any

from django.urls import path

from aftersales.forms.common import NothingForm
from aftersales.forms.repairs import (
    AnswerQuoteForm,
    DiagnosisForm,
    FailedForm,
    FeeForm,
    QuoteForm,
    RepairedForm,
    RepairForm,
)
from aftersales.models import Case
from aftersales.services.repairs import (
    answer_quote,
    begin_repair,
    diagnose_repair,
    fail_repair,
    finish_repair,
    open_repair,
    quote_repair,
    take_repair_fee,
)
from aftersales.views.case_page import CasePage, case_paths
from aftersales.views.goods_back import opening
from aftersales.words import CaseKind
from core.models import Act

Common = dict[str, Any]

open_page = opening(
    CaseKind.REPAIR, RepairForm, lambda o, form, **x: open_repair(o, form.back(), **x)
)


def _diagnose(case: Case, form: DiagnosisForm, common: Common) -> Act:
    return diagnose_repair(case, form.diagnosis(), **common)


def _finish(case: Case, form: RepairedForm, common: Common) -> Act:
    return finish_repair(case, form.cleaned_data["what"], **common)


urlpatterns = [
    path("orders/<str:order_no>/after-sales/repair", open_page, name="open-repair"),
    *case_paths(
        CasePage("diagnose_repair", "检测", DiagnosisForm, _diagnose, "检测好了", uploads=True),
        CasePage(
            "quote_repair",
            "报价",
            QuoteForm,
            lambda c, f, x: quote_repair(c, f.cleaned_data["fee"], **x),
            "报给买家",
        ),
        CasePage(
            "answer_quote",
            "买家答复报价",
            AnswerQuoteForm,
            lambda c, f, x: answer_quote(c, agrees=f.yes(), **x),
            "记下",
        ),
        CasePage(
            "take_repair_fee",
            "收维修费",
            FeeForm,
            lambda c, f, x: take_repair_fee(c, f.top_up(), certain=f.cleaned_data["certain"], **x),
            "就是这一单",
        ),
        CasePage(
            "begin_repair",
            "开始维修",
            NothingForm,
            lambda c, f, x: begin_repair(c, **x),
            "开始",
        ),
        CasePage("finish_repair", "修好了", RepairedForm, _finish, "修好，寄回", uploads=True),
        CasePage(
            "fail_repair",
            "修不好、不修了",
            FailedForm,
            lambda c, f, x: fail_repair(c, f.cleaned_data["why"], **x),
            "不修了",
        ),
    ),
]
