"""Goods as tables: bring one, look what it would do, do it; take one away (SOP 5.b)."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from core.models import Job
from core.tables.errors import RowRejected, Unreadable
from core.tables.rejected import write_rejected
from core.work import cancel as cancel_job
from staff.http import Request
from staff.matrix import allow
from stock.forms import GoodsFileForm
from stock.services.goods_export import MOST_XLSX, XLSX, as_csv, as_xlsx
from stock.services.goods_import import KIND, confirm, look_at, remove_files

SHOWN = 20


def _job(import_id: uuid.UUID) -> Job:
    job = Job.objects.filter(kind=KIND, pk=import_id).select_related("by").first()
    if job is None:
        raise Http404("no such import")
    return job


@allow("import_goods")
def goods_imports(request: Request) -> HttpResponse:
    """Bring a table; the ones before, newest first."""
    form, status = GoodsFileForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            try:
                now = timezone.now()
                job = look_at(values["file"], levels=values["levels"], by=request.user, now=now)
                return redirect("goods-import", job.pk)
            except Unreadable as error:
                form.add_error("file", str(error))
    jobs = Job.objects.filter(kind=KIND).select_related("by").order_by("-created_at")[:SHOWN]
    context = {"form": form, "jobs": list(jobs)}
    return render(request, "stock/goods_imports.html", context, status=status)


@allow("import_goods")
def goods_import(request: Request, import_id: uuid.UUID) -> HttpResponse:
    """What a file would do, until it is confirmed; then how far it is."""
    job = _job(import_id)
    if request.htmx and not job.open:
        return HttpResponseClientRefresh()
    waits = bool(job.params.get("unconfirmed")) and job.open
    context = {"job": job, "waits": waits, "rejected": job.result.get("rejected", [])[:50]}
    name = "stock/goods_import.html#progress" if request.htmx else "stock/goods_import.html"
    return render(request, name, context)


@allow("import_goods")
@require_POST
def goods_import_confirm(request: Request, import_id: uuid.UUID) -> HttpResponse:
    """Do what was shown."""
    if confirm(_job(import_id), timezone.now()):
        messages.success(request, "开始导入了，好了会通知您。")
    return redirect("goods-import", import_id)


@allow("import_goods")
@require_POST
def goods_import_cancel(request: Request, import_id: uuid.UUID) -> HttpResponse:
    """Leave it; what is written stays."""
    job = _job(import_id)
    if cancel_job(job):
        remove_files(job)
        messages.success(request, "已取消。已经写入的保留。")
    return redirect("goods-import", import_id)


@allow("import_goods")
def goods_import_rejected(request: Request, import_id: uuid.UUID) -> FileResponse:
    """The rows that were not taken in, to be corrected and sent again."""
    job = _job(import_id)
    rows = job.result.get("rejected", [])
    if not rows:
        raise Http404("nothing was rejected")
    file = tempfile.NamedTemporaryFile(suffix=".csv")  # noqa: SIM115 - FileResponse closes it
    bad = (RowRejected(a, b, c, d, tuple(cells)) for a, b, c, d, cells in rows)
    write_rejected(Path(file.name), job.result["header"], bad)
    return FileResponse(
        file, as_attachment=True, filename="没导入的商品.csv", content_type="text/csv"
    )


@allow("export_goods")
def goods_export(request: Request, file_kind: str) -> HttpResponseBase:
    """All SKUs with their levels, as the import reads them again; no cell is a formula."""
    if file_kind == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(as_csv(), content_type="text/csv")
    elif file_kind == "xlsx":
        data = as_xlsx()
        if data is None:
            messages.error(request, f"商品超过 {MOST_XLSX} 种，请导出 CSV。")
            return redirect("goods")
        answer = HttpResponse(data, content_type=XLSX)
    else:
        raise Http404("csv or xlsx")
    name = quote(f"商品和库存-{timezone.localtime():%Y%m%d-%H%M}.{file_kind}")
    answer["Content-Disposition"] = f"attachment; filename*=utf-8''{name}"
    answer["Cache-Control"] = "no-store, private"
    return answer
