"""The owner's page for a shop's account with an outside system."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.acts import Actor
from orders.accounts import ACCOUNTS
from orders.forms.account import ShopAccountForm
from orders.models import Shop, ShopAccount
from orders.selectors.account import account_acts, readable
from orders.services.account import save_account, try_account
from staff.http import Request
from staff.matrix import allow


@allow("save_account")
def account(request: Request, code: str, system: str) -> HttpResponse:
    """Set the account; its secrets are never shown again."""
    shop, row = _found(code, system)
    kind, values = ACCOUNTS[system], readable(row) if row else {}
    active = row.active if row else True
    form = ShopAccountForm(request.POST or None, kind=kind, values=values, active=active)
    if request.method == "POST" and form.is_valid():
        by, now = Actor.person(request.user), timezone.now()
        save_account(shop, system, form.typed(), active=form.cleaned_data["active"], by=by, now=now)
        messages.success(request, f"{kind.label}的账号已保存。")
        return redirect("shop-account", code, system)
    context = {
        "shop": shop,
        "system": system,
        "kind": kind,
        "form": form,
        "row": row,
        "lost": bool(row and not values),
        "acts": account_acts(row) if row else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "orders/shop_account.html", context, status=status)


@allow("try_account")
@require_POST
def try_it(request: Request, code: str, system: str) -> HttpResponse:
    """Ask the system; the answer comes as a notice."""
    _, row = _found(code, system)
    if row is None or not row.active:
        messages.error(request, "先保存并启用账号，再试连。")
    else:
        try_account(row, by=Actor.person(request.user), now=timezone.now())
        messages.success(request, "正在试连，结果过一会儿在“通知”里。")
    return redirect("shop-account", code, system)


def _found(code: str, system: str) -> tuple[Shop, ShopAccount | None]:
    shop = get_object_or_404(Shop, code=code)
    if system not in ACCOUNTS:
        raise Http404(f"没有“{system}”这种系统")
    return shop, ShopAccount.objects.filter(shop=shop, system=system).first()
