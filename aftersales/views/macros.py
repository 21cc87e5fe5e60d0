"""The pages of macros: use one on an order or a case, write them (快捷)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from aftersales.forms.macros import MacroForm
from aftersales.models import Case, Macro
from aftersales.selectors.cases import get_case
from aftersales.selectors.macros import all_macros, get_macro, macros_for
from aftersales.services.acting import order_of
from aftersales.services.macros import save_macro, use_macro
from aftersales.views.case_page import to_case
from core.acts import Actor, Conflict, Repeated
from core.once import RowForm
from core.verdict import Refused
from orders.models import Order
from orders.selectors.order import get_order
from orders.views.act_page import draw, to_order
from staff.http import Request
from staff.matrix import allow


@allow("use_macro")
def on_order(request: Request, order_no: str) -> HttpResponse:
    """What can be done with one press on an order; by POST it is done."""
    return _use(request, get_order(request.user, order_no), None)


@allow("use_macro")
def on_case(request: Request, case_no: str) -> HttpResponse:
    """The same on a case."""
    case = get_case(request.user, case_no)
    if case.order is None:
        raise Http404("还不知道是哪一单的")
    return _use(request, order_of(case), case)


def _use(request: Request, order: Order, case: Case | None) -> HttpResponse:
    row: Any = case or order
    if request.method != "POST":
        return _show(request, order, case)
    form = RowForm(request.POST, row=row)
    chosen = request.POST.get("macro", "")
    if not form.is_valid() or not chosen.isdigit():
        return _show(request, order, case, status=422, wrong="这个页面已经不完整了，请重新打开。")
    common = {"by": Actor.person(request.user), "now": timezone.now(), **form.cleaned_data}
    try:
        done = use_macro(get_macro(int(chosen[:9])), order, case, **common)
    except Repeated as repeated:
        done = repeated.act
    except Refused as refusal:
        wrong = f"{refusal.verdict.reason}{refusal.verdict.instead}"
        return _show(request, order, case, status=409, wrong=wrong)
    except Conflict:
        return _show(request, order, case, status=409, wrong="同事刚改过，看一下再按。")
    return to_case(request, case, done) if case else to_order(request, order.order_no, done.id)


def _show(
    request: Request, order: Order, case: Case | None, *, status: int = 200, wrong: str = ""
) -> HttpResponse:
    row: Any = (
        get_case(request.user, case.number) if case else get_order(request.user, order.order_no)
    )
    context = {
        "row": row,
        "order": order,
        "macros": macros_for(request.user, order, case),
        "form": RowForm(row=row),
        "wrong": wrong,
        "action": request.path,
    }
    return draw(request, "aftersales/use_macro.html", context, status=status, part=False)


@allow("save_macro")
def macros(request: Request) -> HttpResponse:
    """All of them, those in use first."""
    return render(request, "aftersales/macros.html", {"macros": all_macros()})


@allow("save_macro")
def write(request: Request, macro_id: int = 0) -> HttpResponse:
    """A new one, or another wording: checked when it is saved."""
    row = get_macro(macro_id) if macro_id else Macro(version=0)
    form = MacroForm(request.POST if request.method == "POST" else None, row=row)
    if not form.is_bound or not form.is_valid():
        return _writing(request, form, row, 422 if form.is_bound else 200)
    seen, token = form.cleaned_data["seen"], form.cleaned_data["token"]
    by, now = Actor.person(request.user), timezone.now()
    try:
        save_macro(row, form.values(), by=by, now=now, seen=seen, token=token)
    except Repeated:
        pass
    except Conflict:
        typed = request.POST.copy()
        fresh = get_macro(macro_id)
        typed["seen"] = str(fresh.version)
        return _writing(request, MacroForm(typed, row=fresh), fresh, 409)
    return redirect("macros")


def _writing(request: Request, form: MacroForm, row: Macro, status: int) -> HttpResponse:
    context = {"form": form, "macro": row, "conflict": status == 409}
    return render(request, "aftersales/write_macro.html", context, status=status)


urlpatterns = [
    path("orders/<str:order_no>/macros", on_order, name="use-macro"),
    path("cases/<str:case_no>/macros", on_case, name="use-macro-on-case"),
    path("macros", macros, name="macros"),
    path("macros/new", write, name="new-macro"),
    path("macros/<int:macro_id>", write, name="edit-macro"),
]
