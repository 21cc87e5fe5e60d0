"""Exports: ask for one, watch it, fetch it."""

from __future__ import annotations

import uuid
from contextlib import suppress

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.acts import Repeated
from core.models import JobState
from core.work import cancel
from orders.forms.export import ExportForm
from orders.selectors.exports import SHOWN, exports_of, get_export
from orders.services.exporting.ask import ask_for_export, in_words
from orders.services.exporting.job import file_of
from staff.http import Request
from staff.matrix import allow


@allow("export_orders")
def exports(request: Request) -> HttpResponse:
    """One's exports of the last seven days, newest first."""
    jobs = list(exports_of(request.user)[:SHOWN])
    return render(request, "orders/exports.html", {"jobs": jobs})


@allow("export_orders")
def export(request: Request) -> HttpResponse:
    """Ask for an export of the search whose address ends in the query."""
    if request.method != "POST":
        return _ask(request, ExportForm(query=request.GET.urlencode()))
    form = ExportForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, status=422)
    values = form.cleaned_data
    with suppress(Repeated):
        ask_for_export(
            request.user,
            values["query"],
            values["format"],
            reason=values["reason"],
            token=values["token"],
            now=timezone.now(),
        )
    messages.success(request, "开始导出了，可以先做别的；好了会通知您。")
    return redirect("exports")


def _ask(request: Request, form: ExportForm, status: int = 200) -> HttpResponse:
    query = str(form["query"].value() or "")
    try:
        said = in_words(query)
    except ValueError:
        said = ""
    context = {"form": form, "said": said, "query": query}
    return render(request, "orders/export.html", context, status=status)


@allow("export_orders")
def export_row(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """One export as its row of the list: what the page asks again and again."""
    job = get_export(request.user, job_id)
    return render(request, "orders/exports.html#row", {"job": job})


@allow("export_orders")
@require_POST
def export_cancel(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Stop an export that is not finished."""
    if cancel(get_export(request.user, job_id)):
        messages.success(request, "导出已取消。")
    return redirect("exports")


@allow("export_orders")
def export_file(request: Request, job_id: uuid.UUID) -> FileResponse:
    """The finished file, for whoever asked for it and for the owner."""
    job = get_export(request.user, job_id)
    path = file_of(job)
    if job.state != JobState.DONE or not path.exists():
        raise Http404("no file")
    name = f"订单-{timezone.localtime(job.created_at):%Y%m%d-%H%M}{path.suffix}"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name)
    answer["Cache-Control"] = "no-store, private"
    return answer
