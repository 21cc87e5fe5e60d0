"""The printable slip of a return (SOP 1.4.d)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from aftersales.models import Case
from aftersales.selectors.cases import get_case
from aftersales.selectors.telling import address_of
from aftersales.slip import ReturnSlip, slip
from core.verdict import Refused
from staff.http import Request
from staff.matrix import allow
from warehouse.services.papers.ask import face


@allow("print_return_slip")
def return_slip(request: Request, case_no: str) -> HttpResponse:
    """As PDF; without a font back to the case, which says what to install."""
    case = get_case(request.user, case_no)
    try:
        data = slip(sheet_of(case), face())
    except Refused as refusal:
        messages.error(request, refusal.verdict.reason)
        return redirect(case.get_absolute_url())
    return as_pdf(data, case.number)


def as_pdf(data: bytes, name: str) -> HttpResponse:
    """A paper, for the browser to print; nobody keeps it on the way."""
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "no-store, private"
    answer._csp_config = {"frame-ancestors": ["'none'"]}  # type: ignore[attr-defined]
    return answer


def sheet_of(case: Case) -> ReturnSlip:
    """What stands on it."""
    order, due = case.order, timezone.localtime(case.due_at)
    platform = order.platform_no if order and order.platform_no != order.order_no else ""
    return ReturnSlip(
        case.number,
        case.order_no,
        platform,
        case.get_kind_display(),
        case.reason_label,
        order.buyer_account if order else "",
        address_of(case.shop),
        case.get_pays_back_display(),
        f"{due.month} 月 {due.day} 日",
        [f"{line.label} × {line.pieces}" for line in case.lines.all() if line.pieces],
    )


urlpatterns = [path("cases/<str:case_no>/slip", return_slip, name="return-slip")]
