"""The page of an act on a case: one shape for all kinds (architecture §2, §3).

GET shows the form with its verdict; POST does the act and goes back to the case with
`?done=<act id>`; a draft (a pasted address being split) is shown and saves nothing. A refusal or
a conflict is 409, a bad form 422, with what was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from aftersales.forms.common import CaseForm
from aftersales.kinds import kind_of
from aftersales.kinds.kind import verdict_on
from aftersales.models import Case
from aftersales.selectors.cases import changed_since, get_case
from aftersales.selectors.facts import facts_of
from aftersales.services.evidence import FOLDER
from core.acts import Actor, Conflict, Repeated
from core.evidence.keeping import Kept, drop, keep
from core.models import Act
from core.sentences import render as said
from core.verdict import Refused, Verdict
from orders.views.act_page import draw
from staff.http import Request
from staff.matrix import allow

Common = dict[str, Any]


@dataclass(frozen=True)
class CasePage:
    """What is special about one act's page. With `uploads` the kept files come as `evidence`."""

    verb: str
    title: str
    form: Callable[..., CaseForm]
    perform: Callable[[Case, Any, Common], Act]
    button: str = "保存"
    template: str = "aftersales/act.html"
    uploads: bool = False
    more: Callable[[Case, Any], dict[str, Any]] = field(default=lambda case, form: {})


def case_paths(*pages: CasePage) -> list[URLPattern]:
    """Each act's address, named after it: `cases/…/note-waybill`."""
    return [
        path(f"cases/<str:case_no>/{name}", case_view(page), name=name)
        for page in pages
        for name in [page.verb.replace("_", "-")]
    ]


def case_view(page: CasePage) -> Callable[..., HttpResponse]:
    """The view of an act's page, guarded by the matrix under the act's name."""

    @allow(page.verb)
    def view(request: Request, case_no: str) -> HttpResponse:
        return show_or_do(request, page, get_case(request.user, case_no))

    view.__name__ = page.verb
    return view


def show_or_do(request: Request, page: CasePage, case: Case) -> HttpResponse:
    """GET: the form. POST: the act."""
    if request.method != "POST":
        return _show(request, page, case, page.form(case=case))
    files = {"files": request.FILES} if page.uploads else {}
    form = page.form(request.POST, case=case, **files)
    if form.drafting:
        return _show(request, page, case, form)
    if not form.is_valid():
        return _show(request, page, case, form, status=422)
    return _perform(request, page, case, form)


def _perform(request: Request, page: CasePage, case: Case, form: CaseForm) -> HttpResponse:
    try:
        done = _do(page, case, form, request)
    except Repeated as repeated:
        done = repeated.act
    except Refused as refusal:
        fresh = get_case(request.user, case.number)
        return _show(request, page, fresh, form, status=409, refusal=refusal.verdict)
    except Conflict as conflict:
        fresh = get_case(request.user, case.number)
        typed = request.POST.copy()
        typed["seen"] = str(fresh.version)  # the next press goes through
        more = {"conflict": changed_since(fresh, conflict.seen)}
        return _show(request, page, fresh, page.form(typed, case=fresh), status=409, more=more)
    return to_case(request, case, done)


def _do(page: CasePage, case: Case, form: CaseForm, request: Request) -> Act:
    values = form.cleaned_data
    common: Common = {
        "by": Actor.person(request.user),
        "now": timezone.now(),
        "seen": values["seen"],
        "token": values["token"],
    }
    if contact := form.contacted():
        common["contact"] = contact
    if not page.uploads:
        return page.perform(case, form, common)
    return with_files(form, lambda kept: page.perform(case, form, common | {"evidence": kept}))


def with_files(form: Any, act: Callable[[list[Kept]], Act]) -> Act:
    """Keep the files first; an act that does not happen leaves none behind."""
    kept = keep(form.cleaned_data["evidence"], FOLDER)
    try:
        return act(kept)
    except (Refused, Conflict, Repeated):
        drop(kept)
        raise


def to_case(request: Request, case: Case, done: Act) -> HttpResponse:
    """Back to the case, where the sentence for the customer stands."""
    url = f"{case.get_absolute_url()}?done={done.pk}"
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _show(
    request: Request,
    page: CasePage,
    case: Case,
    form: CaseForm,
    *,
    status: int = 200,
    refusal: Verdict | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    now = verdict_on(kind_of(case.kind), page.verb, facts_of(case))
    verdict, shop = refusal or now, case.shop.code if case.shop else ""
    say = None if verdict.allowed else verdict.say
    context = {
        "page": page,
        "case": case,
        "form": form,
        "verdict": verdict,
        "open": now.allowed,
        "sentence": said(say, shop, case.opened_at) if say else "",
        "action": request.path,
        "lines": list(case.lines.all()),
    }
    context |= page.more(case, form) | (more or {})
    return draw(request, page.template, context, status=status, part=form.partial)
