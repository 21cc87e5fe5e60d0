"""The pool of waybill numbers, and fetching numbers for a wave or a parcel (SOP 2.g)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.acts import Actor, Repeated
from core.once import TokenForm
from core.verdict import Refused, Verdict
from staff.http import Request
from staff.matrix import allow
from warehouse.forms.waybills import ReplaceForm, WaybillsForm
from warehouse.models import Parcel, Wave
from warehouse.selectors.papers import parcels_by_id, parcels_of
from warehouse.selectors.prints import get_parcel, get_wave
from warehouse.selectors.waybills import LOW, may_replace, pools
from warehouse.services.waybills.assign import assign_waybills
from warehouse.services.waybills.pool import import_waybills
from warehouse.services.waybills.replace import replace_waybill


@allow("import_waybills")
def waybills(request: Request) -> HttpResponse:
    """What is left of each carrier's numbers; new ones go in here."""
    form = WaybillsForm(request.POST or None, files=request.FILES or None)
    if request.method == "POST" and form.is_valid():
        _import(request, form)
        return redirect("waybills")
    status = 422 if request.method == "POST" else 200
    rows = pools()
    known = [pool for pool in rows if pool.ever]
    context = {"form": form, "pools": known, "low": LOW}
    return render(request, "warehouse/waybills.html", context, status=status)


def _import(request: Request, form: WaybillsForm) -> None:
    values, read = form.cleaned_data, form.read
    by, now = Actor.person(request.user), timezone.now()
    try:
        kept = import_waybills(values["carrier"], read, by=by, now=now, token=values["token"])
    except Repeated:
        return
    text = f"放进了 {kept.new} 个新的运单号。"
    if kept.known:
        text += f"{kept.known} 个早就有，没有再放。"
    messages.success(request, text)
    if read.odd:
        messages.warning(
            request, f"{read.odd} 个看上去不像这家快递的运单号，请核对是不是选错了快递。"
        )


@allow("assign_waybill")
@require_POST
def assign_wave(request: Request, wave_no: str) -> HttpResponse:
    """Numbers for the parcels of a wave that have none."""
    wave = get_wave(wave_no)
    _assign(request, parcels_of(wave, request.user), wave)
    return redirect("print-wave", wave.number, "label")


@allow("assign_waybill")
@require_POST
def assign_parcel(request: Request, parcel_no: str) -> HttpResponse:
    """A number for one parcel."""
    parcel = get_parcel(request.user, parcel_no)
    _assign(request, parcels_by_id([parcel.pk]), None)
    return redirect("print-parcel", parcel.number, "label")


@allow("replace_waybill")
def replace(request: Request, parcel_no: str) -> HttpResponse:
    """Another number for a parcel, why, and its label again."""
    parcel = get_parcel(request.user, parcel_no)
    form = ReplaceForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _replacing(request, parcel, form, 422 if form.is_bound else 200)
    why, by, now = form.cleaned_data["why"], Actor.person(request.user), timezone.now()
    try:
        done = replace_waybill(parcel, why, by=by, now=now, token=form.cleaned_data["token"])
    except Repeated:
        return redirect("print-parcel", parcel.number, "label")
    except Refused as refusal:
        return _replacing(request, parcel, form, 409, refusal.verdict)
    messages.success(request, f"{parcel.waybill} 已作废，{done.said}。撕掉旧面单，打新的。")
    page = reverse("print-parcel", args=[parcel.number, "label"])
    return redirect(f"{page}?reason={quote(why)}")


def _replacing(
    request: Request, parcel: Parcel, form: ReplaceForm, status: int, no: Verdict | None = None
) -> HttpResponse:
    verdict = no or may_replace(parcel)
    context = {"parcel": parcel, "form": form, "verdict": verdict}
    return render(request, "warehouse/replace_waybill.html", context, status=status)


def _assign(request: Request, parcels: Sequence[Parcel], wave: Wave | None) -> None:
    form = TokenForm(request.POST)
    token = form.cleaned_data["token"] if form.is_valid() else None
    by = Actor.person(request.user)
    try:
        done = assign_waybills(parcels, by=by, now=timezone.now(), wave=wave, token=token)
    except Repeated:
        return
    messages.success(request, f"{done.said}。")
