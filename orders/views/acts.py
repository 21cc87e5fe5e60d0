"""The pages of the acts on one order; each is one `ActPage`."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from core.models import Act
from core.verdict import yes
from orders import policy
from orders.forms.modify import DeliveryForm, ReceivingForm
from orders.forms.simple import (
    AccountForm,
    CloseForm,
    FollowUpForm,
    HoldForm,
    LiftForm,
    NoteForm,
    NothingForm,
    PayForm,
)
from orders.models import Hold, Order
from orders.policy import Group
from orders.services.close import close_order, reopen_order
from orders.services.hold import hold_order, lift_hold
from orders.services.modify import modify_delivery, modify_receiving
from orders.services.note import attach_account, follow_up, note
from orders.services.pay import mark_paid
from orders.services.release import release, take_back
from orders.views.act_page import ActPage, act_view
from orders.words import AccountKind, Delivery
from staff.http import Request
from staff.matrix import allow

Common = dict[str, Any]


def _receiving(order: Order, form: ReceivingForm, common: Common) -> Act:
    return modify_receiving(order, form.receiving(), **common)


def _delivery(order: Order, form: DeliveryForm, common: Common) -> Act:
    values = form.cleaned_data
    return modify_delivery(order, Delivery(values["delivery"]), values["carrier"], **common)


def _close(order: Order, form: CloseForm, common: Common) -> Act:
    return close_order(order, form.cleaned_data["why"], **common)


def _reopen(order: Order, form: NothingForm, common: Common) -> Act:
    return reopen_order(order, **common)


def _hold(order: Order, form: HoldForm, common: Common) -> Act:
    return hold_order(order, **form.held(), **common)


def _release(order: Order, form: NothingForm, common: Common) -> Act:
    return release(order, **common)


def _take_back(order: Order, form: NothingForm, common: Common) -> Act:
    return take_back(order, **common)


def _pay(order: Order, form: PayForm, common: Common) -> Act:
    return mark_paid(order, form.paid(), **common)


def _note(order: Order, form: NoteForm, common: Common) -> Act:
    values = form.cleaned_data
    return note(order, values["text"], for_shop=values["for_shop"], **common)


def _follow_up(order: Order, form: FollowUpForm, common: Common) -> Act:
    return follow_up(order, form.cleaned_data["on"], **common)


def _account(order: Order, form: AccountForm, common: Common) -> Act:
    values = form.cleaned_data
    return attach_account(order, AccountKind(values["kind"]), values["account"].strip(), **common)


receiving = act_view(
    ActPage(
        "modify_receiving",
        "修改收货信息",
        ReceivingForm,
        lambda o: policy.may_modify(o, Group.RECEIVING),
        _receiving,
        template="orders/receiving.html",
        personal=True,
    )
)
delivery = act_view(
    ActPage(
        "modify_delivery",
        "修改配送",
        DeliveryForm,
        lambda o: policy.may_modify(o, Group.DELIVERY),
        _delivery,
    )
)
close = act_view(
    ActPage("close_order", "关闭订单", CloseForm, policy.may_close_state, _close, "关闭订单")
)
reopen = act_view(
    ActPage("reopen_order", "重新打开", NothingForm, policy.may_reopen, _reopen, "重新打开")
)
hold = act_view(ActPage("hold", "挂起", HoldForm, policy.may_hold, _hold, "挂起"))
release_order = act_view(
    ActPage("release", "下发仓库", NothingForm, policy.may_release, _release, "下发仓库")
)
take_back_order = act_view(
    ActPage("take_back", "收回下发", NothingForm, policy.may_take_back, _take_back, "收回")
)
pay = act_view(ActPage("mark_paid", "登记付款", PayForm, policy.may_mark_paid, _pay, "登记付款"))
write_note = act_view(ActPage("note", "备注", NoteForm, lambda o: yes("1.2.d"), _note))
set_follow_up = act_view(
    ActPage("follow_up", "跟进日期", FollowUpForm, lambda o: yes("1.3.a"), _follow_up)
)
account = act_view(
    ActPage("attach_account", "关联账号", AccountForm, lambda o: yes("1.1.b"), _account)
)


@allow("lift_hold")
def lift(request: Request, order_no: str, hold_id: int) -> HttpResponse:
    """Lift one hold; who may depends on its kind."""
    row = get_object_or_404(Hold, pk=hold_id, order__order_no=order_no)
    role = request.user.role

    def perform(order: Order, form: LiftForm, common: Common) -> Act:
        return lift_hold(order, row, form.cleaned_data["why"], role=role, **common)

    page = ActPage(
        "lift_hold",
        f"解除挂起：{row.get_kind_display()}",
        LiftForm,
        lambda o: policy.may_lift(row.fact(), role),
        perform,
        "解除",
    )
    return act_view(page)(request, order_no)
