"""Differences between bills and books, and the bills (SOP 6.d)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from core.acts import Actor, Repeated
from core.keyset import BadCursor
from core.selectors import acts_on
from core.tables.errors import Unreadable
from orders.selectors.page import labelled
from refunds import reconciling
from refunds.forms.reconcile import BillForm, CloseForm, ReopenForm
from refunds.models import Bill, Difference
from refunds.models.bill import GATEWAYS
from refunds.selectors.differences import (
    ADVICE,
    bills_page,
    difference_offers,
    differences_page,
    filters_of,
    get_bill,
    get_difference,
    odd_rows,
    told,
)
from refunds.services.reconcile.bring import bring_bill
from refunds.services.reconcile.comparing import compare_bill
from refunds.services.reconcile.settling import close_difference, reopen_difference
from refunds.words import DifferenceKind, DifferenceState
from staff.http import Request
from staff.matrix import allow
from staff.row_page import RowPage, row_view


@allow("view_differences")
def differences(request: Request) -> HttpResponse:
    """The worklist: what bill and books do not agree on."""
    filters = filters_of(request.GET.dict())
    try:
        found = differences_page(request.user, filters, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("differences")
    context = {
        "page": found,
        "filters": filters,
        "asked": filters.asked,
        "gateways": dict(GATEWAYS),
        "kinds": dict(DifferenceKind.choices()),
        "states": dict(DifferenceState.choices()),
        "base": f"?{urlencode(filters.asked)}",
    }
    return render(request, "refunds/differences.html", context)


@allow("view_differences")
def difference(request: Request, difference_id: int) -> HttpResponse:
    """Both sides of one, what to do about it, and what was done."""
    row = get_difference(request.user, difference_id)
    context = {
        "row": row,
        "advice": ADVICE[DifferenceKind(row.kind)],
        "offers": difference_offers(row, request.user),
        "acts": labelled(acts_on(row)),
    }
    return render(request, "refunds/difference.html", context)


def _find(difference_id: int) -> Difference:
    return Difference.objects.select_related("shop").get(pk=difference_id)


_close = row_view(
    RowPage(
        "close_difference",
        "关闭差异",
        _find,
        CloseForm,
        lambda row, user: reconciling.may_close(DifferenceState(row.state)),
        lambda row, values, common: close_difference(row, values["why"], **common),
        "关闭",
    )
)
_reopen = row_view(
    RowPage(
        "reopen_difference",
        "重新打开差异",
        _find,
        ReopenForm,
        lambda row, user: reconciling.may_reopen(DifferenceState(row.state)),
        lambda row, values, common: reopen_difference(row, values["why"], **common),
        "重新打开",
    )
)


@allow("close_difference")
def close(request: Request, difference_id: int) -> HttpResponse:
    """Say what it was; another shop's is 404."""
    get_difference(request.user, difference_id)
    return _back(request, _close(request, difference_id=difference_id))


def _back(request: Request, answer: HttpResponse) -> HttpResponse:
    """Done out of the list, one goes on in the list, filtered as it was."""
    came_from = request.htmx.current_url_abs_path or ""
    in_list = came_from.partition("?")[0] == reverse("differences")
    return HttpResponseClientRedirect(came_from) if "HX-Redirect" in answer and in_list else answer


@allow("reopen_difference")
def reopen(request: Request, difference_id: int) -> HttpResponse:
    """It is not settled; another shop's is 404."""
    get_difference(request.user, difference_id)
    return _reopen(request, difference_id=difference_id)


# -- bills ---------------------------------------------------------------------------------------


@allow("bring_bill")
def bills(request: Request) -> HttpResponse:
    """Bring a bill; those so far, newest first."""
    form = BillForm(request.POST or None, request.FILES or None, user=request.user)
    status = 200
    if request.method == "POST":
        if form.is_valid() and (bill := _bring(request, form)):
            return redirect(bill)
        status = 422
    try:
        found = bills_page(request.user, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("bills")
    context = {"form": form, "page": found, "base": "?"}
    return render(request, "refunds/bills.html", context, status=status)


def _bring(request: Request, form: BillForm) -> Bill | None:
    values, now = form.cleaned_data, timezone.now()
    try:
        bill, new = bring_bill(
            values["shop"], values["file"], by=request.user, now=now, day=values["day"]
        )
    except Unreadable as error:
        form.add_error("file", str(error))
        return None
    if not new:
        messages.info(request, "这份账单已经在这里了，没有重复读。")
    return bill


@allow("bring_bill")
def bill(request: Request, bill_id: int) -> HttpResponse:
    """What was read of it, and what the comparison found; polled while it runs."""
    row = get_bill(request.user, bill_id)
    if request.htmx and not (row.job and row.job.open):
        return HttpResponseClientRefresh()
    context = {
        "bill": row,
        "told": told(row),
        "odd": odd_rows(row),
        "differs": differences_page(
            request.user, filters_of({"day": str(row.day), "gateway": row.gateway}), ""
        ),
    }
    name = "refunds/bill.html#progress" if request.htmx else "refunds/bill.html"
    return render(request, name, context)


@allow("compare_bill")
def compare(request: Request, bill_id: int) -> HttpResponse:
    """What was read is right: compare it."""
    row = get_bill(request.user, bill_id)
    if request.method == "POST" and row.read_at:
        try:
            now = timezone.now()
            compare_bill(row, by=Actor.person(request.user), user=request.user, now=now)
        except Repeated:
            pass
    return redirect(row)
