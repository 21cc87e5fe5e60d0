"""The intercept board and the warehouse's answers (SOP 1.1.e, 1.2.b)."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.acts import Actor, Repeated
from core.keyset import BadCursor
from core.scanning import say_faults
from core.verdict import Refused, Verdict
from orders import stopping
from orders.models import Hold
from staff.http import Request
from staff.matrix import allow, may
from warehouse.forms.intercept import StoppedForm, TooLateForm
from warehouse.selectors.intercepts import TABS, board, get_hold, scanned, whereabouts
from warehouse.services.intercept import confirm_stop, too_late


@allow("view_intercepts")
def intercepts(request: Request) -> HttpResponse:
    """What is to be stopped, the oldest first; what is stopped and waits for service."""
    tab = request.GET.get("tab", "asked")
    tab = tab if tab in TABS else "asked"
    try:
        found = board(request.user, tab, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("intercepts")
    mark = _mark(found.rows)
    if request.htmx and request.GET.get("mark") == mark:
        return HttpResponse(status=204)
    context = {
        "page": found,
        "mark": mark,
        "tab": tab,
        "tabs": TABS,
        "base": f"?tab={tab}",
        "answers": may(request.user, "confirm_stop"),
        "withdraws": may(request.user, "withdraw_stop"),
    }
    name = "warehouse/intercepts.html" + ("#rows" if request.htmx else "")
    return render(request, name, context)


def _mark(rows: list[Hold]) -> str:
    """Changes when the board does: what is asked, where the parcels are, what was answered."""
    shown = []
    for hold in rows:
        where = hold.where  # type: ignore[attr-defined]
        parcel = (where.parcel.pk, where.parcel.state) if where.parcel else None
        shown.append((hold.pk, hold.stop, parcel, where.scan and where.scan.pk))
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


@allow("confirm_stop")
@require_POST
def scan(request: Request) -> HttpResponse:
    """A parcel, waybill or order was scanned: to its answer, or a word that it may go on."""
    code = request.POST.get("code", "").replace("\0", "").strip()[:64].upper()
    order_no, hold = scanned(request.user, code)
    if hold is not None:
        return redirect("intercept", hold.pk)
    if order_no:
        messages.success(request, f"{order_no} 没有人要求拦截，可以接着做。")
    else:
        messages.error(request, "没有这个包裹、运单或订单。看看条码是不是扫全了。")
    return redirect("intercepts")


@allow("confirm_stop")
def answer(request: Request, hold_id: int) -> HttpResponse:
    """Stopped: where the goods went back. A scanned CMD:OUT says that it was too late."""
    hold = get_hold(request.user, hold_id)
    form = StoppedForm(request.POST or None)
    if request.method != "POST":
        return _show(request, hold, form)
    if not form.is_valid():
        say_faults(request, form)
        return _show(request, hold, form, status=422)
    token = form.cleaned_data["token"]
    if form.command == "OUT":
        return _do(request, hold, form, lambda **do: too_late(hold, "", token=token, **do))
    return _do(request, hold, form, lambda **do: confirm_stop(hold, form.place, token=token, **do))


@allow("too_late")
@require_POST
def late(request: Request, hold_id: int) -> HttpResponse:
    """It could not be stopped: it ships."""
    hold = get_hold(request.user, hold_id)
    form = TooLateForm(request.POST)
    if not form.is_valid():
        return _show(request, hold, StoppedForm(), status=422)
    values = form.cleaned_data
    return _do(
        request,
        hold,
        StoppedForm(),
        lambda **do: too_late(hold, values["why"], token=values["token"], **do),
    )


def _do(request: Request, hold: Hold, form: StoppedForm, perform: Any) -> HttpResponse:
    """Answer, and back to the board for the next one."""
    try:
        done = perform(by=Actor.person(request.user), now=timezone.now())
    except Repeated as repeated:
        done = repeated.act
    except Refused as refusal:
        return _show(request, get_hold(request.user, hold.pk), form, 409, refusal.verdict)
    messages.success(request, f"{hold.order.order_no}：{done.summary}。已经告诉要求拦截的人。")
    return redirect("intercepts")


def _show(
    request: Request,
    hold: Hold,
    form: StoppedForm,
    status: int = 200,
    refusal: Verdict | None = None,
) -> HttpResponse:
    order, is_open = hold.order, hold.state == "open"
    facts = order.facts()
    context = {
        "hold": hold,
        "order": order,
        "lines": list(order.lines.select_related("sku").order_by("id")),
        "where": whereabouts([order.pk]).get(order.pk),
        "form": form,
        "late": TooLateForm(auto_id="late_%s"),
        "verdict": refusal or stopping.may_confirm_stop(facts, hold.fact(), is_open=is_open),
        "waits": stopping.may_answer(facts, hold.fact(), is_open=is_open).allowed,
        "here": stopping.may_confirm_stop(facts, hold.fact(), is_open=is_open).allowed,
    }
    return render(request, "warehouse/intercept.html", context, status=status)
