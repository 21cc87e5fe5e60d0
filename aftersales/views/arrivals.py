"""The dock: find the parcel that came back, count it; a scanner alone (SOP 1.4.e, 1.4.f)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from aftersales.forms.goods_back import CountForm, FindForm
from aftersales.kinds import kind_of
from aftersales.kinds.kind import verdict_on
from aftersales.models import Case
from aftersales.policy import may_refuse_cod
from aftersales.selectors.arrivals import find_arrival
from aftersales.selectors.cases import get_case
from aftersales.selectors.facts import facts_of
from aftersales.selectors.unowned import by_label
from aftersales.services.arrivals import count_goods, finish_arrival, refuse_cod, undo_count
from core.acts import Actor, Repeated
from core.models import Act
from core.once import TokenForm
from core.scanning import say_faults
from core.verdict import Refused
from staff.http import Request
from staff.matrix import allow

DONE = ("CMD:OK", "OK")
UNDO = ("CMD:UNDO", "UNDO")


@allow("count_arrival")
def arrivals(request: Request) -> HttpResponse:
    """Scan a parcel that came back: slip, waybill or order; one hit opens its counting."""
    form = FindForm(request.POST or None)
    found: list[Case] = []
    status, unknown = 200, ""
    if request.method == "POST":
        if form.is_valid():
            found = find_arrival(form.cleaned_data["code"])
            if len(found) == 1:
                return redirect("count-arrival", found[0].number)
            if not found and (lies := by_label(form.cleaned_data["code"])):
                return redirect(lies.get_absolute_url())
            if not found:
                unknown = form.cleaned_data["code"].strip()
                messages.error(request, _nobody(unknown))
        else:
            say_faults(request, form)
        status = 200 if found else 409
    context = {"form": FindForm(), "found": found, "unknown": unknown}
    return render(request, "aftersales/arrivals.html", context, status=status)


def _nobody(code: str) -> str:
    return f"没有在等的退货是“{code}”。登记成无主件，放到无主件区。"


@allow("count_arrival")
def count_arrival(request: Request, case_no: str) -> HttpResponse:
    """Scan each piece; then “done” by button or command. Collect-on-delivery is refused."""
    case = get_case(request.user, case_no)
    if request.method != "POST":
        return _counting(request, case, CountForm())
    act = _ending(request)
    if act is not None:
        return _end(request, case, act)
    if "out" in request.POST:
        return _undo(request, case, request.POST["out"])
    form = CountForm(request.POST)
    if not form.is_valid():
        say_faults(request, form)
        return _counting(request, case, form, status=422)
    values = form.cleaned_data
    if values["code"].strip().upper() in DONE:
        return _end(request, case, finish_arrival)
    if values["code"].strip().upper() in UNDO:
        return _undo(request, case, values["last"])
    code, pieces = values["code"].strip(), values["quantity"]
    counted = partial(count_goods, case, code, pieces)
    return _count(request, case, counted, values["token"], f"{pieces} {code}")


def _undo(request: Request, case: Case, what: str) -> HttpResponse:
    """Take pieces out again: those of the last scan, or one of a line; `what`: “3 A1023-M”."""
    pieces, _, code = what.strip().partition(" ")
    form = TokenForm(request.POST)
    token = form.cleaned_data["token"] if form.is_valid() else None
    number = int(pieces) if pieces.isdecimal() and len(pieces) < 6 else 0
    return _count(request, case, partial(undo_count, case, code, max(1, number)), token)


def _count(
    request: Request, case: Case, act: Callable[..., Act], token: Any, last: str = ""
) -> HttpResponse:
    """Do it, and show how many are counted now; `last`: what can be taken back by one step."""
    status = 200
    try:
        act(**_common(request, token))
    except Repeated:
        pass
    except Refused as refusal:
        messages.error(request, f"{refusal.verdict.reason}{refusal.verdict.instead}")
        status, last = 409, ""
    fresh = get_case(request.user, case.number)
    return _counting(request, fresh, CountForm(initial={"last": last}), status=status)


Ending = Callable[..., Act]


def _ending(request: Request) -> Ending | None:
    """Which button was pressed."""
    if "cod" in request.POST:
        return refuse_cod
    return finish_arrival if "finish" in request.POST else None


def _common(request: Request, token: Any) -> dict[str, Any]:
    return {"by": Actor.person(request.user), "now": timezone.now(), "token": token}


def _end(request: Request, case: Case, act: Ending) -> HttpResponse:
    form = TokenForm(request.POST)
    token = form.cleaned_data["token"] if form.is_valid() else None
    try:
        done = act(case, **_common(request, token))
        messages.success(request, f"{done.summary}。")
    except Repeated:
        pass
    except Refused as refusal:
        messages.error(request, f"{refusal.verdict.reason}{refusal.verdict.instead}")
        return _counting(request, case, CountForm(), status=409)
    return redirect("arrivals")


def _counting(request: Request, case: Case, form: CountForm, *, status: int = 200) -> HttpResponse:
    lines = list(case.lines.order_by("id").select_related("sku", "line"))
    facts = facts_of(case)
    context = {
        "case": case,
        "form": form,
        "lines": lines,
        "verdict": verdict_on(kind_of(case.kind), "count_arrival", facts),
        "cod": may_refuse_cod(facts),
        "pieces": sum(line.pieces for line in lines),
        "counted": sum(line.counted for line in lines),
    }
    return render(request, "aftersales/count.html", context, status=status)


urlpatterns = [
    path("warehouse/arrivals", arrivals, name="arrivals"),
    path("cases/<str:case_no>/count-arrival", count_arrival, name="count-arrival"),
]
