"""The pages of refunds: ask for one, see it, and the acts on it (SOP 1.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core.acts import Conflict, Repeated
from core.evidence.answers import shown
from core.evidence.keeping import drop, keep
from core.models import Act
from core.money import ZERO
from core.sentences import render as said
from core.verdict import Refused, Verdict
from orders.models import Order
from orders.selectors.order import get_order
from orders.views.act_page import ActPage, act_view, show_or_do
from refunds import policy
from refunds.forms.acts import EvidenceForm, MatchForm, ResubmitForm, WhyForm
from refunds.forms.ask import RefundForm
from refunds.models import Refund
from refunds.selectors.offers import decision_offers, refund_offers
from refunds.selectors.refunds import evidence_of, get_refund, refund_acts, say_now
from refunds.selectors.weighing import history_of_buyer, said_on
from refunds.services.applying import match_application
from refunds.services.ask import request_refund
from refunds.services.evidence import FOLDER, add_evidence
from refunds.services.resubmit import resubmit_refund
from refunds.services.withdraw import facts_of, ship_instead, withdraw_refund
from staff.http import Request
from staff.matrix import allow, may
from staff.selectors import revealed

Common = dict[str, Any]
Deed = Callable[[Order, Refund, Any, Common], Act]


def _request(order: Order, form: RefundForm, common: Common) -> Act:
    return _with_files(
        form, lambda kept: request_refund(order, form.wanted(), evidence=kept, **common)
    )


def _with_files(form: Any, do: Callable[[Any], Act]) -> Act:
    """Keep the files first; an act that does not happen leaves none behind."""
    kept = keep(form.cleaned_data["evidence"], FOLDER)
    try:
        return do(kept)
    except (Refused, Conflict, Repeated):
        drop(kept)
        raise


request_page = act_view(
    ActPage(
        "request_refund",
        "申请退款",
        RefundForm,
        lambda o: policy.may_open(o.facts()),
        _request,
        "申请退款",
        template="refunds/request.html",
        uploads=True,
        asked=True,
    )
)


@allow("view_refund")
def refund(request: Request, order_no: str, refund_id: int) -> HttpResponse:
    """Everything about one refund."""
    order = get_order(request.user, order_no)
    row = get_refund(order, refund_id)
    facts, say = order.facts(), say_now(row, timezone.now())
    context = {
        "order": order,
        "refund": row,
        "lines": list(row.lines.all()),
        "evidence": list(row.evidence.all()),
        "approvals": list(row.approvals.order_by("at", "id")),
        "offers": decision_offers(row, facts, request.user)
        + refund_offers(row, facts, request.user),
        "left": max(order.paid - order.refund_reserved, ZERO),
        "risks": list(row.risks.all()),
        "earlier": history_of_buyer(order, row),
        "holds": [hold for hold in order.holds.order_by("id") if hold.state == "open"],
        "acts": refund_acts(row),
        "shown": bool(row.payee_account) and revealed(request.user, "order", order.pk),
        "may_request": may(request.user, "request_refund"),
        "sentence": said(say, row.order.shop.code) if say else "",
    }
    context |= said_on(order)
    return render(request, "refunds/refund.html", context)


def _act(
    verb: str,
    title: str,
    form: Any,
    rule: Callable[[policy.RefundFacts], Verdict],
    do: Deed,
    button: str,
    **more: Any,
) -> Callable[..., HttpResponse]:
    """The page of an act on one refund; it goes back to the order (architecture §2)."""

    @allow(verb)
    def view(request: Request, order_no: str, refund_id: int) -> HttpResponse:
        order = get_order(request.user, order_no)
        row = get_refund(order, refund_id)
        page = ActPage(
            verb,
            f"{title} {row.number}",
            form,
            lambda o: rule(facts_of(get_refund(o, row.pk), o)),
            lambda o, typed, common: do(o, row, typed, common),
            button,
            more=lambda o, typed: {"about": _about(row)},
            **more,
        )
        return show_or_do(request, page, order)

    view.__name__ = verb
    return view


def _about(row: Refund) -> str:
    return (
        f"{row.get_kind_display()} {row.amount} 元，{row.get_state_display()}；"
        f"原因：{row.get_true_reason_display()}"
    )


def _withdraw(order: Order, row: Refund, form: WhyForm, common: Common) -> Act:
    return withdraw_refund(order, row, form.cleaned_data["why"], **common)


def _ship(order: Order, row: Refund, form: WhyForm, common: Common) -> Act:
    return ship_instead(order, row, form.cleaned_data["why"], **common)


def _match(order: Order, row: Refund, form: MatchForm, common: Common) -> Act:
    return match_application(order, row, form.applied(), **common)


def _resubmit(order: Order, row: Refund, form: ResubmitForm, common: Common) -> Act:
    return resubmit_refund(order, row, **form.values(), **common)


def _add(order: Order, row: Refund, form: EvidenceForm, common: Common) -> Act:
    return _with_files(form, lambda kept: add_evidence(order, row, kept, **common))


withdraw = _act("withdraw_refund", "撤回退款", WhyForm, policy.may_withdraw, _withdraw, "撤回")
ship = _act("ship_instead", "改为发货", WhyForm, policy.may_ship_instead, _ship, "改为发货")
match = _act("match_application", "对上平台申请", MatchForm, policy.may_match, _match, "对上")
resubmit = _act(
    "resubmit_refund",
    "补充后再送审",
    ResubmitForm,
    policy.may_resubmit,
    _resubmit,
    "再送审",
)
add = _act(
    "add_evidence",
    "补退款凭证",
    EvidenceForm,
    policy.may_add_evidence,
    _add,
    "上传",
    template="refunds/evidence.html",
    uploads=True,
)


@allow("view_refund")
def evidence(request: Request, order_no: str, refund_id: int, evidence_id: int) -> FileResponse:
    """A file of the refund: only who may see the refund gets it; its type is not guessed."""
    order = get_order(request.user, order_no)
    found = evidence_of(get_refund(order, refund_id), evidence_id)
    return shown(found)
