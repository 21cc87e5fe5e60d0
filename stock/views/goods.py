"""SKUs: new, changed (SOP 5.b, 5.f); the list and the page of one stand on the desk."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.acts import Actor, Repeated
from core.verdict import Refused, yes
from staff.http import Request
from staff.matrix import allow
from staff.row_page import RowPage, row_view
from stock import forms
from stock.models import Sku
from stock.services.goods import add_sku, save_sku


def find(sku_id: int) -> Sku:
    return get_object_or_404(Sku.objects.select_related("level"), pk=sku_id)


@allow("add_sku")
def add(request: Request) -> HttpResponse:
    """A new SKU."""
    form = forms.NewSkuForm(request.POST or None, initial={"active": True, "weight_g": 0})
    if request.method != "POST":
        return render(request, "stock/new_sku.html", {"form": form})
    if not form.is_valid():
        return render(request, "stock/new_sku.html", {"form": form}, status=422)
    values = dict(form.cleaned_data)
    code, token = values.pop("code").strip(), values.pop("token")
    try:
        made = add_sku(code, values, by=Actor.person(request.user), now=timezone.now(), token=token)
    except Repeated as repeated:
        return redirect("sku", repeated.act.subject_id)
    except Refused as refusal:
        form.add_error("code", f"{refusal.verdict.reason}{refusal.verdict.instead}")
        return render(request, "stock/new_sku.html", {"form": form}, status=409)
    return redirect(made)


save = row_view(
    RowPage(
        "save_sku",
        "改商品资料",
        find,
        forms.SkuForm,
        lambda row, user: yes("", "改动会记在时间线里；订单上已有的价格不变。"),
        lambda row, values, common: save_sku(row, values, **common),
        about=lambda row: f"商家编码 {row.code}",
    )
)
