"""The pages of a return, from asking to the end (SOP 1.4)."""

from __future__ import annotations

from typing import Any

from django.urls import path

from aftersales.forms.common import SentForm
from aftersales.forms.freight import FreightForm, SentBackForm
from aftersales.forms.goods_back import (
    AgreeForm,
    BackForm,
    GoodsBackForm,
    InspectForm,
    RefundCaseForm,
)
from aftersales.models import Case
from aftersales.services.freight import owe_freight
from aftersales.services.inspection import agree_difference, inspect_goods
from aftersales.services.parcels import note_waybill, record_sent, send_back
from aftersales.services.returns import open_return, refund_case
from aftersales.views.case_page import CasePage, case_paths
from aftersales.views.goods_back import opening
from aftersales.words import CaseKind
from core.models import Act

Common = dict[str, Any]


open_page = opening(
    CaseKind.RETURN, GoodsBackForm, lambda o, form, **x: open_return(o, form.back(), **x)
)


def _inspect(case: Case, form: InspectForm, common: Common) -> Act:
    return inspect_goods(case, form.found(), form.notes(), **common)


def _agree(case: Case, form: AgreeForm, common: Common) -> Act:
    return agree_difference(case, form.cleaned_data["what"], form.takes(), **common)


def _waybill(form: Any) -> tuple[str, str]:
    return form.cleaned_data["carrier"], form.cleaned_data["waybill"]


urlpatterns = [
    path("orders/<str:order_no>/after-sales/return", open_page, name="open-return"),
    *case_paths(
        CasePage(
            "note_waybill",
            "填寄回运单号",
            SentBackForm,
            lambda c, f, x: note_waybill(c, *f.noted(), **x),
        ),
        CasePage(
            "owe_freight",
            "赔退货运费",
            FreightForm,
            lambda c, f, x: owe_freight(c, f.owed(), **x),
            "申请赔付",
            uploads=True,
        ),
        CasePage(
            "inspect_goods",
            "验货",
            InspectForm,
            _inspect,
            "验好了",
            template="aftersales/inspect.html",
            uploads=True,
        ),
        CasePage("agree_difference", "谈妥差异", AgreeForm, _agree, "谈妥了"),
        CasePage(
            "refund_case",
            "退款",
            RefundCaseForm,
            lambda c, f, x: refund_case(c, f.money(), **x),
            "申请退款",
        ),
        CasePage(
            "send_back",
            "退回买家",
            BackForm,
            lambda c, f, x: send_back(c, f.cleaned_data["why"], **x),
            "请仓库寄回",
        ),
        CasePage(
            "record_sent",
            "登记寄出",
            SentForm,
            lambda c, f, x: record_sent(c, *_waybill(f), **x),
            "已经寄出",
        ),
    ),
]
