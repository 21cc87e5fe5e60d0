"""Bring a platform's list of refunds, and see what came of it (SOP 1.5)."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from core.models import Job
from core.tables.errors import RowRejected, Unreadable
from core.tables.rejected import write_rejected
from refunds.forms.lists import ListForm
from refunds.selectors.lists import SHOWN, get_list, refund_lists
from refunds.services.listing import import_list
from staff.http import Request
from staff.matrix import allow


@allow("import_refunds")
def lists(request: Request) -> HttpResponse:
    """Upload a list; those so far, newest first."""
    form = ListForm(request.POST or None, request.FILES or None, user=request.user)
    status = 200
    if request.method == "POST":
        if form.is_valid() and (job := _upload(request, form)):
            return redirect("refund-list", job.pk)
        status = 422
    context = {"form": form, "jobs": list(refund_lists(request.user)[:SHOWN])}
    return render(request, "refunds/lists.html", context, status=status)


def _upload(request: Request, form: ListForm) -> Job | None:
    values = form.cleaned_data
    try:
        return import_list(values["shop"], values["file"], by=request.user, now=timezone.now())
    except Unreadable as error:
        form.add_error("file", str(error))
        return None


@allow("import_refunds")
def one(request: Request, list_id: uuid.UUID) -> HttpResponse:
    """How far it is, and which rows were not taken in; polled while it runs."""
    job = get_list(request.user, list_id)
    if request.htmx and not job.open:
        return HttpResponseClientRefresh()
    context = {"job": job, "rejected": job.result["rejected"][:50]}
    name = "refunds/list.html#progress" if request.htmx else "refunds/list.html"
    return render(request, name, context)


@allow("import_refunds")
def rejected(request: Request, list_id: uuid.UUID) -> FileResponse:
    """The rows that were not taken in, to be corrected and sent again."""
    job = get_list(request.user, list_id)
    rows = job.result["rejected"]
    if not rows:
        raise Http404("nothing was rejected")
    file = tempfile.NamedTemporaryFile(suffix=".csv")  # noqa: SIM115 - FileResponse closes it
    bad = (RowRejected(a, b, c, d, tuple(cells)) for a, b, c, d, cells in rows)
    write_rejected(Path(file.name), job.result["header"], bad)
    name = "没读进来的退款.csv"
    return FileResponse(file, as_attachment=True, filename=name, content_type="text/csv")
