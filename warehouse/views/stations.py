"""The stations: one page each, one POST a scan (SOP 2.e to 2.g; screens: Warehouse)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth import login
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.verdict import Refused, Verdict
from staff.http import Request
from staff.matrix import allow
from staff.models import User
from staff.services.badges import person_of
from warehouse import codes
from warehouse.forms.scan import PinForm, ScanForm
from warehouse.models import Parcel, Scan
from warehouse.selectors.leaving import last_step
from warehouse.selectors.parcels import seen_by
from warehouse.selectors.stations import bench, print_of, stop_of
from warehouse.services.scan import scan
from warehouse.services.scanned import Scanned
from warehouse.words import Station

BENCHES = [Station.VERIFY, Station.PACK, Station.WEIGH, Station.SHIP]
ASKS = {
    Station.VERIFY: ("扫包裹号", "扫商品"),
    Station.PACK: ("扫包裹号", "扫箱码"),
    Station.WEIGH: ("扫包裹号", "称重（克）"),
    Station.SHIP: ("扫包裹号", "扫运单号"),
}


def _station(name: str) -> Station:
    try:
        station = Station(name)
    except ValueError as error:
        raise Http404(f"没有工位 {name}") from error
    if station not in BENCHES:
        raise Http404(f"没有工位 {name}")
    return station


@allow("scan")
def station(request: Request, station: str) -> HttpResponse:
    """A station with its scan field; `?parcel=` is the one in hand."""
    kind = _station(station)
    parcel = seen_by(request.user, request.GET.get("parcel", ""))
    answer = render(request, "warehouse/station.html", _context(request, kind, parcel))
    answer._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]  # what it prints
    return answer


def _context(
    request: Request, station: Station, parcel: Parcel | None, done: Scan | None = None
) -> dict[str, Any]:
    first, then = ASKS[station]
    return {
        "bench": bench(request.user, station, parcel),
        "benches": BENCHES,
        "asks": then if parcel else first,
        "done": done,
        "said": done.answer.partition("\n") if done else None,
        "print": print_of(done) if done else None,
        "token": uuid.uuid4(),
        "url": reverse("station", args=[station.value]),
    }


@allow("scan")
@require_POST
def scanned(request: Request, station: str) -> HttpResponse:
    """One scan: done once by its token, answered with the bench as it is now."""
    kind = _station(station)
    form = ScanForm(request.POST)
    if not form.is_valid():
        return HttpResponse("扫描不完整，请再扫一次。", status=422)
    values = form.cleaned_data
    code = codes.read(values["code"])
    if code.kind is codes.Kind.BADGE:
        return _ask_pin(request, kind, seen_by(request.user, values["parcel"]), code.value)
    if kind is Station.SHIP and code.kind is codes.Kind.PARCEL:
        page = last_step(request.user, code.value)
        if page:
            return JsonResponse({"next": page})
    one = (values["code"], values["token"], request.user, timezone.now(), values["parcel"])
    done = scan(Scanned(kind, *one))
    context = _context(request, kind, done.parcel, done)
    return render(request, "warehouse/station.html#bench", context)


def _ask_pin(
    request: Request,
    station: Station,
    parcel: Parcel | None,
    badge: str,
    wrong: Verdict | None = None,
) -> HttpResponse:
    context = _context(request, station, parcel) | {"badge": badge, "wrong": wrong}
    return render(request, "warehouse/station.html#bench", context)


def sign_in(request: Request, badge: str, pin: str) -> User:
    """This person works here from now on. Raises Refused."""
    person = person_of(badge, pin, now=timezone.now())
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return person


@allow("switch_operator")
@require_POST
def switch_operator(request: Request, station: str) -> HttpResponse:
    """Badge and PIN: another person works here from now on; the parcel stays in hand."""
    kind = _station(station)
    form = PinForm(request.POST)
    if not form.is_valid():
        return HttpResponse("工牌或 PIN 不完整，请重新扫工牌。", status=422)
    values = form.cleaned_data
    parcel = seen_by(request.user, values["parcel"])
    try:
        person = sign_in(request, values["badge"], values["pin"])
    except Refused as refusal:
        return _ask_pin(request, kind, parcel, "", refusal.verdict)
    seen = seen_by(person, values["parcel"])
    query = f"?parcel={seen.number}" if seen else ""
    return JsonResponse({"next": reverse("station", args=[kind.value]) + query})


@allow("switch_operator")
@require_POST
def operator(request: Request) -> HttpResponse:
    """Badge and PIN on a page with one scanner form: another person goes on with it."""
    form = PinForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"wrong": "工牌或 PIN 不完整，请重新扫工牌。"})
    try:
        sign_in(request, form.cleaned_data["badge"], form.cleaned_data["pin"])
    except Refused as refusal:
        return JsonResponse({"wrong": f"{refusal.verdict.reason}{refusal.verdict.instead}"})
    page = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return JsonResponse({"next": page if ours else reverse("warehouse")})


@allow("scan")
def live(request: Request, station: str) -> HttpResponse:
    """Does the parcel in hand have to stop? 204 while it may go on. Never extends the session."""
    kind = _station(station)
    parcel = seen_by(request.user, request.GET.get("parcel", ""))
    stop = stop_of(parcel) if parcel else None
    shown = request.GET.get("stop", "") == "yes"
    if (stop is not None) == shown:
        return HttpResponse(status=204)
    return render(request, "warehouse/station.html#bench", _context(request, kind, parcel))
