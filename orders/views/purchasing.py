"""What orders lack and nobody has ordered yet: one click makes the drafts (SOP 5.d)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.acts import Actor
from core.once import TokenForm
from orders.selectors.shortage import Short, short_goods
from orders.services.purchasing import MOST_PIECES, draft_all
from staff.http import Request
from staff.matrix import allow


@allow("draft_supply")
def purchasing(request: Request) -> HttpResponse:
    """The SKUs that are short, with what to order of each; ticked ones become drafts."""
    short = short_goods()
    if request.method != "POST":
        return _show(request, short)
    form, picked, wrong = TokenForm(request.POST), _picked(request.POST, short), _wrong
    if not form.is_valid():
        return _show(request, short, "这个页面已经不完整了，请重新打开再选。", 422)
    if said := wrong(picked):
        return _show(request, short, said, 422)
    made = draft_all(
        {key: int(text) for key, text in picked.items()},
        by=Actor.person(request.user),
        now=timezone.now(),
        token=form.cleaned_data["token"],
    )
    if made:
        messages.success(request, f"建好了 {made} 张草稿，填供应商和日期就可以下单。")
    return redirect("/supplies?what=drafts")


def _picked(data: Any, short: list[Short]) -> dict[int, str]:
    """Of the ticked SKUs what was typed as quantity."""
    known = {str(each.sku.pk): each for each in short}
    return {
        int(key): data.get(f"quantity_{key}", "").strip()
        for key in data.getlist("sku")
        if key in known
    }


def _wrong(picked: dict[int, str]) -> str:
    if not picked:
        return "还没有勾选商品。勾上要采购的，再按一次。"
    for text in picked.values():
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_PIECES):
            return f"数量要填 1 到 {MOST_PIECES} 的整数：“{text[:20]}”不行。"
    return ""


def _show(request: Request, short: list[Short], wrong: str = "", status: int = 200) -> HttpResponse:
    typed = {each.sku.pk: request.POST.get(f"quantity_{each.sku.pk}") for each in short}
    context = {
        "wanted": [each for each in short if each.wanted],
        "covered": [each for each in short if not each.wanted],
        "typed": typed,
        "token": uuid.uuid4(),
        "wrong": wrong,
    }
    return render(request, "orders/purchasing.html", context, status=status)
