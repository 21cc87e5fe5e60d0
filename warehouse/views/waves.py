"""The wave board, and a wave's list by the shelf walk with its scan field (SOP 2.c, 2.d)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.acts import Actor, Repeated
from core.keyset import BadCursor
from core.verdict import Refused, Verdict
from orders.selectors.filters import shops_of
from staff.http import Request
from staff.matrix import allow, may
from warehouse import codes
from warehouse.forms.scan import PinForm, ScanForm
from warehouse.forms.wave import WaveForm
from warehouse.models import Parcel, Scan, Wave
from warehouse.selectors.board import get_wave, home, preview, short_page, shorts_of, wave_page
from warehouse.selectors.pick import stops_in, walk
from warehouse.selectors.stations import last_scans
from warehouse.services.scan import scan
from warehouse.services.scanned import Scanned
from warehouse.services.short import look
from warehouse.services.waves import begin_wave, make_wave
from warehouse.views.stations import sign_in
from warehouse.words import Station, WaveState

ASKS = {
    WaveState.OPEN: "扫波次号领取",
    WaveState.PICKING: "扫商品",
    WaveState.DONE: "配完了，拿到校验台",
}


@allow("view_warehouse")
def warehouse(request: Request) -> HttpResponse:
    """What waits at each stage, what is late, expedited first."""
    context = {"home": home(request.user, timezone.now()), "scans": may(request.user, "scan")}
    return render(request, "warehouse/home.html", context)


@allow("make_wave")
def waves(request: Request) -> HttpResponse:
    """The waves under way; GET with conditions shows what a new one would hold, POST makes it."""
    now = timezone.now()
    shops = [(shop.code, shop.name) for shop in shops_of(request.user)]
    data = request.POST if request.method == "POST" else request.GET
    form = WaveForm(data or None, shops=shops, initial={"most": 40})
    status, refusal = 200, None
    if request.method == "POST":
        if form.is_valid():
            made = _make(request, form)
            if isinstance(made, HttpResponse):
                return made
            refusal = made
        status = 409 if refusal else 422
    try:
        found = wave_page(request.user, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("waves")
    asked = form.is_bound and form.is_valid()
    context = {
        "form": form,
        "page": found,
        "base": "?",
        "refusal": refusal,
        "token": uuid.uuid4(),
        "preview": preview(request.user, form.asked(now)) if asked else None,
    }
    return render(request, "warehouse/waves.html", context, status=status)


def _make(request: Request, form: WaveForm) -> HttpResponse | Verdict:
    now = timezone.now()
    token = form.cleaned_data["token"]
    by = Actor.person(request.user)
    try:
        made = make_wave(request.user, form.asked(now), by=by, now=now, token=token)
    except Repeated:
        return redirect("waves")
    except Refused as refusal:
        return refusal.verdict
    messages.success(request, f"建好波次 {made.number}。打印或领取配货单后开始配货。")
    return redirect("wave", made.number)


def _wave(request: Request, number: str) -> Wave:
    wave = get_wave(request.user, number)
    if wave is None:
        raise Http404(f"没有波次 {number}")
    return wave


@allow("scan")
def wave(request: Request, wave_no: str) -> HttpResponse:
    """A wave's pick list, sorted by the shelf walk."""
    return render(request, "warehouse/wave.html", _list(request, _wave(request, wave_no)))


def _list(request: Request, wave: Wave, done: Scan | None = None) -> dict[str, Any]:
    shelves = walk(wave)
    left = [shelf for shelf in shelves if shelf.left - shelf.short > 0]
    parcels = wave.parcels.select_related("order").order_by("slot")
    stops = stops_in(wave)
    return {
        "wave": wave,
        "shelves": shelves,
        "next": left[0] if left else None,
        "pieces": sum(shelf.quantity for shelf in shelves),
        "picked": sum(shelf.picked for shelf in shelves),
        "parcels": list(parcels) if wave.state == WaveState.OPEN else [],
        "scans": last_scans(request.user, Station.PICK),
        "done": done,
        "said": done.answer.partition("\n") if done else None,
        "asks": ASKS[WaveState(wave.state)],
        "token": uuid.uuid4(),
        "prints": may(request.user, "print_papers"),
        "stops": stops,
        "stop_mark": _mark(stops),
    }


