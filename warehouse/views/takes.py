"""Stock-takes: begin one, count blind by scanner, accept what differs (SOP 5.b)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.acts import Actor, Repeated
from core.keyset import BadCursor
from core.scanning import say_faults
from core.selectors import acts_on
from core.verdict import Refused, Verdict
from orders.selectors.page import labelled
from staff.http import Request
from staff.matrix import allow, may
from staff.models import User
from staff.row_page import RowPage, row_view
from warehouse import take_policy as policy
from warehouse.forms.takes import BeginForm, CancelForm, CountForm, YesForm
from warehouse.models import StockTake, TakeLine
from warehouse.selectors import takes as selectors
from warehouse.services import takes as acts
from warehouse.words import TakeState

WAITS_SHOWN = 50


def _take(take_id: int) -> StockTake:
    return get_object_or_404(StockTake, pk=take_id)


def _line(line_id: int) -> TakeLine:
    return get_object_or_404(TakeLine.objects.select_related("take", "sku"), pk=line_id)


@allow("view_takes")
def takes(request: Request) -> HttpResponse:
    """The stock-takes so far, newest first."""
    try:
        found = selectors.take_page(request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("stock-takes")
    context = {"page": found, "may_begin": may(request.user, "begin_take")}
    return render(request, "warehouse/takes.html", context)


@allow("begin_take")
def begin(request: Request) -> HttpResponse:
    """Begin one for a zone, or for a list of SKUs."""
    form = BeginForm(request.POST or None)
    if request.method != "POST":
        return render(request, "warehouse/begin_take.html", {"form": form})
    if not form.is_valid():
        return render(request, "warehouse/begin_take.html", {"form": form}, status=422)
    values, by = form.cleaned_data, Actor.person(request.user)
    try:
        made = acts.begin_take(
            values["shelf"].strip(),
            values["codes"],
            by=by,
            now=timezone.now(),
            token=values["token"],
        )
    except Repeated as repeated:
        return redirect("stock-take", repeated.act.subject_id)
    except Refused as refusal:
        form.add_error(None, f"{refusal.verdict.reason}{refusal.verdict.instead}")
        return render(request, "warehouse/begin_take.html", {"form": form}, status=409)
    return redirect("count-stock", made.pk)


@allow("view_takes")
def take(request: Request, take_id: int) -> HttpResponse:
    """How far it is. What was booked is shown to those alone who accept: counting is blind."""
    row, looks = _take(take_id), may(request.user, "accept_count")
    context = {
        "row": row,
        "progress": selectors.progress(row),
        "waits": list(selectors.pending(row)[:WAITS_SHOWN]),
        "looks": looks,
        "may_count": may(request.user, "count_stock") and row.state == TakeState.OPEN,
        "acts": labelled(acts_on(row)),
        "token": uuid.uuid4,
    }
    if looks:
        lines = selectors.differences(row)
        who = selectors.counters(lines)
        for line in lines:
            verdict = policy.may_accept(
                TakeState(row.state), line.facts(who[line.pk]), request.user.pk
            )
            line.verdict = verdict  # type: ignore[attr-defined]
        context |= {"differences": lines, "accepted": selectors.accepted(row)}
    return render(request, "warehouse/take.html", context)


@allow("count_stock")
def count(request: Request, take_id: int) -> HttpResponse:
    """Scan, or type a code and a number; what one counted last stands below. Booked: not shown."""
    row, form = _take(take_id), CountForm(request.POST or None)
    if request.method != "POST":
        return _counting(request, row, form)
    if not form.is_valid():
        say_faults(request, form)
        return _counting(request, row, form, status=422)
    values = form.cleaned_data
    code = values["code"].strip()
    line = selectors.line_by_text(row, code)
    if line is None:
        messages.error(request, f"“{code}”不在这次盘点里。放到一边，另外告诉主管。")
        return _counting(request, row, form, status=409)
    again = "again" in request.POST
    by, now = Actor.person(request.user), timezone.now()
    try:
        done = acts.count(
            line, values["quantity"], by=by, now=now, again=again, token=values["token"]
        )
        messages.success(request, done.summary)
    except Refused as refusal:
        messages.error(request, f"{refusal.verdict.reason}{refusal.verdict.instead}")
        return _counting(request, row, form, status=409)
    except Repeated as repeated:
        messages.success(request, repeated.act.summary)
    return redirect("count-stock", row.pk)


def _counting(
    request: Request, row: StockTake, form: CountForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "row": row,
        "form": form if form.errors else CountForm(),
        "mine": selectors.my_counts(row, request.user.pk),
        "waits": list(selectors.pending(row)[:WAITS_SHOWN]),
        "open": row.state == TakeState.OPEN,
    }
    return render(request, "warehouse/count.html", context, status=status)


def _may_accept(row: TakeLine, user: User) -> Verdict:
    facts = row.facts(selectors.counters([row])[row.pk])
    return policy.may_accept(TakeState(row.take.state), facts, user.pk)


def _may_finish(row: StockTake, user: User) -> Verdict:
    waits, differs = selectors.pending(row).exists(), bool(selectors.differences(row))
    return policy.may_finish(TakeState(row.state), pending=waits, open_differences=differs)


def _about(row: TakeLine) -> str:
    """A2031 亚麻衬衫：账面 12，实盘 10，差 -2."""
    if row.difference is None:
        return f"{row.sku.label}：还没有数"
    return f"{row.sku.label}：账面 {row.booked}，实盘 {row.counted}，差 {row.difference:+d}"


accept = row_view(
    RowPage(
        "accept_count",
        "认可差异",
        _line,
        YesForm,
        _may_accept,
        lambda row, values, common: acts.accept(row, **common),
        "认可，按实盘改库存",
        _about,
    )
)
recount = row_view(
    RowPage(
        "recount_stock",
        "复盘",
        _line,
        YesForm,
        lambda row, user: policy.may_recount(TakeState(row.take.state), row.facts(frozenset())),
        lambda row, values, common: acts.recount(row, **common),
        "重数一遍",
        _about,
    )
)
finish = row_view(
    RowPage(
        "finish_take",
        "结束盘点",
        _take,
        YesForm,
        _may_finish,
        lambda row, values, common: acts.finish_take(row, **common),
        "盘点完了",
    )
)
cancel = row_view(
    RowPage(
        "cancel_take",
        "取消盘点",
        _take,
        CancelForm,
        lambda row, user: policy.may_cancel(TakeState(row.state)),
        lambda row, values, common: acts.cancel_take(row, values["why"], **common),
        "不盘了",
    )
)
