"""What carriers are asked to pay: the worklist, and the acts on one (快递理赔, SOP 3.b)."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from aftersales.forms.claims import ClaimForm, ClaimPaidForm, ClaimRefusedForm, CorrectClaimForm
from aftersales.selectors.claims import claims_page
from aftersales.services.claims import claim_carrier, claim_paid, claim_refused, correct_claim
from aftersales.views.case_page import CasePage, case_paths
from core.keyset import BadCursor
from staff.http import Request
from staff.matrix import allow


@allow("view_claims")
def claims(request: Request) -> HttpResponse:
    """What is asked, due first; what was paid or refused, newest first."""
    ended = request.GET.get("ended") == "1"
    try:
        found = claims_page(request.user, ended=ended, cursor=request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("claims")
    base = "?ended=1" if ended else "?"
    context = {"page": found, "ended": ended, "base": base, "now": timezone.now()}
    return render(request, "aftersales/claims.html", context)


def _asked(form: ClaimForm) -> tuple[Decimal, str, str]:
    values = form.cleaned_data
    return values["amount"], values["why"], values["more"]


urlpatterns = [
    path("claims", claims, name="claims"),
    *case_paths(
        CasePage(
            "claim_carrier",
            "向快递理赔",
            ClaimForm,
            lambda c, f, x: claim_carrier(c, *_asked(f), **x),
            "提出理赔",
        ),
        CasePage(
            "claim_paid",
            "快递赔了",
            ClaimPaidForm,
            lambda c, f, x: claim_paid(c, f.cleaned_data["got"], f.cleaned_data["said"], **x),
            "登记",
        ),
        CasePage(
            "claim_refused",
            "快递不赔",
            ClaimRefusedForm,
            lambda c, f, x: claim_refused(c, f.cleaned_data["said"], **x),
            "登记",
        ),
        CasePage(
            "correct_claim",
            "改正理赔",
            CorrectClaimForm,
            lambda c, f, x: correct_claim(c, *_asked(f), **x),
            "改正",
        ),
    ),
]