def _mark(stops: list[Parcel]) -> str:
    return ",".join(parcel.number for parcel in stops)


@allow("scan")
def live(request: Request, wave_no: str) -> HttpResponse:
    """Is something of the list to be stopped since it was shown? 204 while nothing changed."""
    wave = _wave(request, wave_no)
    if _mark(stops_in(wave)) == request.GET.get("stop", ""):
        return HttpResponse(status=204)
    return render(request, "warehouse/wave.html#bench", _list(request, wave))


@allow("scan")
@require_POST
def pick_scanned(request: Request, wave_no: str) -> HttpResponse:
    """One scan at the shelves."""
    wave, form = _wave(request, wave_no), ScanForm(request.POST)
    if not form.is_valid():
        return HttpResponse("扫描不完整，请再扫一次。", status=422)
    values, now = form.cleaned_data, timezone.now()
    code = codes.read(values["code"])
    if code.kind is codes.Kind.BADGE:
        shown = _list(request, wave) | {"badge": code.value}
        return render(request, "warehouse/wave.html#bench", shown)
    asked = Scanned(Station.PICK, values["code"], values["token"], request.user, now, wave=wave)
    done = scan(asked)
    wave.refresh_from_db()
    return render(request, "warehouse/wave.html#bench", _list(request, wave, done))


@allow("switch_operator")
@require_POST
def switch(request: Request, wave_no: str) -> HttpResponse:
    """Badge and PIN at the shelves: another person goes on with the list."""
    wave, form = _wave(request, wave_no), PinForm(request.POST)
    if not form.is_valid():
        return HttpResponse("工牌或 PIN 不完整，请重新扫工牌。", status=422)
    try:
        sign_in(request, form.cleaned_data["badge"], form.cleaned_data["pin"])
    except Refused as refusal:
        shown = _list(request, wave) | {"wrong": refusal.verdict}
        return render(request, "warehouse/wave.html#bench", shown)
    return JsonResponse({"next": reverse("wave", args=[wave.number])})


@allow("begin_wave")
@require_POST
def begin(request: Request, wave_no: str) -> HttpResponse:
    """Take the list: its orders are begun."""
    wave, now = _wave(request, wave_no), timezone.now()
    token = _token(request)
    try:
        begin_wave(wave, by=Actor.person(request.user), now=now, token=token)
        messages.success(request, f"领取了波次 {wave.number}，开始配货。")
    except Repeated:
        pass
    except Refused as refusal:
        messages.error(request, refusal.verdict.reason)
    return redirect("wave", wave.number)


def _token(request: Request) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return None


@allow("look_for_short")
def shorts(request: Request) -> HttpResponse:
    """Goods that were told missing: another person looks."""
    try:
        found = short_page(request.user, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("shorts")
    return render(request, "warehouse/shorts.html", {"page": found, "base": "?"})


@allow("look_for_short")
@require_POST
def short_looked(request: Request, short_id: int) -> HttpResponse:
    """Found, or not there: then the stock is corrected and the order goes back to service."""
    short = shorts_of(request.user).filter(pk=short_id).first()
    answer = request.POST.get("found")
    if short is None or answer not in ("yes", "no"):
        messages.error(request, "这一条已经有人复核过了，或者不在了。")
        return redirect("shorts")
    try:
        by, now = Actor.person(request.user), timezone.now()
        parcel = look(short, found=answer == "yes", by=by, now=now)
        text = "找到了，接着配。" if answer == "yes" else "库存已改，订单退回客服，底单作废。"
        messages.success(request, f"{parcel.number}：{text}")
    except Refused as refusal:
        messages.error(request, f"{refusal.verdict.reason}{refusal.verdict.instead}")
    return redirect("shorts")
