"""The owner's tables for the bench: boxes, freight prices, tolerances (SOP 2.f, 2.g)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.acts import Actor
from staff.http import Request
from staff.matrix import allow
from warehouse.forms.packing import BoxForm, PriceForm, ShopPackingForm
from warehouse.models import Box, FreightPrice, ShopPacking
from warehouse.services.packing import save_packing

TABLES: dict[str, tuple[str, Any, Any]] = {
    "box": ("箱型", Box, BoxForm),
    "price": ("快递价", FreightPrice, PriceForm),
    "shop": ("店铺称重", ShopPacking, ShopPackingForm),
}


@allow("save_packing")
def packing(request: Request) -> HttpResponse:
    """All three tables."""
    context = {
        "boxes": Box.objects.all(),
        "prices": FreightPrice.objects.all(),
        "shops": ShopPacking.objects.select_related("shop").order_by("shop__code"),
    }
    return render(request, "warehouse/packing.html", context)


@allow("save_packing")
def row(request: Request, table: str, row_id: int) -> HttpResponse:
    """One row; 0 is a new one."""
    if table not in TABLES:
        raise Http404(f"没有表 {table}")
    title, model, form_of = TABLES[table]
    known = get_object_or_404(model, pk=row_id) if row_id else None
    form = form_of(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        kept = form.save(commit=False)
        save_packing(kept, by=Actor.person(request.user), now=timezone.now())
        messages.success(request, f"{title}已保存：{kept}")
        return redirect("packing")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "title": title, "row": known}
    return render(request, "warehouse/packing_row.html", context, status=status)
