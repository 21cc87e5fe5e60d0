"""The page on which an order is registered by hand (SOP 5.a)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone

from core.acts import Actor, Repeated
from core.money import ZERO
from core.verdict import Refused, Verdict
from orders.forms.register import RegisterForm
from orders.selectors.earlier import earlier_orders, shops_by_hand
from orders.services.register import register_order
from orders.views.act_page import draw, to_order
from staff.http import Request
from staff.matrix import allow


@allow("register_order")
def register(request: Request) -> HttpResponse:
    """GET: an empty form. POST: a draft (split, look up, preview), or the order."""
    shops = shops_by_hand(request.user)
    if request.method != "POST":
        return _show(request, RegisterForm(shops=shops))
    form = RegisterForm(request.POST, shops=shops)
    if form.drafting:
        return _show(request, form)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        act = register_order(
            form.new_order(),
            by=Actor.person(request.user),
            now=timezone.now(),
            contact=form.contacted(),
            token=form.cleaned_data["token"],
        )
    except Repeated as repeated:
        act = repeated.act
    except Refused as refusal:
        return _show(request, form, status=409, refusal=refusal.verdict)
    return to_order(request, act.order_no, act.id)


def _show(
    request: Request, form: RegisterForm, *, status: int = 200, refusal: Verdict | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "verdict": refusal,
        "action": request.path,
        "shops": form.fields["shop"].queryset,  # type: ignore[attr-defined]
    }
    if form.is_bound:
        account, mobile = (str(form[name].data or "")[:64] for name in ("account", "mobile"))
        total = form.goods_total
        context["earlier"] = earlier_orders(request.user, account, mobile)
        context["looked"] = bool(account.strip() or mobile.strip())
        context["total"] = total
        context["due"] = max(total + _yuan(form, "freight") - _yuan(form, "discount"), ZERO)
    return draw(request, "orders/register.html", context, status=status, part=form.partial)


def _yuan(form: RegisterForm, name: str) -> Any:
    """A money field as typed, or 0 where it cannot be read."""
    try:
        return form.fields[name].clean(form[name].data) or ZERO
    except ValidationError:
        return ZERO
