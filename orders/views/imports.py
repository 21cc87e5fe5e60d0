"""Imports: upload a file, watch it, see and fetch what was rejected, map unknown columns."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from core.models import Job
from orders.formats import RowRejected, Unreadable, peek, words, write_rejected
from orders.formats.samples import sample
from orders.forms.imports import MappingForm, StatesForm, UploadForm, mapping_of
from orders.models import ImportRejection, Shop
from orders.selectors.imports import SHOWN, get_import, rejections
from orders.selectors.imports import imports as imports_for
from orders.services.importing.job import folder_of
from orders.services.importing.upload import cancel_import, import_upload, keep_mapping
from staff.http import Request
from staff.matrix import allow


@allow("import_orders")
def imports(request: Request) -> HttpResponse:
    """Upload a file; the imports so far, newest first."""
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    status = 200
    if request.method == "POST":
        if form.is_valid() and (job := _upload(request, form)):
            return redirect("map-columns" if job.params.get("unknown") else "import", job.pk)
        status = 422
    jobs = list(imports_for(request.user)[:SHOWN])
    names = dict(Shop.objects.values_list("code", "name"))
    context = {"form": form, "jobs": jobs, "names": names}
    return render(request, "orders/imports.html", context, status=status)


def _upload(request: Request, form: UploadForm) -> Job | None:
    values = form.cleaned_data
    try:
        return import_upload(
            values["shop"],
            values["orders"],
            values["items"],
            by=request.user,
            now=timezone.now(),
            anyway=values["anyway"],
        )
    except Unreadable as error:
        form.add_error("orders", str(error))
        return None


@allow("import_orders")
def one(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """How far an import is, and which rows it refused; polled while it runs."""
    job = get_import(request.user, job_id)
    if _unexplained(job):
        return redirect("map-columns", job.pk)
    context = {
        "job": job,
        "shop": Shop.objects.filter(code=job.params.get("shop")).first(),
        "rejected": rejections(job, request.GET.get("page", "")),
    }
    if request.htmx and not job.open:  # the end: the whole page, with what was refused
        return HttpResponseClientRefresh()
    name = "orders/import.html#progress" if request.htmx else "orders/import.html"
    return render(request, name, context)


def _unexplained(job: Job) -> bool:
    """Does its file still wait for somebody to say what the columns are?"""
    waits = bool(job.params.get("unknown")) and job.open
    return waits and (folder_of(job) / "orders").exists()


@allow("import_orders")
@require_POST
def cancel(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Stop an import; what it has written stays."""
    if cancel_import(get_import(request.user, job_id)):
        messages.success(request, "导入已停下。已经写入的订单保留；再传一次同一个文件会接着补齐。")
    return redirect("import", job_id)


@allow("import_orders")
def rejected_file(request: Request, job_id: uuid.UUID) -> FileResponse:
    """The rejected rows, to be corrected and sent again."""
    job = get_import(request.user, job_id)
    rows = ImportRejection.objects.filter(job=job).order_by("line", "id")
    if not rows.exists():
        raise Http404("nothing was rejected")
    file = tempfile.NamedTemporaryFile(suffix=".csv")  # noqa: SIM115 - FileResponse closes it
    write_rejected(
        Path(file.name),
        job.result.get("header", []),
        (
            RowRejected(row.line, row.column, row.value, row.reason, tuple(row.cells))
            for row in rows.iterator(chunk_size=2000)
        ),
    )
    name = f"被拒的行-{timezone.localtime(job.created_at):%Y%m%d-%H%M}.csv"
    answer = FileResponse(file, as_attachment=True, filename=name, content_type="text/csv")
    answer["Cache-Control"] = "no-store, private"
    return answer


@allow("map_columns")
def map_columns(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """Say once what the columns of a file are that no format knows (SOP 5.a)."""
    job = get_import(request.user, job_id)
    if not _unexplained(job):
        return redirect("import", job.pk)
    path = folder_of(job) / "orders"
    found = peek(path)
    form = MappingForm(request.POST or None, header=found.header)
    status, states = 200, StatesForm(words=[])
    if request.method == "POST":
        status, posted = 422, request.POST
        if form.is_valid():
            column = form.columns().get("status", "")
            seen = words(path, column) if column else []
            # The words of the status column are asked for once that column is known.
            states = StatesForm(posted if "state_0" in posted or not seen else None, words=seen)
            if states.is_valid() and _keep(request, job, form, states):
                return redirect("import", job.pk)
    columns = [
        (form[f"column_{place}"], _samples(form, found.sample, place))
        for place in range(len(found.header))
    ]
    context = {"job": job, "form": form, "states": states, "columns": columns}
    return render(request, "orders/mapping.html", context, status=status)


def _samples(form: MappingForm, rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """A column's first cells, without anybody's name, telephone or address."""
    field = form.fields[f"column_{place}"].initial
    return [sample(row[place], form.header[place], field) for row in rows if len(row) > place]


def _keep(request: Request, job: Job, form: MappingForm, states: StatesForm) -> bool:
    try:
        keep_mapping(
            job,
            form.header,
            form.cleaned_data["name"],
            mapping_of(form, states),
            by=request.user,
            now=timezone.now(),
        )
    except ValueError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, "列对应已保存，开始导入；以后同样表头的文件会自动认出来。")
    return True
