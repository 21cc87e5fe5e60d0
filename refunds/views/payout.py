"""The pages of payouts: ask, look, decide, transfer (SOP 1.5.f)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html

from core.acts import Conflict, Repeated
from core.evidence.answers import shown
from core.evidence.keeping import drop, keep
from core.keyset import BadCursor
from core.models import Act
from core.verdict import Refused, Verdict
from orders.models import Order
from orders.selectors.order import get_order
from orders.views.act_page import ActPage, act_view, show_or_do
from refunds import beyond
from refunds.forms.decide import DecideForm, ReasonForm, TransferForm
from refunds.forms.payout import PayoutForm
from refunds.models import Payout
from refunds.selectors.payouts import get_payout, payout_evidence, payout_offers, payouts_page
from refunds.selectors.weighing import limits
from refunds.services.evidence import FOLDER
from refunds.services.payout import (
    approve_payout,
    confirm_payout,
    enter_payout,
    reject_payout,
    request_payout,
)
from refunds.views.decide import entered
from refunds.words import PayoutKind, PayoutState
from staff.http import Request
from staff.matrix import allow, may
from staff.models import User

Common = dict[str, Any]


def _request(order: Order, form: PayoutForm, common: Common) -> Act:
    """Keep the files first; an act that does not happen leaves none behind."""
    typed = form.cleaned_data
    kept = keep(typed["evidence"], FOLDER)
    try:
        about = (PayoutKind(typed["kind"]), typed["amount"], typed["payee"], typed["why"])
        return request_payout(order, *about, kept, **common)
    except (Refused, Conflict, Repeated):
        drop(kept)
        raise


request_page = act_view(
    ActPage(
        "request_payout",
        "申请赔付",
        PayoutForm,
        lambda o: beyond.may_ask(o.facts()),
        _request,
        "申请赔付",
        template="refunds/request_payout.html",
        uploads=True,
    )
)


@allow("view_refund")
def payouts(request: Request) -> HttpResponse:
    """What waits for a decision or a transfer."""
    try:
        found = payouts_page(request.user, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("payouts")
    return render(request, "refunds/payouts.html", {"page": found, "base": "?"})


@allow("view_refund")
def payout(request: Request, order_no: str, payout_id: int) -> HttpResponse:
    """Everything about one; the account to pay to is finance's alone."""
    order = get_order(request.user, order_no)
    row = get_payout(order, payout_id)
    context = {
        "order": order,
        "payout": row,
        "evidence": list(row.evidence.all()),
        "offers": payout_offers(row, request.user),
        "may_pay": may(request.user, "enter_payout"),
    }
    return render(request, "refunds/payout.html", context)


@allow("view_refund")
def evidence(request: Request, order_no: str, payout_id: int, evidence_id: int) -> FileResponse:
    """A file of the payout: only who may see the payout gets it."""
    row = get_payout(get_order(request.user, order_no), payout_id)
    return shown(payout_evidence(row, evidence_id))


def _act(
    verb: str,
    title: str,
    form: Any,
    rule: Callable[[Payout, User], Verdict],
    do: Callable[[Order, Payout, Any, User, Common], Act],
    button: Callable[[Payout, User], str] | None = None,
) -> Callable[..., HttpResponse]:
    """The page of an act on one payout; it goes back to the order (architecture §2)."""

    @allow(verb)
    def view(request: Request, order_no: str, payout_id: int) -> HttpResponse:
        order = get_order(request.user, order_no)
        row = get_payout(order, payout_id)
        page = ActPage(
            verb,
            f"{title} {row.number}",
            form,
            lambda o: rule(get_payout(o, row.pk), request.user),
            lambda o, typed, common: do(o, row, typed, request.user, common),
            button(row, request.user) if button else title,
            more=lambda o, typed: {"about": _about(row, request.user)},
        )
        return show_or_do(request, page, order)

    view.__name__ = verb
    return view


def _about(row: Payout, user: User) -> str:
    """What is decided on; who transfers it or checks it sees to whom, and what was entered."""
    said = format_html("{} <b>{}</b> 元：{}", row.get_kind_display(), f"{row.amount:.2f}", row.why)
    if row.state != PayoutState.APPROVED or not may(user, "enter_payout"):
        return said
    said = format_html("{}；转给 {}", said, row.payee)
    return format_html("{}；{}", said, entered(row)) if row.transfer_no else said


approve = _act(
    "approve_payout",
    "同意赔付",
    DecideForm,
    lambda row, user: beyond.may_agree(row.facts(), user.pk, user.role, limits()),
    lambda o, row, form, user, common: approve_payout(o, row, role=user.role, **common),
    button=lambda row, user: beyond.agreeing(row.facts(), user.role, limits()),
)
reject = _act(
    "reject_payout",
    "驳回赔付",
    ReasonForm,
    lambda row, user: beyond.may_refuse(row.facts(), user.pk),
    lambda o, row, form, user, common: reject_payout(o, row, form.cleaned_data["why"], **common),
)
enter = _act(
    "enter_payout",
    "登记赔付转账",
    TransferForm,
    lambda row, user: beyond.may_enter(row.facts()),
    lambda o, row, form, user, common: enter_payout(
        o, row, form.cleaned_data["transfer_no"], **common
    ),
)
confirm = _act(
    "confirm_payout",
    "复核赔付转账",
    DecideForm,
    lambda row, user: beyond.may_confirm(row.facts(), user.pk),
    lambda o, row, form, user, common: confirm_payout(o, row, **common),
)
