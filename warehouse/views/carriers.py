"""Carriers: how long each keeps a parcel and may be quiet; the owner keeps the table."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.acts import Actor, Repeated
from orders.words import CARRIERS
from staff.http import Request
from staff.matrix import allow
from warehouse.forms.way import CarrierForm
from warehouse.models import CarrierTerm
from warehouse.services.carriers import save_carrier


@allow("save_carriers")
def carriers(request: Request) -> HttpResponse:
    """All carriers with what is set, or what counts where nothing is."""
    known = {term.carrier: term for term in CarrierTerm.objects.all()}
    rows = [(code, known.get(code) or CarrierTerm(carrier=code)) for code in CARRIERS]
    return render(request, "warehouse/carriers.html", {"rows": rows})


@allow("save_carriers")
def carrier(request: Request, carrier: str) -> HttpResponse:
    """One carrier's settings."""
    if carrier not in CARRIERS:
        raise Http404(f"没有快递公司 {carrier}")
    term = CarrierTerm.objects.filter(carrier=carrier).first() or CarrierTerm(carrier=carrier)
    form = CarrierForm.of(term, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with suppress(Repeated):
            save_carrier(
                carrier,
                form.cleaned_data,
                by=Actor.person(request.user),
                now=timezone.now(),
                token=form.cleaned_data["token"],
            )
        messages.success(request, f"{CARRIERS[carrier]}保存好了。")
        return redirect("carriers")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "name": CARRIERS[carrier]}
    return render(request, "warehouse/carrier.html", context, status=status)
