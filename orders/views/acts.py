"""The pages of the acts on one order; each is one `ActPage`."""

from __future__ import annotations

from typing import Any

from core.models import Act
from core.verdict import yes
from orders import policy, reminding, stopping
from orders.forms.modify import DeliveryForm, ReceivingForm
from orders.forms.simple import (
    AccountForm,
    AskStopForm,
    CloseForm,
    FollowUpForm,
    HoldForm,
    NoteForm,
    NothingForm,
    PayForm,
    StopForm,
)
from orders.models import Order
from orders.policy import Group
from orders.selectors.order import closing_facts, since_close
from orders.services.close import close_order, reopen_order
from orders.services.hold import hold_order
from orders.services.intercept import ask_stop
from orders.services.modify import modify_delivery, modify_receiving
from orders.services.note import attach_account, follow_up, note
from orders.services.pay import mark_paid
from orders.services.release import release, take_back
from orders.services.reminders import remind_now, resume_reminding, stop_reminding
from orders.views.act_page import ActPage, act_view
from orders.words import AccountKind, Delivery

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


def _ask_stop(order: Order, form: AskStopForm, common: Common) -> Act:
    return ask_stop(order, form.reason(), **common)


def _pay(order: Order, form: PayForm, common: Common) -> Act:
    return mark_paid(order, form.paid(), **common)


def _note(order: Order, form: NoteForm, common: Common) -> Act:
    values = form.cleaned_data
    return note(order, values["text"], for_shop=values["for_shop"], **common)


def _follow_up(order: Order, form: FollowUpForm, common: Common) -> Act:
    return follow_up(order, form.cleaned_data["on"], **common)


def _account(order: Order, form: AccountForm, common: Common) -> Act:
    values = form.cleaned_data
    return attach_account(order, AccountKind(values["kind"]), values["account"], **common)


def _remind(order: Order, form: NothingForm, common: Common) -> Act:
    return remind_now(order, **common)


def _stop(order: Order, form: StopForm, common: Common) -> Act:
    values = form.cleaned_data
    return stop_reminding(order, why=values["why"], never=values["never"], **common)


def _resume(order: Order, form: NothingForm, common: Common) -> Act:
    return resume_reminding(order, **common)


receiving = act_view(
    ActPage(
        "modify_receiving",
        "修改收货信息",
        ReceivingForm,
        lambda o: policy.may_modify(o.facts(), Group.RECEIVING),
        _receiving,
        template="orders/receiving.html",
        personal=True,
        asked=True,
    )
)
delivery = act_view(
    ActPage(
        "modify_delivery",
        "修改配送",
        DeliveryForm,
        lambda o: policy.may_modify(o.facts(), Group.DELIVERY),
        _delivery,
        asked=True,
    )
)
close = act_view(
    ActPage(
        "close_order",
        "关闭订单",
        CloseForm,
        lambda o: policy.may_close_state(closing_facts(o)),
        _close,
        "关闭订单",
        asked=True,
    )
)
reopen = act_view(
    ActPage(
        "reopen_order",
        "重新打开",
        NothingForm,
        lambda o: policy.may_reopen(o.facts(), **since_close(o)),
        _reopen,
        "重新打开",
    )
)
hold = act_view(
    ActPage("hold", "挂起", HoldForm, lambda o: policy.may_hold(o.facts()), _hold, "挂起")
)
release_order = act_view(
    ActPage(
        "release",
        "下发仓库",
        NothingForm,
        lambda o: policy.may_release(o.facts()),
        _release,
        "下发仓库",
    )
)
take_back_order = act_view(
    ActPage(
        "take_back",
        "收回下发",
        NothingForm,
        lambda o: policy.may_take_back(o.facts()),
        _take_back,
        "收回",
    )
)
pay = act_view(
    ActPage(
        "mark_paid",
        "登记付款",
        PayForm,
        lambda o: policy.may_mark_paid(o.facts()),
        _pay,
        "登记付款",
    )
)
write_note = act_view(ActPage("note", "备注", NoteForm, lambda o: yes("1.2.d"), _note))
set_follow_up = act_view(
    ActPage("follow_up", "跟进日期", FollowUpForm, lambda o: yes("1.3.a"), _follow_up)
)
account = act_view(
    ActPage("attach_account", "关联账号", AccountForm, lambda o: yes("1.1.b"), _account)
)
remind = act_view(
    ActPage(
        "remind_now",
        "马上催付",
        NothingForm,
        lambda o: reminding.may_remind(o.facts([])),
        _remind,
        "催付",
    )
)
stop = act_view(
    ActPage(
        "stop_reminding",
        "停止催付",
        StopForm,
        lambda o: reminding.may_stop_reminding(o.facts([])),
        _stop,
        "停止催付",
    )
)
resume = act_view(
    ActPage(
        "resume_reminding",
        "恢复催付",
        NothingForm,
        lambda o: reminding.may_resume_reminding(o.facts([])),
        _resume,
        "恢复催付",
    )
)
stop_parcel = act_view(
    ActPage(
        "ask_stop",
        "请求拦截",
        AskStopForm,
        lambda o: stopping.may_ask_stop(o.facts()),
        _ask_stop,
        "请求拦截",
        asked=True,
    )
)
