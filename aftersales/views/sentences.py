"""What customers are told: each sentence in its versions, reworded by two persons (SOP 7.a)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from aftersales.forms.policies import SentenceForm
from aftersales.selectors.wordings import wordings
from aftersales.services.changes import propose_sentence
from core.acts import Actor, Repeated
from core.verdict import Refused
from orders.models import Shop
from staff.http import Request
from staff.matrix import allow


@allow("propose_sentence")
def sentences(request: Request) -> HttpResponse:
    """Every sentence as it counts, for all shops or for one; another wording by POST."""
    shops = list(Shop.objects.values_list("code", "name"))
    scope = request.GET.get("shop", "").replace("\0", "")
    form, status = SentenceForm(request.POST or None, shops=shops), 200
    if request.method == "POST":
        if form.is_valid() and _propose(request, form):
            scope = form.cleaned_data["scope"]
            return redirect(f"{request.path}?shop={scope}#{form.cleaned_data['key']}")
        status = 422
    typed, empty = form.data.get("key", ""), SentenceForm(shops=shops)
    rows = [
        {**row, "form": form if row["key"] == typed else empty, "token": _token(form, row, typed)}
        for row in wordings(scope, timezone.now())
    ]
    context = {"rows": rows, "shops": shops, "scope": scope, "form": form}
    return render(request, "aftersales/sentences.html", context, status=status)


def _token(form: SentenceForm, row: dict[str, Any], typed: str) -> str:
    """Each form has its own; one that is shown again keeps what it had."""
    return (
        str(form.data["token"])
        if row["key"] == typed and form.data.get("token")
        else (str(uuid.uuid4()))
    )


def _propose(request: Request, form: SentenceForm) -> bool:
    values, by = form.cleaned_data, Actor.person(request.user)
    about = (values["key"], values["text"], form.when())
    common = {"scope": values["scope"], "token": values["token"], "now": timezone.now()}
    try:
        propose_sentence(*about, by=by, **common)
    except Repeated:
        return True
    except Refused as refusal:
        form.add_error(None, f"{refusal.verdict.reason}{refusal.verdict.instead}")
        return False
    messages.success(request, "已经提出，等另一个人通过。")
    return True


urlpatterns = [path("sentences", sentences, name="sentences")]
