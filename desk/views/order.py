"""The order page (SOP 1.6.c) and showing its personal data (architecture §7)."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.models import Act
from core.sentences import from_act
from core.sentences import render as said
from desk.forms import RevealForm
from orders.selectors.offers import offers
from orders.selectors.order import get_order
from orders.selectors.page import OrderCard, order_card
from orders.situation import situation
from staff.http import Request
from staff.matrix import allow, may
from staff.selectors import present, revealed
from staff.services.reveal import REASONS, reveal

RECENT = 8


@allow("view_order")
def order(request: Request, order_no: str) -> HttpResponse:
    """Everything about one order, with what can be done and what to say."""
    card = order_card(request.user, order_no)
    _remember(request, card)
    row = card.order
    now = timezone.now()
    what = situation(card.facts, ship_by=row.ship_by, now=now, carrier=row.carrier_name)
    subject = f"order:{row.order_no}"
    context = {
        "card": card,
        "order": row,
        "situation": what,
        "offers": offers(row, card.facts, request.user, what.act),
        "shown": revealed(request.user, "order", row.pk, now),
        "may_reveal": may(request.user, "reveal"),
        "done": _done(request, card),
        "presence_of": subject,
        "present": present(subject, request.user),
    }
    return render(request, "desk/order.html", context)


def _done(request: Request, card: OrderCard) -> dict[str, Any] | None:
    """What was just done, with the sentence for the customer; survives a reload."""
    try:
        key = uuid.UUID(request.GET.get("done", ""))
    except ValueError:
        return None
    known = next((act for act in card.acts if act.pk == key), None)
    act = known or Act.objects.filter(pk=key, order_no=card.order.order_no).first()
    if act is None:
        return None
    say = from_act(act.say)
    return {"act": act, "sentence": said(say, card.order.shop.code) if say else ""}


def _remember(request: Request, card: OrderCard) -> None:
    """The last 8 orders of this session, for the empty search box."""
    row = [card.order.order_no, card.order.goods_summary[:30]]
    known = [r for r in request.session.get("recent", []) if r[0] != row[0]]
    if request.session.get("recent", [None])[0] != row:
        request.session["recent"] = [row, *known][:RECENT]


@allow("reveal")
def show_personal(request: Request, order_no: str) -> HttpResponse:
    """Ask why, log it, and show consignee, telephone and address for the shift."""
    row = get_order(request.user, order_no)
    form = RevealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reveal(
            request.user,
            "order",
            row.pk,
            no=row.order_no,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        target = row.get_absolute_url()
        if request.POST.get("next", "").startswith(f"{target}/"):
            target = request.POST["next"]
        return redirect(target)
    status = 422 if request.method == "POST" else 200
    context = {
        "order": row,
        "form": form,
        "reasons": REASONS,
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    name = "desk/reveal.html#card" if request.htmx else "desk/reveal.html"
    return render(request, name, context, status=status)
