"""A supervisor's decisions on one refund, from its page or from the queue (SOP 1.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django_htmx.http import HttpResponseClientRedirect

from core.acts import Actor, Repeated
from core.models import Act
from core.once import TokenForm
from core.verdict import Refused, Verdict
from orders.models import Order
from orders.selectors.filters import shops_of
from orders.selectors.order import get_order
from orders.services.claims import take
from orders.views.act_page import ActPage, show_or_do
from refunds import deciding
from refunds.forms.decide import AssignForm, DecideForm, RejectForm, ReturnForm
from refunds.models import Payout, Refund
from refunds.selectors.queue import asked_of
from refunds.selectors.refunds import entered_at, get_refund
from refunds.selectors.weighing import agreed, limits
from refunds.services.assign import assign_refund
from refunds.services.decide import (
    approve_refund,
    reject_refund,
    return_refund,
    undo_approval,
)
from refunds.services.withdraw import CLAIM, facts_of
from refunds.words import RefundState
from staff.http import Request
from staff.matrix import allow
from staff.models import User
from staff.selectors import revealed

Common = dict[str, Any]
Rule = Callable[[Order, Refund, User], Verdict]
Deed = Callable[[Order, Refund, Any, User, Common], Act]


def plain(row: Refund, user: User) -> str:
    """What is decided on."""
    return (
        f"{row.get_kind_display()} {row.amount} 元；真实原因：{row.get_true_reason_display()}；"
        f"{row.asked_name}申请"
    )


def transfer(row: Refund, user: User) -> str:
    """What is looked for at the bank: how much, to whom, under which number, entered by whom."""
    shown = revealed(user, "order", row.order_id)
    parts = [format_html("转账 <b>{}</b> 元", f"{row.amount:.2f}"), _payee(row, shown)]
    if row.transfer_no:
        parts.append(entered(row))
    return format_html_join("；", "{}", ((part,) for part in parts))


def _payee(row: Refund, shown: bool) -> str:
    if not row.payee_account:
        return "收款账户还没有登记"
    said = format_html("转给 {}", row.payee_plain if shown else row.payee_masked)
    if shown:
        return said
    page = "confirm-transfer" if row.transfer_no else "enter-transfer"
    asked = {"next": reverse(page, args=[row.order.order_no, row.pk])}
    url = reverse("reveal", args=[row.order.order_no], query=asked)
    return format_html('{}（<a href="{}">显示</a>）', said, url)


def entered(row: Refund | Payout) -> str:
    """The number at the bank, and who says so since when."""
    at = entered_at(row)
    when = f" {timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
    return format_html("流水号 <b>{}</b>，{}{} 登记", row.transfer_no, row.made_name, when)


def decision(
    verb: str,
    title: str,
    form: Any,
    rule: Rule,
    do: Deed,
    about: Callable[[Refund, User], str] = plain,
    button: Callable[[Refund, User], str] | None = None,
) -> Callable[..., HttpResponse]:
    """The page of a decision; done from the queue it goes back there, where the next one waits."""

    @allow(verb)
    def view(request: Request, order_no: str, refund_id: int) -> HttpResponse:
        order = get_order(request.user, order_no)
        row = get_refund(order, refund_id)
        page = ActPage(
            verb,
            f"{title} {row.number}",
            form,
            lambda o: rule(o, get_refund(o, row.pk), request.user),
            lambda o, typed, common: do(o, row, typed, request.user, common),
            button(row, request.user) if button else title,
            more=lambda o, typed: {"about": about(row, request.user), "back": back_of(request)},
        )
        return to_queue(request, row, verb, show_or_do(request, page, order))

    view.__name__ = verb
    return view


approve = decision(
    "approve_refund",
    "通过",
    DecideForm,
    lambda o, row, user: deciding.may_approve(
        facts_of(row, o), user.pk, agreed(row), user.role, limits()
    ),
    lambda o, row, form, user, common: approve_refund(o, row, role=user.role, **common),
    button=lambda row, user: deciding.approving(row.amount, user.role, limits(), agreed(row)),
)
reject = decision(
    "reject_refund",
    "驳回",
    RejectForm,
    lambda o, row, user: deciding.may_reject(facts_of(row, o), user.pk),
    lambda o, row, form, user, common: reject_refund(o, row, form.cleaned_data["why"], **common),
)
give_back = decision(
    "return_refund",
    "退回补充",
    ReturnForm,
    lambda o, row, user: deciding.may_return(facts_of(row, o), user.pk),
    lambda o, row, form, user, common: return_refund(o, row, form.cleaned_data["why"], **common),
)
undo = decision(
    "undo_approval",
    "撤销通过",
    DecideForm,
    lambda o, row, user: deciding.may_undo(facts_of(row, o), user.pk, agreed(row)),
    lambda o, row, form, user, common: undo_approval(o, row, **common),
)
assign = decision(
    "assign_refund",
    "分派",
    AssignForm,
    lambda o, row, user: deciding.may_assign(facts_of(row, o)),
    lambda o, row, form, user, common: assign_refund(o, row, form.cleaned_data["to"], **common),
)


# -- the way back --------------------------------------------------------------------------------


def back_of(request: Request) -> str:
    """Which list one came from: its filters, or nothing."""
    return (request.POST.get("back") or request.GET.get("back") or "")[:300]


def address_of(request: Request, back: str) -> str:
    """The queue with the filters that one came from, those that make sense."""
    shops = {shop.code: shop.name for shop in shops_of(request.user)}
    asked = urlencode(asked_of(dict(parse_qsl(back)), shops))
    return reverse("refunds") + (f"?{asked}" if asked else "")


def to_queue(request: Request, row: Refund, verb: str, answer: HttpResponse) -> HttpResponse:
    """Done from the queue: back to it."""
    gone_on = answer.status_code == 302 or "HX-Redirect" in answer
    back = back_of(request)
    if request.method != "POST" or not gone_on or not back:
        return answer
    row = get_refund(row.order, row.pk)
    link = format_html('<a href="{}">{}</a>', row.get_absolute_url(), row.number)
    messages.success(request, format_html("{} {}。", link, _became(row, verb)))
    url = address_of(request, back)
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _became(row: Refund, verb: str) -> str:
    if verb == "assign_refund":
        return f"已分给{row.assigned_to.display_name}" if row.assigned_to else "已放回"
    if row.state == RefundState.APPROVED:
        return "已通过，30 秒内可以撤销"
    if row.state == RefundState.REVIEW:
        return "已同意，还要另一位来审" if agreed(row) else "回到待审核"
    return str(row.get_state_display())


@allow("claim")
def take_it(request: Request, order_no: str, refund_id: int) -> HttpResponse:
    """Say that one looks at it now, and go there."""
    order = get_order(request.user, order_no)
    row = get_refund(order, refund_id)
    form = TokenForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("refunds")
    token, by = form.cleaned_data["token"], Actor.person(request.user)
    try:
        take(order, CLAIM, by=by, now=timezone.now(), token=token)
    except Repeated:
        pass
    except Refused as refusal:
        messages.error(request, f"{refusal.verdict.reason}{refusal.verdict.instead}")
        return redirect(address_of(request, back_of(request)))
    return redirect(row.get_absolute_url())
