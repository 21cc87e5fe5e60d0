"""The policy in its versions, and its changes by two persons (SOP 7.a)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from aftersales.changing.laid import differences, laid_out
from aftersales.forms.policies import BackForm, NoForm, PolicyForm, YesForm
from aftersales.models import PolicyChange, PolicyVersion
from aftersales.rules import read
from aftersales.selectors.changes import (
    change_offers,
    changes_page,
    get_change,
    open_change,
    own_waiting,
    verdict_on,
    what_changes,
)
from aftersales.selectors.previews import CAP, Preview, orders_under, preview, told_by
from aftersales.selectors.versions import newest, versions
from aftersales.services.changes import (
    propose_policy,
    put_in_force,
    reject_change,
    withdraw_change,
)
from aftersales.words import ChangeOf
from core.acts import Actor, Repeated
from core.counting import said
from core.keyset import BadCursor
from core.selectors import acts_on
from core.verdict import Refused
from orders.selectors.page import labelled
from staff.http import Request
from staff.matrix import allow, may
from staff.row_page import RowPage, row_view


@allow("view_policies")
def policies(request: Request, number: int | None = None) -> HttpResponse:
    """A version as a person reads it (the one in force), what it changed, and all the others."""
    rows, now = versions(), timezone.now()
    in_force = next((row for row in rows if row.in_force(now)), rows[-1])
    shown = in_force if number is None else next((r for r in rows if r.number == number), None)
    if shown is None:
        raise Http404("没有这一版政策")
    place = rows.index(shown)
    before = rows[place + 1] if place + 1 < len(rows) else None
    until = rows[place - 1].from_at if place else None
    orders = orders_under(shown, until, request.user) if shown.in_force(now) else None
    context = {
        "rows": rows,
        "shown": shown,
        "in_force": in_force,
        "now": now,
        "sections": laid_out(shown.rules),
        "changes": differences(before.rules, shown.rules) if before else [],
        "before": before,
        "orders": None if orders is None else said(orders, CAP),
        "waiting": open_change(ChangeOf.RULES),
        "may_propose": may(request.user, "propose_policy"),
        "may_decide": may(request.user, "put_in_force"),
        "may_reword": may(request.user, "propose_sentence"),
    }
    return render(request, "aftersales/policies.html", context)


@allow("propose_policy")
def propose(request: Request) -> HttpResponse:
    """Draft the next version: look what it would change, then propose it."""
    last = newest()
    form = PolicyForm(request.POST or None, newest=last)
    if request.method != "POST":
        return _form(request, form, last)
    if not form.is_valid():
        return _form(request, form, last, status=422)
    if form.drafting:
        return _form(request, form, last, found=preview(form.rules(), request.user))
    by, values = Actor.person(request.user), form.cleaned_data
    about = {"base": values["base"], "token": values["token"], "now": timezone.now()}
    try:
        done = propose_policy(form.proposed(), form.when(), by=by, **about)
    except Repeated as repeated:
        done = repeated.act
    except Refused as refusal:
        return _form(request, form, last, status=409, refusal=refusal.verdict)
    messages.success(request, "已经提出，等另一个人通过。")
    return redirect("policy-change", done.subject_id)


def _form(
    request: Request, form: PolicyForm, last: PolicyVersion, *, status: int = 200, **more: Any
) -> HttpResponse:
    found: Preview | None = more.get("found")
    context = {
        "form": form,
        "newest": last,
        "waiting": open_change(ChangeOf.RULES),
        "verdict": more.get("refusal"),
        "preview": found,
        "changes": form.differs() if found is not None else [],
        "from_at": form.cleaned_data.get("from_at") if found is not None else None,
    }
    return render(request, "aftersales/propose_policy.html", context, status=status)


@allow("put_in_force")
def changes(request: Request) -> HttpResponse:
    """What waits for this person, what they have proposed themselves, and what was decided."""
    ended = request.GET.get("ended") == "1"
    try:
        found = changes_page(request.user, ended=ended, cursor=request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("policy-changes")
    context = {
        "page": found,
        "own": [] if ended else own_waiting(request.user),
        "ended": ended,
        "base": "?ended=1" if ended else "?",
    }
    return render(request, "aftersales/policy_changes.html", context)


@allow("put_in_force")
def change(request: Request, change_id: int) -> HttpResponse:
    """One change: from → to, what it would mean, who said what."""
    row, now = get_change(change_id), timezone.now()
    waits = row.decided_at is None
    context = {
        "row": row,
        "changes": what_changes(row),
        "preview": _preview(row, request) if waits else None,
        "offers": change_offers(row, request.user, now),
        "own": row.by_id == request.user.pk,
        "acts": labelled(acts_on(row)),
    }
    return render(request, "aftersales/policy_change.html", context)


def _preview(row: PolicyChange, request: Request) -> Preview:
    if row.of_rules:
        return preview(read(row.text), request.user)
    return told_by(row.key, request.user)


def _about(row: PolicyChange) -> str:
    return f"{row.by_name}提的：{row.why}"


_put_in_force = row_view(
    RowPage(
        "put_in_force",
        "通过",
        get_change,
        YesForm,
        lambda row, user: verdict_on(row, "put_in_force", user, timezone.now()),
        lambda row, values, common: put_in_force(row, **common),
        "通过",
        about=_about,
    )
)
_reject = row_view(
    RowPage(
        "reject_change",
        "驳回",
        get_change,
        NoForm,
        lambda row, user: verdict_on(row, "reject_change", user, timezone.now()),
        lambda row, values, common: reject_change(row, values["why"], **common),
        "驳回",
        about=_about,
    )
)
_withdraw = row_view(
    RowPage(
        "withdraw_change",
        "撤回",
        get_change,
        BackForm,
        lambda row, user: verdict_on(row, "withdraw_change", user, timezone.now()),
        lambda row, values, common: withdraw_change(row, values["why"], **common),
        "撤回",
        about=_about,
    )
)

urlpatterns = [
    path("policies", policies, name="policies"),
    path("policies/<int:number>", policies, name="policy"),
    path("policies/propose", propose, name="propose-policy"),
    path("policies/changes", changes, name="policy-changes"),
    path("policies/changes/<int:change_id>", change, name="policy-change"),
    path("policies/changes/<int:change_id>/put-in-force", _put_in_force, name="put-in-force"),
    path("policies/changes/<int:change_id>/reject", _reject, name="reject-change"),
    path("policies/changes/<int:change_id>/withdraw", _withdraw, name="withdraw-change"),
]
