"""Bulk shipping by a file: the list, the template, the file, and what the platform said."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.acts import Actor, Repeated
from core.once import TokenForm
from core.verdict import Refused
from orders.models import Shop
from staff.http import Request
from staff.matrix import allow
from warehouse.forms.upload_files import ColumnsForm, TemplateForm, UploadedForm
from warehouse.models import UploadTemplate
from warehouse.selectors import upload_files as selectors
from warehouse.services.upload_files import (
    describe_template,
    drop_file,
    finish_file,
    make_file,
    save_template,
)

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text": "text/csv",
}


def _common(request: Request, form: TokenForm) -> dict[str, Any]:
    token = form.cleaned_data["token"]
    return {"by": Actor.person(request.user), "now": timezone.now(), "token": token}


@allow("upload_files")
@require_GET
def files(request: Request) -> HttpResponse:
    """Each shop with what waits for its platform."""
    shops = selectors.files_of(request.user)
    context = {"shops": shops, "form": TokenForm(), "most": selectors.MOST}
    return render(request, "warehouse/upload_files.html", context)


@allow("upload_files")
def template(request: Request, code: str) -> HttpResponse:
    """Upload the platform's empty template, then say what its columns hold."""
    shop = selectors.get_shop(request.user, code)
    known = selectors.template_of(shop)
    uploading = (request.method == "POST" and "file" in request.FILES) or known is None
    data = request.POST if request.method == "POST" else None
    upload = TemplateForm(data if uploading else None, files=request.FILES or None)
    columns = ColumnsForm(None if uploading else data, template=known) if known else None
    form = upload if uploading else columns
    if data is not None and form is not None and form.is_valid():
        return _save_template(request, shop, known, form)
    context = {"shop": shop, "template": known, "upload": upload, "columns": columns}
    status = 200 if data is None else 422
    return render(request, "warehouse/upload_template.html", context, status=status)


def _save_template(
    request: Request, shop: Shop, known: UploadTemplate | None, form: TokenForm
) -> HttpResponse:
    common = _common(request, form)
    try:
        if isinstance(form, TemplateForm):
            name = request.FILES["file"].name or ""  # type: ignore[union-attr]
            save_template(shop, name, form.cleaned_data["file"], **common)
            return redirect("upload-template", shop.code)
        if known is not None and isinstance(form, ColumnsForm):
            values = form.cleaned_data
            describe_template(known, form.held(values), form.names(values), **common)
    except Repeated:
        return redirect("upload-template", shop.code)
    messages.success(request, f"{shop.name}的发货模板已保存。")
    return redirect("upload-files")


@allow("upload_files")
@require_POST
def make(request: Request, code: str) -> HttpResponse:
    """Make the file of what waits; it is downloaded from the list."""
    shop, form = selectors.get_shop(request.user, code), TokenForm(request.POST)
    if not form.is_valid():
        messages.error(request, "页面过期了，再点一次。")
        return redirect("upload-files")
    try:
        file = make_file(shop, **_common(request, form))
        messages.success(request, f"{shop.name}：{len(file.rows)} 单已写进文件，下载后上传到平台。")
    except Refused as refused:
        messages.error(request, refused.verdict.reason)
    except Repeated:
        pass
    return redirect("upload-files")


@allow("upload_files")
@require_GET
def download(request: Request, code: str, file_id: int) -> HttpResponse:
    """The filled file, made anew of its rows each time."""
    file = selectors.get_file(request.user, code, file_id)
    shape = selectors.template_of(file.shop)
    if shape is None:
        messages.error(request, "模板不在了，重新上传一次空模板。")
        return redirect("upload-template", code)
    answer = HttpResponse(selectors.content(file, shape), content_type=TYPES[shape.kind])
    name = f"{code}-{timezone.localtime(file.made_at):%m%d-%H%M}"
    ending = "xlsx" if shape.kind == "xlsx" else "csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    answer["Cache-Control"] = "no-store"
    return answer


@allow("upload_files")
def uploaded(request: Request, code: str, file_id: int) -> HttpResponse:
    """Tick all of it but what the platform refused; or drop it."""
    file = selectors.get_file(request.user, code, file_id)
    numbers = [row[1] for row in file.rows]
    form = UploadedForm(request.POST if request.method == "POST" else None, numbers=numbers)
    if request.method == "POST" and form.is_valid():
        try:
            return _end(request, file, form)
        except Refused as refused:
            messages.error(request, refused.verdict.reason)
            return redirect("upload-files")
        except Repeated:
            return redirect("upload-files")
    shape = selectors.template_of(file.shop)
    context = {
        "shop": file.shop,
        "file": file,
        "form": form,
        "rows": selectors.shipped(file, shape) if shape else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "warehouse/uploaded.html", context, status=status)


def _end(request: Request, file: Any, form: UploadedForm) -> HttpResponse:
    if "drop" in request.POST:
        drop_file(file, **_common(request, form))
        messages.success(request, "作废了，这些订单进下一个文件。")
        return redirect("upload-files")
    done = finish_file(file, form.cleaned_data["refused"], **_common(request, form))
    left = f"，{len(done.refused)} 单没收下，还在手工事项里" if done.refused else ""
    messages.success(request, f"{len(done.rows) - len(done.refused)} 单已登记为平台发货{left}。")
    return redirect("upload-files")
