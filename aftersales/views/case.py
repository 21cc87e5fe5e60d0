"""A case, the lists of cases, and the acts that every kind has (screens: cases)."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from aftersales.forms.common import (
    AnswerForm,
    CaseEvidenceForm,
    HandOverForm,
    NothingForm,
    QuestionForm,
    WhyForm,
)
from aftersales.forms.reasons import ReasonForm
from aftersales.kinds import kind_of
from aftersales.kinds.undeliverable import AWAY, keep_of
from aftersales.models import Case
from aftersales.selectors.cases import (
    act_on_order,
    acts_of,
    asked_of,
    cases_page,
    evidence_of,
    get_case,
)
from aftersales.selectors.facts import facts_of
from aftersales.selectors.offers import case_offers, kinds_for
from aftersales.selectors.parcels import way_back
from aftersales.selectors.telling import closing_of, tell_of
from aftersales.services.asking import ask_customer, record_answer
from aftersales.services.ending import refuse_case, withdraw_case
from aftersales.services.evidence import add_case_evidence
from aftersales.services.handing import hand_over_case, take_case
from aftersales.services.reasons import change_reason
from aftersales.views.articles import beside
from aftersales.views.case_page import CasePage, case_paths
from aftersales.views.unowned import card as unowned_card
from aftersales.words import CaseKind, WaitsFor
from core.evidence.answers import shown
from core.keyset import BadCursor
from core.models import Act
from core.sentences import from_act
from core.sentences import render as said
from orders.selectors.order import get_order
from staff.http import Request
from staff.matrix import MATRIX, allow, may
from staff.models import User

WHOSE = {"": "我在办的", "turn": "等我动手的", "free": "没人接的", "team": "全部"}


@allow("view_case")
def cases(request: Request) -> HttpResponse:
    """My cases, the team's, by what they wait for; late first."""
    asked = asked_of(request.GET)
    try:
        found = cases_page(request.user, asked, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("cases")
    context = {
        "page": found,
        "asked": asked,
        "whose": WHOSE,
        "waits": dict(WaitsFor.choices()),
        "kinds": dict(CaseKind.choices()),
        "base": f"?{urlencode(asked)}",
        "now": timezone.now(),
        "may_count": may(request.user, "count_arrival"),
        "may_claims": may(request.user, "view_claims"),
    }
    return render(request, "aftersales/cases.html", context)


@allow("view_case")
def case(request: Request, case_no: str) -> HttpResponse:
    """Everything about one: what it waits for, what can be done, what to say."""
    row = get_case(request.user, case_no)
    facts, acts, goods_come = facts_of(row), acts_of(row), kind_of(row.kind).goods_come
    offers = case_offers(row, facts, request.user)
    context = {
        "case": row,
        "order": row.order,
        "offers": [offer for offer in offers if not offer.main],
        "main": next((offer for offer in offers if offer.main), None),
        "lines": list(row.lines.all()),
        "evidence": list(row.evidence.all()),
        "refunds": list(row.refunds.select_related("order").order_by("id")),
        "linked": list(row.orders.select_related("order").order_by("id")),
        "claims": list(row.claims.all()) if facts.claim else [],
        "acts": acts,
        "may_see_refunds": may(request.user, "view_refund"),
        "goods_come": goods_come,
        "may_print": _has_slip(row) and may(request.user, "print_return_slip"),
    }
    context |= _done(request, row, acts) | _kept(row) | unowned_card(request, row)
    context |= beside(request, row) | {"way": way_back(row)}
    return render(request, "aftersales/case.html", context)


def _has_slip(row: Case) -> bool:
    """Does the customer send goods, with a paper inside (SOP 1.4.d)?"""
    return bool(row.order) and WaitsFor.SENDING in kind_of(row.kind).says


def _kept(row: Case) -> dict[str, Any]:
    """Until when the carrier keeps it, counted down, while it may still reach the customer."""
    keeps = keep_of(str(row.details.get("keeps_until", "")))
    if keeps is None or WaitsFor(row.waits_for) not in AWAY or not row.is_open:
        return {}
    return {"keeps_until": keeps, "keeps_in": (keeps - timezone.localdate()).days}


def _done(request: Request, row: Case, acts: list[Act]) -> dict[str, Any]:
    """What was just done, and what to tell the customer: that, or what stands for the wait."""
    try:
        key = uuid.UUID(request.GET.get("done", ""))
    except ValueError:
        key = None
    done = next((act for act in acts if act.pk == key), None)
    if key and done is None:
        done = act_on_order(row, key)
    say = (from_act(done.say) if done else None) or (closing_of(row) if row.late else tell_of(row))
    shop = row.shop.code if row.shop else ""
    return {"done": done, "sentence": said(say, shop, row.opened_at) if say else ""}


@allow("view_case")
def evidence(request: Request, case_no: str, photo_id: int) -> FileResponse:
    """A file of the case: only who may see the case gets it."""
    return shown(evidence_of(get_case(request.user, case_no), photo_id))


@allow("open_case")
def open_case(request: Request, order_no: str) -> HttpResponse:
    """What the customer wants: each kind with its verdict (SOP 1.4.a, 3)."""
    order = get_order(request.user, order_no)
    context = {"order": order, "offers": kinds_for(order, order.facts())}
    name = "aftersales/open.html#card" if request.htmx else "aftersales/open.html"
    return render(request, name, context)


def _people(case: Case) -> dict[str, Any]:
    roles = [role.value for role in MATRIX["take_case"]]
    people = User.objects.filter(is_active=True, role__in=roles).order_by("role", "id")
    return {"people": [one for one in people if one.pk != case.owner_id]}


def _hand_over_form(data: Any = None, *, case: Case, **kwargs: Any) -> HandOverForm:
    return HandOverForm(data, case=case, **_people(case), **kwargs)


def _evidence(case: Case, form: CaseEvidenceForm, common: dict[str, Any]) -> Act:
    answers = bool(form.cleaned_data.get("answers"))
    return add_case_evidence(case, common.pop("evidence"), answers=answers, **common)


urlpatterns = case_paths(
    CasePage("take_case", "我来办", NothingForm, lambda c, f, x: take_case(c, **x), "我来办"),
    CasePage(
        "hand_over_case",
        "转交",
        _hand_over_form,
        lambda c, f, x: hand_over_case(c, f.chosen(), f.cleaned_data["note"], **x),
        "转交",
    ),
    CasePage(
        "ask_customer",
        "等客户答复",
        QuestionForm,
        lambda c, f, x: ask_customer(c, f.cleaned_data["question"], **x),
        "等答复",
    ),
    CasePage(
        "record_answer",
        "登记客户答复",
        AnswerForm,
        lambda c, f, x: record_answer(c, f.cleaned_data["answer"], **x),
        "记下",
    ),
    CasePage(
        "add_case_evidence", "加照片、凭证", CaseEvidenceForm, _evidence, "上传", uploads=True
    ),
    CasePage(
        "change_reason",
        "改原因",
        ReasonForm,
        lambda c, f, x: change_reason(c, f.cleaned_data["reason"], f.cleaned_data["why"], **x),
        "改原因",
    ),
    CasePage(
        "refuse_case",
        "拒绝",
        WhyForm,
        lambda c, f, x: refuse_case(c, f.cleaned_data["why"], **x),
        "拒绝",
    ),
    CasePage(
        "withdraw_case",
        "撤回",
        WhyForm,
        lambda c, f, x: withdraw_case(c, f.cleaned_data["why"], **x),
        "撤回",
    ),
)
