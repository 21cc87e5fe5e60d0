"""The owner's screens of a shop's API: tokens, webhooks, what was sent (SOP 5.a, features 57)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.acts import Actor
from desk.forms import ApiTokenForm, RevokeForm, WebhookForm
from orders.models import Shop, Webhook, WebhookDelivery
from orders.selectors.webhook import acts_of, deliveries, webhooks_of
from orders.services.webhooks import add_webhook, change_webhook, ping, renew_secret, tell_again
from staff.http import Request
from staff.matrix import allow
from staff.models import ApiToken
from staff.roles import Scope
from staff.selectors import tokens_of
from staff.services.tokens import make_token, revoke_token


@allow("manage_api")
def access(request: Request, code: str) -> HttpResponse:
    """A shop's tokens and webhooks; POST makes a token, whose text is shown in this one answer."""
    shop = get_object_or_404(Shop, code=code)
    form, text, status = ApiTokenForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            text, status = _made(request, shop, form.cleaned_data), 200
            form = ApiTokenForm()
    return _access(request, shop, form, status=status, text=text)


def _made(request: Request, shop: Shop, values: dict[str, Any]) -> str:
    now = timezone.now()
    _, text = make_token(
        values["name"],
        shop.code,
        [Scope(scope) for scope in values["scopes"]],
        now + timedelta(days=values["days"]),
        by=Actor.person(request.user),
        now=now,
    )
    return text


def _access(
    request: Request, shop: Shop, form: ApiTokenForm, *, status: int = 200, text: str = ""
) -> HttpResponse:
    tokens = tokens_of(shop.code)
    context = {
        "shop": shop,
        "form": form,
        "text": text,
        "now": timezone.now(),
        "tokens": tokens,
        "webhooks": webhooks_of(shop),
        "acts": acts_of("apitoken", [token.pk for token in tokens]),
    }
    return render(request, "desk/api_access.html", context, status=status)


@allow("manage_api")
@require_POST
def revoke(request: Request, code: str, token_id: int) -> HttpResponse:
    """Make a token worthless, with the reason."""
    token = get_object_or_404(ApiToken, pk=token_id, shop_code=code)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "作废要写原因，至少两个字。")
        shop = get_object_or_404(Shop, code=code)
        return _access(request, shop, ApiTokenForm(), status=422)
    by = Actor.person(request.user)
    revoke_token(token, form.cleaned_data["why"], by=by, now=timezone.now())
    messages.success(request, f"令牌“{token.name}”已作废，从现在起不能再用。")
    return redirect("api-access", code)


@allow("manage_api")
def webhook(request: Request, code: str, hook_id: int | None = None) -> HttpResponse:
    """Set a webhook; its log stands below."""
    shop = get_object_or_404(Shop, code=code)
    hook = get_object_or_404(Webhook, pk=hook_id, shop=shop) if hook_id else None
    form = WebhookForm(request.POST or None, hook=hook)
    if request.method != "POST":
        return _webhook(request, shop, hook, form)
    if not form.is_valid():
        return _webhook(request, shop, hook, form, status=422)
    by, now, values = Actor.person(request.user), timezone.now(), form.cleaned_data
    url, states = values["url"], values["states"]
    if hook is None:
        hook, text = add_webhook(shop, url, states, by=by, now=now)
        return _webhook(request, shop, hook, WebhookForm(hook=hook), text=text)
    change_webhook(hook, url, states, active=values["active"], by=by, now=now)
    messages.success(request, "状态通知已保存。")
    return redirect("webhook", code, hook.pk)


def _webhook(
    request: Request,
    shop: Shop,
    hook: Webhook | None,
    form: WebhookForm,
    *,
    status: int = 200,
    text: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {"shop": shop, "hook": hook, "form": form, "text": text}
    if hook is not None:
        context |= {"deliveries": deliveries(hook), "acts": acts_of("webhook", [hook.pk])}
    return render(request, "desk/webhook.html", context, status=status)


@allow("manage_api")
@require_POST
def test(request: Request, code: str, hook_id: int) -> HttpResponse:
    """Send a test."""
    hook = get_object_or_404(Webhook, pk=hook_id, shop__code=code)
    ping(hook, by=Actor.person(request.user), now=timezone.now())
    messages.success(request, "测试已排队，几秒后刷新看对方的回答。")
    return redirect("webhook", code, hook_id)


@allow("manage_api")
@require_POST
def secret(request: Request, code: str, hook_id: int) -> HttpResponse:
    """A new secret, shown in this one answer."""
    hook = get_object_or_404(Webhook.objects.select_related("shop"), pk=hook_id, shop__code=code)
    text = renew_secret(hook, by=Actor.person(request.user), now=timezone.now())
    return _webhook(request, hook.shop, hook, WebhookForm(hook=hook), text=text)


@allow("manage_api")
@require_POST
def again(request: Request, code: str, hook_id: int, delivery_id: int) -> HttpResponse:
    """Tell the same event once more."""
    delivery = get_object_or_404(
        WebhookDelivery.objects.select_related("webhook"),
        pk=delivery_id,
        webhook=hook_id,
        webhook__shop__code=code,
    )
    tell_again(delivery, by=Actor.person(request.user), now=timezone.now())
    messages.success(request, "已排队再通知一次。")
    return redirect("webhook", code, hook_id)
