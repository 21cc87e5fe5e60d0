"""The pages on which one of several things is picked: a hold, a top-up, a payment, a side."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from core.models import Act
from core.templatetags.gendan import spoken
from core.verdict import Refused, no
from orders import policy, stopping
from orders.forms.simple import DifferenceForm, LiftForm, PickForm, TieForm, WithdrawForm
from orders.models import Hold, Order
from orders.models.order import RECEIVING_LABELS
from orders.selectors.order import get_order
from orders.selectors.payments import reversible
from orders.selectors.top_ups import candidates, expected_amount, find_top_up
from orders.services.difference import differing, settle_difference
from orders.services.hold import lift_hold
from orders.services.intercept import withdraw_stop
from orders.services.pay import reverse_payment
from orders.services.top_up import tie_top_up, untie_top_up
from orders.views.act_page import ActPage, show_or_do
from staff.http import Request
from staff.matrix import allow

Common = dict[str, Any]


@allow("lift_hold")
def lift(request: Request, order_no: str, hold_id: int) -> HttpResponse:
    """Lift one hold; who may depends on its kind."""
    order = get_order(request.user, order_no)
    row = get_object_or_404(Hold, pk=hold_id, order=order)
    role = request.user.role

    def perform(order: Order, form: LiftForm, common: Common) -> Act:
        return lift_hold(order, row, form.cleaned_data["why"], role=role, **common)

    page = ActPage(
        "lift_hold",
        f"解除挂起：{row.get_kind_display()}",
        LiftForm,
        lambda o: policy.may_lift(row.fact(), role, is_open=row.state == "open"),
        perform,
        "解除",
        more=lambda order, form: {"about": row.reason},
    )
    return show_or_do(request, page, order)


@allow("withdraw_stop")
def withdraw(request: Request, order_no: str, hold_id: int) -> HttpResponse:
    """Take a request for an intercept back while the warehouse has not answered."""
    order = get_order(request.user, order_no)
    row = get_object_or_404(Hold, pk=hold_id, order=order)

    def perform(order: Order, form: WithdrawForm, common: Common) -> Act:
        return withdraw_stop(order, row, form.cleaned_data["why"], **common)

    page = ActPage(
        "withdraw_stop",
        "撤回拦截",
        WithdrawForm,
        lambda o: stopping.may_withdraw_stop(row.fact(), is_open=row.state == "open"),
        perform,
        "撤回",
        more=lambda order, form: {"about": row.reason},
    )
    return show_or_do(request, page, order)


@allow("tie_top_up")
def tie(request: Request, order_no: str) -> HttpResponse:
    """Tie a top-up order: the same buyer's are listed, the expected amount first (SOP 1.1.f)."""
    order = get_order(request.user, order_no)
    expected = expected_amount(order)

    def perform(order: Order, form: TieForm, common: Common) -> Act:
        top_up = find_top_up(request.user, form.number())
        if top_up is None:
            raise Refused(
                no(
                    "1.1.f",
                    f"没有找到补差价订单“{form.number()}”。",
                    instead="核对单号；刚付款的补差价订单，导入以后才在这里。",
                )
            )
        return tie_top_up(order, top_up, certain=form.cleaned_data["certain"], **common)

    page = ActPage(
        "tie_top_up",
        "关联补差价",
        partial(TieForm, candidates=candidates(request.user, order), expected=expected),
        lambda o: policy.may_take_top_up(o.facts()),
        perform,
        "关联",
        more=lambda order, form: {"about": _waits_for(expected)},
    )
    return show_or_do(request, page, order)


def _waits_for(expected: Decimal | None) -> str:
    return f"等补差价 {expected} 元；付得比这多的，多的要退给买家。" if expected else ""


@allow("untie_top_up")
def untie(request: Request, order_no: str) -> HttpResponse:
    """Take a top-up away that was tied by mistake."""
    order = get_order(request.user, order_no)
    tied = {str(row.pk): row for row in order.top_ups.order_by("ordered_at")}
    choices = [(key, f"{row.order_no} · {row.total_paid} 元") for key, row in tied.items()]

    def perform(order: Order, form: PickForm, common: Common) -> Act:
        values = form.cleaned_data
        return untie_top_up(order, tied[values["pick"]], values["why"], **common)

    page = ActPage(
        "untie_top_up",
        "取消关联补差价",
        partial(PickForm, label="哪一张补差价订单", choices=choices),
        lambda o: policy.may_untie_top_up(o.facts()),
        perform,
        "取消关联",
    )
    return show_or_do(request, page, order)


@allow("reverse_payment")
def reverse(request: Request, order_no: str) -> HttpResponse:
    """Finance takes a registered payment back (screens: mark paid ↔ reversed by finance)."""
    order = get_order(request.user, order_no)
    paid = {str(row.pk): row for row in reversible(order)}
    now = timezone.localtime()
    choices = [
        (
            key,
            f"{row.amount} 元 · {row.trade.get_gateway_display()} {row.trade.number} · "
            f"{spoken(timezone.localtime(row.at), now)}",
        )
        for key, row in paid.items()
    ]

    def perform(order: Order, form: PickForm, common: Common) -> Act:
        values = form.cleaned_data
        return reverse_payment(order, paid[values["pick"]], values["why"], **common)

    page = ActPage(
        "reverse_payment",
        "冲正付款",
        partial(PickForm, label="哪一笔收款", choices=choices),
        lambda o: policy.may_reverse_payment(o.facts(), by_hand=bool(paid)),
        perform,
        "冲正",
    )
    return show_or_do(request, page, order)


@allow("settle_difference")
def difference(request: Request, order_no: str) -> HttpResponse:
    """The platform's value or ours, where both were changed (SOP 5.a)."""
    order = get_order(request.user, order_no)
    rows = order.holds.filter(state="open", cause__in=list(policy.DIFFERENCES))
    holds = {str(row.pk): row for row in rows}
    choices = [(key, policy.DIFFERENCES[row.cause].label) for key, row in holds.items()]

    def perform(order: Order, form: DifferenceForm, common: Common) -> Act:
        values = form.cleaned_data
        hold, why = holds[values["hold"]], values["why"]
        return settle_difference(order, hold, values["choice"], why=why, **common)

    page = ActPage(
        "settle_difference",
        "核对平台的修改",
        partial(DifferenceForm, choices=choices),
        lambda o: policy.may_settle_difference(o.facts()),
        perform,
        "确定",
        template="orders/difference.html",
        personal=any(row.cause == "import:receiving" for row in holds.values()),
        more=lambda order, form: {"sides": _sides(order, list(holds.values()))},
    )
    return show_or_do(request, page, order)


def _sides(order: Order, holds: list[Hold]) -> list[tuple[str, str, str]]:
    """What, the platform's, ours."""
    found, causes = [], {hold.cause for hold in holds}
    if "import:receiving" in causes:
        for name, theirs in differing(order).items():
            found.append((RECEIVING_LABELS[name], theirs, getattr(order, name)))
    if "import:lines" in causes:
        theirs = "；".join(f"{t} {s} × {q}" for _, t, s, q in order.before_hand.get("lines", []))
        ours = "；".join(f"{line.label} × {line.quantity}" for line in order.lines.all())
        found.append(("商品", theirs, ours))
    return found
