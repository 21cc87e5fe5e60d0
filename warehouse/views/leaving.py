"""The last steps on screens: hand-over lists, freight, pick-up (SOP 2.g, 5.e)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.acts import Actor, Repeated
from core.keyset import BadCursor
from core.models import Act
from core.verdict import Refused, Verdict
from orders.forms.contact import ActForm
from orders.models import Order
from orders.views.act_page import ActPage, act_view
from orders.words import CARRIERS, Delivery
from staff.http import Request
from staff.matrix import allow, may
from warehouse import policy
from warehouse.forms.leaving import FreightForm, HandOutForm, HandOverForm
from warehouse.models import Parcel
from warehouse.selectors.leaving import (
    by_carrier,
    get_hand_over,
    get_parcel,
    hand_over_lines,
    hand_over_page,
    last_step,
    leaving_page,
    signed_page,
)
from warehouse.selectors.offers import may_tell_code
from warehouse.selectors.parcels import parcels_of
from warehouse.services.hand_over import MOST, hand_over
from warehouse.services.leave import hand_out, send_freight, tell_pickup_code
from warehouse.words import ParcelState

LISTS = {Delivery.PICKUP: "pick-ups", Delivery.FREIGHT: "freight"}


@allow("hand_over")
def carriers(request: Request) -> HttpResponse:
    """What waits for which carrier, and the lists that were signed."""
    try:
        signed = signed_page(request.user, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("hand-over")
    waiting = by_carrier(request.user, timezone.now())
    context = {"waiting": waiting, "page": signed, "names": CARRIERS, "base": "?"}
    return render(request, "warehouse/hand_over.html", context)


@allow("hand_over")
def carrier(request: Request) -> HttpResponse:
    """What one carrier is to take; the courier signs for it."""
    code = request.GET.get("carrier", "").replace("\0", "")[:64]
    form = HandOverForm(request.POST or None, initial={"shown_at": timezone.now().isoformat()})
    if request.method != "POST":
        return _carrier(request, code, form)
    if not form.is_valid():
        return _carrier(request, code, form, 422)
    values, now = form.cleaned_data, timezone.now()
    try:
        made = hand_over(
            request.user,
            code,
            values["signed_by"],
            min(values["shown_at"], now),
            by=Actor.person(request.user),
            now=now,
            token=values["token"],
        )
    except Repeated:
        return redirect("hand-over")
    except Refused as refusal:
        return _carrier(request, code, form, 409, refusal.verdict)
    more = "；还有没签的，再签一张" if made.count == MOST else ""
    messages.success(
        request, f"交接单 {made.number}：{made.count} 件，{made.signed_by} 签收{more}。"
    )
    return redirect("hand-over-list", made.number)


def _carrier(
    request: Request, code: str, form: HandOverForm, status: int = 200, no: Verdict | None = None
) -> HttpResponse:
    try:
        found = hand_over_page(request.user, code, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("hand-over")
    context = {
        "page": found,
        "carrier": code,
        "name": CARRIERS.get(code, code) or "没有定快递",
        "form": form,
        "verdict": no,
        "base": f"?{urlencode({'carrier': code})}",
        "action": f"{reverse('hand-over-carrier')}?{urlencode({'carrier': code})}",
    }
    return render(request, "warehouse/hand_over_carrier.html", context, status=status)


@allow("hand_over")
def signed(request: Request, list_no: str) -> HttpResponse:
    """A signed list as it was taken; it is never opened again."""
    made = get_hand_over(request.user, list_no)
    context = {
        "made": made,
        "name": CARRIERS.get(made.carrier, made.carrier),
        "parcels": hand_over_lines(made),
    }
    return render(request, "warehouse/hand_over_list.html", context)


@allow("view_pickups")
def pick_ups(request: Request) -> HttpResponse:
    """What waits for its customer; service tells the code, the warehouse hands it out."""
    return _leaving(request, Delivery.PICKUP, "warehouse/pick_ups.html")


@allow("send_freight")
def freight(request: Request) -> HttpResponse:
    """What waits for a freight company."""
    return _leaving(request, Delivery.FREIGHT, "warehouse/freight.html")


def _leaving(request: Request, how: Delivery, template: str) -> HttpResponse:
    try:
        found = leaving_page(request.user, how, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect(LISTS[how])
    context = {
        "page": found,
        "base": "?",
        "hands_out": may(request.user, "hand_out"),
        "tells": may(request.user, "tell_pickup_code"),
        "token": uuid.uuid4,
    }
    return render(request, template, context)


@allow("scan")
@require_POST
def scanned(request: Request) -> HttpResponse:
    """A parcel was scanned on one of the two lists: to its last step, or why it has none here."""
    number = request.POST.get("code", "").replace("\0", "").strip()[:64].upper()
    if page := last_step(request.user, number):
        return redirect(page)
    messages.error(request, _no_last_step(request, number))
    lists = set(LISTS.values())
    back = request.POST.get("back", "")
    return redirect(back if back in lists else LISTS[Delivery.FREIGHT])


def _no_last_step(request: Request, number: str) -> str:
    parcel = parcels_of(request.user).filter(number=number).first()
    if parcel is None:
        return f"没有包裹 {number}。看底单上的条码是不是别的单据。"
    delivery = Delivery(parcel.delivery)
    if delivery is Delivery.EXPRESS:
        return f"{number} 走快递：到发货台扫面单。"
    if parcel.state != ParcelState.WEIGHED:
        return f"{number} 现在是“{parcel.get_state_display()}”，不在等交货的里面。"
    return f"停！{number} 有未解除的挂起，不能交。放到待处理区，等客服处理。"


def _tell_code(order: Order, form: ActForm, common: dict[str, Any]) -> Act:
    return tell_pickup_code(order, **common)


tell_code = act_view(
    ActPage(
        "tell_pickup_code",
        "告诉取货码",
        ActForm,
        may_tell_code,
        _tell_code,
        "生成新的取货码",
    )
)


@allow("hand_out")
def out(request: Request, parcel_no: str) -> HttpResponse:
    """Hand a parcel to its customer: code and identity."""
    parcel = get_parcel(request.user, parcel_no)

    def perform(form: HandOutForm) -> Act:
        values = form.cleaned_data
        return hand_out(
            parcel,
            values["code"],
            form.contacted(),
            by=Actor.person(request.user),
            now=timezone.now(),
            token=values["token"],
        )

    return _last_step(request, parcel, Delivery.PICKUP, HandOutForm, perform)


@allow("send_freight")
def by_freight(request: Request, parcel_no: str) -> HttpResponse:
    """The freight company took it: name and consignment note."""
    parcel = get_parcel(request.user, parcel_no)

    def perform(form: FreightForm) -> Act:
        values = form.cleaned_data
        request.session["freight_company"] = values["company"]  # the next one goes by it, too
        return send_freight(
            parcel,
            values["company"],
            values["note_no"],
            by=Actor.person(request.user),
            now=timezone.now(),
            token=values["token"],
        )

    return _last_step(request, parcel, Delivery.FREIGHT, FreightForm, perform)


def _last_step(
    request: Request,
    parcel: Parcel,
    how: Delivery,
    kind: type[forms.Form],
    perform: Callable[[Any], Act],
) -> HttpResponse:
    usual = {"company": request.session.get("freight_company", "")}
    form, status, verdict = kind(request.POST or None, initial=usual), 200, None
    fits = policy.may_leave_by(Delivery(parcel.delivery), how)
    if not fits.allowed:
        status, verdict = 409 if request.method == "POST" else 200, fits
    elif request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        try:
            return _done(request, parcel, how, perform(form))
        except Repeated as repeated:
            return _done(request, parcel, how, repeated.act)
        except Refused as refusal:
            status, verdict = 409, refusal.verdict
    context = {
        "parcel": parcel,
        "order": parcel.order,
        "lines": parcel.lines.select_related("sku").order_by("id"),
        "form": form,
        "verdict": verdict,
        "fits": fits.allowed,
        "how": how,
        "back": reverse(LISTS[how]),
    }
    return render(request, "warehouse/last_step.html", context, status=status)


def _done(request: Request, parcel: Parcel, how: Delivery, done: Act) -> HttpResponse:
    messages.success(request, f"{parcel.order.order_no}：{done.summary}。")
    return redirect(LISTS[how])
