"""The pages of parcels that belong to no known order (无主件, SOP 1.4.f)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone

from aftersales.forms.unowned import (
    CorrectUnownedForm,
    DisposeForm,
    RegisterUnownedForm,
    ReturnToSenderForm,
    RevealForm,
    TieForm,
)
from aftersales.models import Case, UnownedParcel
from aftersales.selectors.cases import get_case
from aftersales.selectors.unowned import candidates, case_of, parcel_of, unowned_page
from aftersales.services.unowned import (
    correct_unowned,
    dispose_unowned,
    register_unowned,
    return_to_sender,
    tie_to_order,
    tie_unowned,
)
from aftersales.slip import UnownedSlip, unowned_slip
from aftersales.views.case_page import CasePage, Common, case_paths, case_view, with_files
from aftersales.views.slip import as_pdf
from aftersales.words import WaitsFor
from core.acts import Actor, Repeated
from core.keyset import BadCursor
from core.models import Act
from core.verdict import Refused, Verdict
from staff.http import Request
from staff.matrix import allow, may
from staff.selectors import revealed
from staff.services.reveal import REASONS, reveal
from warehouse.services.papers.ask import face


@allow("view_case")
def unowned(request: Request) -> HttpResponse:
    """What lies in the warehouse and is nobody's, the oldest first."""
    try:
        found = unowned_page(request.user, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("unowned")
    context = {
        "page": found,
        "base": "?",
        "now": timezone.now(),
        "may_register": may(request.user, "register_unowned"),
    }
    return render(request, "aftersales/unowned.html", context)


@allow("register_unowned")
def register(request: Request) -> HttpResponse:
    """A parcel that no case expects: what stands on it; then it is counted."""
    if request.method != "POST":
        first = {"waybill": request.GET.get("waybill", "")[:40]}
        return _register(request, RegisterUnownedForm(initial=first))
    form = RegisterUnownedForm(request.POST, files=request.FILES)
    if not form.is_valid():
        return _register(request, form, status=422)
    try:
        done = with_files(form, partial(_written, request, form))
    except Repeated as repeated:
        done = repeated.act
    except Refused as refusal:
        return _register(request, form, status=409, refusal=refusal.verdict)
    return redirect("count-arrival", case_of(done).number)


def _written(request: Request, form: RegisterUnownedForm, kept: Any) -> Act:
    by, token = Actor.person(request.user), form.cleaned_data["token"]
    return register_unowned(form.on_it(), by=by, now=timezone.now(), token=token, evidence=kept)


def _register(
    request: Request,
    form: RegisterUnownedForm,
    *,
    status: int = 200,
    refusal: Verdict | None = None,
) -> HttpResponse:
    context = {"form": form, "verdict": refusal}
    return render(request, "aftersales/register_unowned.html", context, status=status)


# -- one -------------------------------------------------------------------------------------------


def card(request: Request, case: Case) -> dict[str, Any]:
    """What the case's page shows besides: the label, and whose it may be."""
    parcel = parcel_of(case)
    if parcel is None:
        return {}
    looks = case.waits_for == WaitsFor.OWNER and case.is_open and may(request.user, "tie_unowned")
    return {
        "parcel": parcel,
        "plain": revealed(request.user, "case", case.pk),
        "may_reveal": may(request.user, "reveal"),
        "candidates": candidates(request.user, parcel) if looks else None,
        "may_tie": looks,
    }


@allow("tie_unowned")
def tie(request: Request, case_no: str) -> HttpResponse:
    """Whose it is: a case that waits for it, or an order that gets one."""
    senior, to = may(request.user, "overrule_case"), request.GET.get("to", "")[:64]
    form = partial(TieForm, user=request.user, senior=senior, to=to)
    page = CasePage("tie_unowned", "认到订单", form, partial(_tie, senior), "认过去")
    return case_view(page)(request, case_no)


def _tie(senior: bool, case: Case, form: TieForm, common: Common) -> Act:
    if isinstance(form.target, Case):
        return tie_unowned(case, form.target, **common)
    if form.target is None:
        raise Http404
    return tie_to_order(case, form.target, form.back(form.target), senior=senior, **common)


@allow("correct_unowned")
def correct(request: Request, case_no: str) -> HttpResponse:
    """The form shows what stands on it: reveal comes first."""
    case = get_case(request.user, case_no)
    if parcel_of(case) is not None and not revealed(request.user, "case", case.pk):
        url = reverse("reveal-sender", args=[case.number])
        return redirect(f"{url}?next=correct")
    return case_view(_CORRECT)(request, case_no)


_CORRECT = CasePage(
    "correct_unowned",
    "改登记",
    CorrectUnownedForm,
    lambda c, f, x: correct_unowned(c, f.on_it(), **x),
)


@allow("reveal")
def reveal_sender(request: Request, case_no: str) -> HttpResponse:
    """Ask why, log it, and show the sender for the shift (architecture §7)."""
    case = get_case(request.user, case_no)
    form = RevealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["reason"]
        reveal(request.user, "case", case.pk, no=case.number, reason=why, now=timezone.now())
        follows = request.POST.get("next") == "correct" and may(request.user, "correct_unowned")
        return redirect("correct-unowned" if follows else "case", case.number)
    context = {
        "case": case,
        "form": form,
        "reasons": REASONS,
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    status = 422 if request.method == "POST" else 200
    name = "aftersales/reveal.html#card" if request.htmx else "aftersales/reveal.html"
    return render(request, name, context, status=status)


@allow("print_return_slip")
def label(request: Request, case_no: str) -> HttpResponse:
    """What is stuck on the parcel, with its barcode; with the sender once it goes back."""
    case = get_case(request.user, case_no)
    parcel = parcel_of(case)
    if parcel is None:
        raise Http404(f"{case.number} 不是无主件")
    try:
        return as_pdf(unowned_slip(_sheet(case, parcel), face()), case.number)
    except Refused as refusal:
        messages.error(request, refusal.verdict.reason)
        return redirect(case.get_absolute_url())


def _sheet(case: Case, parcel: UnownedParcel) -> UnownedSlip:
    came, due = timezone.localtime(case.opened_at), timezone.localtime(case.due_at)
    sender = (parcel.sender_name, parcel.sender_phone, parcel.sender_address)
    return UnownedSlip(
        case.number,
        f"{parcel.carrier_name} {case.waybill}".strip(),
        f"{came:%Y-%m-%d}",
        f"{due:%Y-%m-%d}" if case.waits_for == WaitsFor.OWNER else "",
        parcel.place,
        [f"{line.label} × {line.got or line.counted}" for line in case.lines.all()],
        " ".join(sender) if case.waits_for == WaitsFor.SHIPPING else "",
    )


urlpatterns = [
    path("unowned", unowned, name="unowned"),
    path("unowned/new", register, name="register-unowned"),
    path("cases/<str:case_no>/tie-unowned", tie, name="tie-unowned"),
    path("cases/<str:case_no>/correct-unowned", correct, name="correct-unowned"),
    path("cases/<str:case_no>/reveal-sender", reveal_sender, name="reveal-sender"),
    path("cases/<str:case_no>/unowned-label", label, name="unowned-label"),
    *case_paths(
        CasePage(
            "return_to_sender",
            "退回寄件人",
            ReturnToSenderForm,
            lambda c, f, x: return_to_sender(c, f.cleaned_data["why"], **x),
            "请仓库寄回",
        ),
        CasePage(
            "dispose_unowned",
            "处置",
            DisposeForm,
            lambda c, f, x: dispose_unowned(c, f.found(), f.notes(), **x),
            "处置",
            template="aftersales/inspect.html",
            uploads=True,
        ),
    ),
]
