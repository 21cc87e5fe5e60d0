"""Goods, their stock and who waits for them; receipts and corrections (SOP 5.b, 1.3)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.acts import Actor, Repeated
from core.keyset import BadCursor
from core.scanning import say_faults
from core.selectors import acts_on
from core.verdict import Refused
from desk.stock import known_orders, waiting_lines
from desk.stock_forms import AdjustForm, ReceiveForm
from orders.selectors.short import missing_by_sku, short_skus
from orders.services.receiving import Received, receive_goods
from staff.http import Request
from staff.matrix import allow, may
from stock.models import Sku
from stock.selectors.goods import GOODS, goods_page, movement_page
from stock.selectors.offers import labelled
from stock.selectors.supply import supplies_of
from stock.services.adjust import adjust_stock

SHORT = "short"
LISTS = {
    "": GOODS[""][0],
    SHORT: "有人在等",
    **{key: words for key, (words, _) in GOODS.items() if key},
}
LAST = 10  # scans that stay on the screen


@allow("view_goods")
def goods(request: Request) -> HttpResponse:
    """SKUs with what lies there, what is promised, and what is waited for."""
    text, which = request.GET.get("q", "").strip()[:64], request.GET.get("which", "")
    text, which = text.replace("\0", ""), which if which in LISTS else ""
    narrowed = Q(pk__in=short_skus()) if which == SHORT else GOODS[which][1]
    try:
        found = goods_page(narrowed, text, request.GET.get("page", ""), which)
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("goods")
    asked = {name: value for name, value in (("q", text), ("which", which)) if value}
    context = {
        "page": found,
        "missing": missing_by_sku(sku.pk for sku in found.rows),
        "q": text,
        "which": which,
        "lists": LISTS,
        "base": f"?{urlencode(asked)}",
        "may": _rights(request),
    }
    return render(request, "desk/goods.html", context)


def _rights(request: Request) -> dict[str, bool]:
    acts = ("save_sku", "import_goods", "export_goods", "draft_supply", "receive_goods")
    also = ("adjust_stock", "view_supplies")
    return {act: may(request.user, act) for act in (*acts, *also)}


@allow("view_goods")
def sku(request: Request, sku_id: int) -> HttpResponse:
    """One SKU: what it is, what lies there, what comes, who waits for it, what changed."""
    row = get_object_or_404(Sku.objects.select_related("level"), pk=sku_id)
    try:
        found = movement_page(row, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("sku", sku_id)
    context = {
        "sku": row,
        "page": found,
        "orders": known_orders(found.rows),
        "waiting": waiting_lines(row, request.user),
        "supplies": supplies_of(row),
        "acts": labelled(acts_on(row)),
        "may": _rights(request),
    }
    return render(request, "desk/sku.html", context)


@allow("adjust_stock")
def adjust(request: Request, sku_id: int) -> HttpResponse:
    """Correct a level: what, how many, why."""
    sku = get_object_or_404(Sku.objects.select_related("level"), pk=sku_id)
    form = AdjustForm(request.POST or None)
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                values = form.cleaned_data
                adjust_stock(
                    sku,
                    values["how"],
                    values["pieces"],
                    values["why"],
                    by=Actor.person(request.user),
                    now=timezone.now(),
                    token=values["token"],
                )
                messages.success(request, f"{sku.code} 已调整，写进了流水。")
                return redirect("sku", sku_id)
            except Repeated:
                return redirect("sku", sku_id)
            except Refused as refused:
                refusal, status = refused.verdict, 409
    context = {"sku": sku, "form": form, "refusal": refusal}
    return render(request, "desk/stock_adjust.html", context, status=status)


@allow("receive_goods")
def receive(request: Request) -> HttpResponse:
    """Goods come in by the scanner: one POST a scan, done once however often it is sent."""
    form = ReceiveForm(request.POST or None, initial={"pieces": 1})
    if request.method == "POST" and form.is_valid():
        sku, pieces = form.cleaned_data["code"], form.cleaned_data["pieces"]
        try:
            done = receive_goods(
                sku,
                pieces,
                by=Actor.person(request.user),
                now=timezone.now(),
                note=form.cleaned_data["note"],
                token=form.cleaned_data["token"],
            )
            _remember(request, sku, pieces, done)
            messages.success(request, f"{sku.label} ＋{pieces}，在库 {done.level.on_hand} 件")
        except Repeated as repeated:
            messages.info(request, f"这一次已经记过了：{repeated.act.summary}")
        return redirect("receive-goods")
    say_faults(request, form)
    context = {"form": form, "scans": request.session.get("received", [])}
    return render(request, "desk/receive.html", context, status=422 if form.errors else 200)


def _remember(request: Request, sku: Sku, pieces: int, done: Received) -> None:
    """The last scans stay on the screen of who scanned them."""
    scan: dict[str, Any] = {
        "id": sku.pk,
        "code": sku.code,
        "label": sku.label,
        "shelf": sku.shelf,
        "pieces": pieces,
        "on_hand": done.level.on_hand,
        "served": [order.order_no for order in done.served],
    }
    request.session["received"] = [scan, *request.session.get("received", [])][:LAST]
