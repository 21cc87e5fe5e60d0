"""SKUs: the list, one of them with its stock, new, changed (SOP 5.b, 5.f)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.acts import Actor, Repeated
from core.keyset import BadCursor
from core.selectors import acts_on
from core.verdict import Refused, yes
from staff.http import Request
from staff.matrix import allow, may
from staff.row_page import RowPage, row_view
from stock import forms
from stock.models import Sku
from stock.selectors.goods import GOODS, goods_page, movements_of
from stock.selectors.offers import labelled
from stock.selectors.supply import supplies_of
from stock.services.goods import add_sku, save_sku


def find(sku_id: int) -> Sku:
    return get_object_or_404(Sku.objects.select_related("level"), pk=sku_id)


@allow("view_goods")
def goods(request: Request) -> HttpResponse:
    """SKUs with their stock, by the beginning of a code, barcode, style or name."""
    which, text = request.GET.get("what", ""), request.GET.get("q", "").strip()[:64]
    which, text = which if which in GOODS else "", text.replace("\0", "")
    try:
        found = goods_page(which, text, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("goods")
    asked = {name: value for name, value in (("what", which), ("q", text)) if value}
    context = {
        "page": found,
        "which": which,
        "text": text,
        "lists": GOODS,
        "base": f"?{urlencode(asked)}",
        **_rights(request),
    }
    return render(request, "stock/goods.html", context)


def _rights(request: Request) -> dict[str, Any]:
    return {
        "may_save": may(request.user, "save_sku"),
        "may_import": may(request.user, "import_goods"),
        "may_export": may(request.user, "export_goods"),
        "may_draft": may(request.user, "draft_supply"),
    }


@allow("view_goods")
def sku(request: Request, sku_id: int) -> HttpResponse:
    """One SKU: what it is, what lies there, what is coming, what changed."""
    row = find(sku_id)
    context = {
        "row": row,
        "movements": movements_of(row),
        "supplies": supplies_of(row),
        "acts": labelled(acts_on(row)),
        **_rights(request),
    }
    return render(request, "stock/sku.html", context)


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
