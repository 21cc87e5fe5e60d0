"""The call list: whom to contact, taking a row, what came of it (待联系, SOP 1.3.a, 2.b)."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from core.acts import Actor, Repeated
from core.keyset import BadCursor
from core.models import Act
from core.once import TokenForm
from core.verdict import Refused, Verdict, no, yes
from orders.forms.review import CallForm
from orders.models import Hold, Order
from orders.policy import may_lift
from orders.selectors.calls import CALL_KINDS, SORTS, attempts, calls_page
from orders.selectors.order import get_order
from orders.services.calls import record_call
from orders.services.claims import take
from orders.views.act_page import ActPage, show_or_do
from orders.views.queue import back_of
from orders.words import HoldKind
from staff.http import Request
from staff.matrix import allow
from staff.selectors import revealed
from staff.services.reveal import reveal
from stock.models import Sku

Common = dict[str, Any]


@allow("contact")
def calls(request: Request) -> HttpResponse:
    """Buyers to be contacted by what they wait for, due first; taking a row shows the telephone."""
    kinds = {kind.value: kind.label for kind in CALL_KINDS}
    kind, sku = request.GET.get("kind", ""), _sku(request.GET.get("sku", ""))
    kind, now = kind if kind in kinds else "", timezone.now()
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else ""
    try:
        found, groups = calls_page(request.user, kind, sku, request.GET.get("page", ""), now, sort)
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("calls")
    chosen = (("kind", kind), ("sku", sku and sku.pk), ("sort", sort))
    asked = {name: value for name, value in chosen if value}
    context: dict[str, Any] = {
        "page": found,
        "groups": groups,
        "kind": kind,
        "sku": sku,
        "kinds": kinds,
        "sort": sort,
        "sorts": [("", "该联系的"), ("worth", "金额大的"), ("age", "等得久的")],
        "base": f"?{urlencode(asked)}",
        "now": now,
        "today": timezone.localdate(now),
    }
    return render(request, "orders/calls.html", context)


def _sku(text: str) -> Sku | None:
    """The goods whose buyers are to be seen alone."""
    known = text.isascii() and text.isdecimal() and len(text) < 10
    return Sku.objects.filter(pk=int(text)).first() if known else None


@allow("contact")
def take_call(request: Request, order_no: str, hold_id: int) -> HttpResponse:
    """Take a row: nobody else calls, and the telephone is shown; both are kept."""
    order = get_order(request.user, order_no)
    hold = get_object_or_404(Hold, pk=hold_id, order=order)
    form = TokenForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("calls")
    now, token = timezone.now(), form.cleaned_data["token"]
    try:
        take(order, "call", by=Actor.person(request.user), now=now, token=token)
    except Repeated:
        pass
    except Refused as refusal:
        messages.error(request, f"{refusal.verdict.reason}{refusal.verdict.instead}")
        return redirect("calls")
    if not revealed(request.user, "order", order.pk, now):
        why = f"联系买家：{hold.get_kind_display()}"
        reveal(request.user, "order", order.pk, no=order.order_no, reason=why, now=now)
    return redirect(f"{reverse('call', args=[order.order_no, hold.pk])}?back=list")


def _open(hold: Hold) -> Verdict:
    if hold.state != "open" or hold.call_at is None:
        return no("1.3.a", "这一条已经处理过了。", instead="回到待联系看下一位。")
    return yes("1.3.a", "打完电话记下结果；没接的选什么时候再打。")


@allow("contact")
def call(request: Request, order_no: str, hold_id: int) -> HttpResponse:
    """The telephone, why to call, what was tried before; then what came of it.

    From the call list one comes back to it, else to the order.
    """
    order = get_order(request.user, order_no)
    hold = get_object_or_404(Hold, pk=hold_id, order=order)
    role = request.user.role

    settle = may_lift(hold.fact(), role)

    def perform(order: Order, form: CallForm, common: Common) -> Act:
        return record_call(order, hold, form.call(common["now"]), role=role, **common)

    page = ActPage(
        "contact",
        f"联系买家：{HoldKind(hold.kind).label}",
        CallForm,
        lambda o: _open(hold),
        perform,
        template="orders/call.html",
        more=lambda order, form: {
            "hold": hold,
            "shown": revealed(request.user, "order", order.pk),
            "attempts": attempts(order),
            "settle": settle,
            "back": back_of(request),
            "take_token": uuid.uuid4(),
        },
    )
    answer = show_or_do(request, page, order)
    if request.method == "POST" and answer.status_code == 302 and back_of(request):
        link = format_html('<a href="{}">{}</a>', order.get_absolute_url(), order.order_no)
        messages.success(request, format_html("{} 的结果记下了。", link))
        return redirect("calls")
    return answer
