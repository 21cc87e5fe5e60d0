"""The page of an act on a row that is no order: GET shows form and verdict, POST does it.

Success goes back to the row; a refusal or a conflict is 409 and a bad form 422, with the same
page and what was typed (architecture §2, §3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from core.acts import Actor, Conflict, Repeated
from core.models import Act
from core.once import RowForm
from core.selectors import acts_on
from core.verdict import Refused, Verdict
from staff.http import Request
from staff.matrix import allow
from staff.models import User


@dataclass(frozen=True)
class RowPage:
    """What is special about one act's page."""

    verb: str
    title: str
    find: Callable[[int], Any]
    form: type[RowForm]
    verdict: Callable[[Any, User], Verdict]
    perform: Callable[[Any, dict[str, Any], dict[str, Any]], Act]
    button: str = "保存"
    about: Callable[[Any], str] = lambda row: ""


def row_view(page: RowPage) -> Callable[..., HttpResponse]:
    """The view of an act's page, guarded by the matrix under the act's name."""

    @allow(page.verb)
    def view(request: Request, /, **key: int) -> HttpResponse:
        row = page.find(*key.values())
        if request.method != "POST":
            return _show(request, page, row, page.form(row=row))
        form = page.form(request.POST, row=row)
        if not form.is_valid():
            return _show(request, page, row, form, status=422)
        return _perform(request, page, row, form)

    view.__name__ = page.verb
    return view


def _perform(request: Request, page: RowPage, row: Any, form: RowForm) -> HttpResponse:
    values = dict(form.cleaned_data)
    common = {"seen": values.pop("seen"), "token": values.pop("token")}
    common |= {"by": Actor.person(request.user), "now": timezone.now()}
    try:
        done = page.perform(row, values, common)
        messages.success(request, f"{row}：{done.summary}。")
    except Repeated:
        pass
    except Refused as refusal:
        fresh = page.find(row.pk)
        return _show(request, page, fresh, form, status=409, refusal=refusal.verdict)
    except Conflict:
        fresh = page.find(row.pk)
        typed = request.POST.copy()
        typed["seen"] = str(fresh.version)  # the next press goes through
        again = page.form(typed, row=fresh)
        return _show(request, page, fresh, again, status=409, conflict=True)
    url = row.get_absolute_url()
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _show(
    request: Request,
    page: RowPage,
    row: Any,
    form: RowForm,
    *,
    status: int = 200,
    refusal: Verdict | None = None,
    conflict: bool = False,
) -> HttpResponse:
    verdict = refusal or page.verdict(row, request.user)
    context = {
        "page": page,
        "row": row,
        "form": form,
        "verdict": verdict,
        "open": page.verdict(row, request.user).answer != "no",
        "action": request.path,
        "about": page.about(row),
        "conflict": acts_on(row, 3) if conflict else None,
    }
    name = "components/row_act.html#card" if request.htmx else "components/row_act.html"
    return render(request, name, context, status=status)
