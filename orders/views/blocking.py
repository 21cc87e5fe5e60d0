"""The owner's lists for the review: the block list and the remote areas (SOP 2.b)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.acts import Actor, Repeated
from core.keyset import BadCursor
from core.masking import mask_account, mask_phone
from core.once import TokenForm
from core.verdict import Refused
from orders.forms.review import BlockForm, RemoteForm, WhyForm
from orders.models import BlockEntry, RemoteArea
from orders.selectors.review_queue import blocked, remote_areas
from orders.services.blocking import add_remote, block, drop_remote, unblock
from orders.words import CARRIERS, BlockKind
from staff.http import Request
from staff.matrix import allow


def _masked(entry: BlockEntry) -> str:
    """As a list may show it (architecture §7)."""
    if entry.kind == BlockKind.PHONE:
        return mask_phone(entry.key)
    return mask_account(entry.key) if entry.kind == BlockKind.ACCOUNT else f"{entry.key[:6]}***"


@allow("keep_lists")
def block_list(request: Request) -> HttpResponse:
    """Who is on it and why; a new entry by POST."""
    form, status = BlockForm(), 200
    if request.method == "POST":
        form = BlockForm(request.POST)
        if form.is_valid() and _block(request, form):
            return redirect("block-list")
        status = 422
    try:
        found = blocked(request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("block-list")
    for entry in found.rows:
        entry.shown = _masked(entry)  # type: ignore[attr-defined]
    context = {"page": found, "form": form}
    return render(request, "orders/block_list.html", context, status=status)


def _block(request: Request, form: BlockForm) -> bool:
    values = form.cleaned_data
    try:
        block(
            BlockKind(values["kind"]),
            form.key(),
            values["why"],
            by=Actor.person(request.user),
            now=timezone.now(),
            token=values["token"],
        )
    except Repeated:
        return True
    except Refused as refusal:
        form.add_error("text", refusal.verdict.reason)
        return False
    messages.success(request, "已加入黑名单。还没下发的订单，下次审单时会拦下。")
    return True


@allow("keep_lists")
def unblock_one(request: Request, entry_id: int) -> HttpResponse:
    """Take an entry off the list, with a reason."""
    entry = get_object_or_404(BlockEntry, pk=entry_id)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            by, now = Actor.person(request.user), timezone.now()
            unblock(entry, values["why"], by=by, now=now, token=values["token"])
            messages.success(request, "已移出黑名单。")
        except Repeated:
            pass
        except Refused as refusal:
            messages.error(request, refusal.verdict.reason)
        return redirect("block-list")
    context: dict[str, Any] = {
        "entry": entry,
        "shown": _masked(entry),
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "orders/unblock.html", context, status=status)


@allow("keep_lists")
def remote_list(request: Request) -> HttpResponse:
    """Carriers and the places where they do not go, or ask more; a new one by POST."""
    form, status = RemoteForm(), 200
    if request.method == "POST":
        form = RemoteForm(request.POST)
        if form.is_valid() and _add_remote(request, form):
            return redirect("remote-areas")
        status = 422
    areas = remote_areas()
    for area in areas:
        name = CARRIERS.get(area.carrier, area.carrier)
        area.carrier_name = name or "所有快递"  # type: ignore[attr-defined]
    context = {"areas": areas, "form": form}
    return render(request, "orders/remote_areas.html", context, status=status)


def _add_remote(request: Request, form: RemoteForm) -> bool:
    by, now = Actor.person(request.user), timezone.now()
    try:
        add_remote(form.area(), by=by, now=now, token=form.cleaned_data["token"])
    except Repeated:
        return True
    except Refused as refusal:
        form.add_error("province", f"{refusal.verdict.reason}{refusal.verdict.instead}")
        return False
    messages.success(request, "已加入偏远地区。")
    return True


@allow("keep_lists")
def drop_area(request: Request, area_id: int) -> HttpResponse:
    """Take a place off the list."""
    area = get_object_or_404(RemoteArea, pk=area_id)
    form = TokenForm(request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            by, now = Actor.person(request.user), timezone.now()
            drop_remote(area, by=by, now=now, token=form.cleaned_data["token"])
            messages.success(request, f"已去掉 {area.place}。")
        except Repeated:
            pass
    return redirect("remote-areas")
