"""A parcel on its way: its card on the order, and the acts on it (SOP 6.a, 6.c)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from core.models import Act
from orders import finishing
from orders.forms.contact import ActForm
from orders.models import Order
from orders.selectors.order import get_order
from orders.services.finish import receive_order
from orders.views.act_page import ActPage, act_view, show_or_do
from staff.http import Request
from staff.matrix import allow, may
from staff.selectors import revealed
from warehouse import following as policy
from warehouse.forms.way import AnswerForm, AskForm, ReceiveForm, SettleForm, WaybillForm
from warehouse.models import Dispatch, Enquiry, Trouble
from warehouse.selectors.tracking import way_of
from warehouse.services.dispatch import finish_dispatch, retry_dispatch
from warehouse.services.enquiries import answer_carrier, ask_carrier
from warehouse.services.troubles import claim_trouble, settle_trouble
from warehouse.services.waybill import correct_waybill
from warehouse.views.back import from_list
from warehouse.words import DispatchState, EnquiryKind, EnquiryState, TroubleKind, TroubleOutcome

Common = dict[str, Any]


@allow("view_order")
def way(request: Request, order_no: str) -> HttpResponse:
    """The card 物流: where it is, what is wrong, what carriers and platform were told."""
    order = get_order(request.user, order_no)
    context = {
        "order": order,
        "way": way_of(order),
        "shown": revealed(request.user, "order", order.pk),
        "what_to_do": policy.WHAT_TO_DO,
        **{
            f"may_{verb}": may(request.user, verb)
            for verb in ("answer_carrier", "settle_trouble", "retry_dispatch", "reveal")
        },
    }
    name = "warehouse/way.html#card" if request.htmx else "warehouse/way.html"
    return render(request, name, context)


def _correct(order: Order, form: WaybillForm, common: Common) -> Act:
    values = form.cleaned_data
    return correct_waybill(order, values["carrier"], values["waybill"], **common)


correct = act_view(
    ActPage(
        "correct_waybill",
        "更正运单号",
        WaybillForm,
        lambda o: policy.may_correct_waybill(o.facts()),
        _correct,
        "更正",
    )
)


def _ask(order: Order, form: AskForm, common: Common) -> Act:
    values = form.cleaned_data
    kind, due_at = EnquiryKind(values["kind"]), form.due_at(common["now"])
    about = {"inbound": form.inbound.get(values["of"]), "to": values["new_address"]}
    return ask_carrier(order, kind, values["question"], due_at, **about, **common)


ask = act_view(
    ActPage(
        "ask_carrier",
        "联系快递",
        AskForm,
        lambda o: policy.may_ask_carrier(o.facts(), o.waybill),
        _ask,
        "记下，等快递答复",
    )
)


def _receive(order: Order, form: ReceiveForm, common: Common) -> Act:
    return receive_order(order, why=form.cleaned_data["intact"], **common)


receive = act_view(
    ActPage(
        "receive_order",
        "登记签收",
        ReceiveForm,
        lambda o: finishing.may_receive(o.facts()),
        _receive,
        "买家收到了",
    )
)


@allow("answer_carrier")
def answer(request: Request, order_no: str, enquiry_id: int) -> HttpResponse:
    """Keep what the carrier said."""
    order = get_order(request.user, order_no)
    row = get_object_or_404(Enquiry, pk=enquiry_id, order=order)

    def perform(order: Order, form: AnswerForm, common: Common) -> Act:
        values = form.cleaned_data
        return answer_carrier(order, row, EnquiryState(values["to"]), values["answer"], **common)

    page = ActPage(
        "answer_carrier",
        f"登记快递答复：{row.get_kind_display()}",
        AnswerForm,
        lambda o: policy.may_answer(
            row.get_state_display(), is_open=row.state == EnquiryState.OPEN
        ),
        perform,
        more=lambda order, form: {"about": _asked(row)},
    )
    return show_or_do(request, page, order)


def _asked(row: Enquiry) -> str:
    return f"{row.carrier_name} {row.waybill}：{row.question or row.get_kind_display()}"


@allow("settle_trouble")
def settle(request: Request, order_no: str, trouble_id: int) -> HttpResponse:
    """Say how a parcel in trouble was settled."""
    order = get_order(request.user, order_no)
    row = get_object_or_404(Trouble, pk=trouble_id, order=order)

    def perform(order: Order, form: SettleForm, common: Common) -> Act:
        values = form.cleaned_data
        outcome = TroubleOutcome(values["outcome"])
        return settle_trouble(order, row, outcome, values["why"], **common)

    page = ActPage(
        "settle_trouble",
        f"处理异常件：{row.get_kind_display()}",
        SettleForm,
        lambda o: policy.may_settle(row.done_name),
        perform,
        "处理完了",
        more=lambda order, form: {"about": policy.WHAT_TO_DO[TroubleKind(row.kind)]},
    )
    return show_or_do(request, page, order)


@allow("claim_trouble")
def claim(request: Request, order_no: str, trouble_id: int) -> HttpResponse:
    """Say that one looks after it; back to the worklist."""
    order = get_order(request.user, order_no)
    row = get_object_or_404(Trouble, pk=trouble_id, order=order)

    def perform(order: Order, form: ActForm, common: Common) -> Act:
        return claim_trouble(order, row, **common)

    page = ActPage(
        "claim_trouble",
        f"认领异常件：{row.get_kind_display()}",
        ActForm,
        lambda o: policy.may_claim(row.claimed_name, row.done_name, request.user.display_name),
        perform,
        "我来处理",
    )
    return from_list(request, show_or_do(request, page, order), order, "认领了", "troubles")


def _dispatch_page(verb: str, title: str, button: str, row: Dispatch, perform: Any) -> ActPage:
    return ActPage(
        verb,
        f"{title}：{row.platform_no}",
        ActForm,
        lambda o: policy.may_retry(row.state == DispatchState.FAILED, row.get_state_display()),
        lambda order, form, common: perform(order, row, **common),
        button,
        more=lambda order, form: {"about": f"{row.carrier_name} {row.waybill}。{row.why}"},
    )


@allow("retry_dispatch")
def retry(request: Request, order_no: str, dispatch_id: int) -> HttpResponse:
    """Tell the platform once more."""
    order = get_order(request.user, order_no)
    row = get_object_or_404(Dispatch, pk=dispatch_id, order=order)
    page = _dispatch_page("retry_dispatch", "再发给平台", "再发一次", row, retry_dispatch)
    answer = show_or_do(request, page, order)
    return from_list(request, answer, order, "再发一次，稍后看结果", "dispatches")


@allow("finish_dispatch")
def finish(request: Request, order_no: str, dispatch_id: int) -> HttpResponse:
    """It was typed in on the platform's own pages."""
    order = get_order(request.user, order_no)
    row = get_object_or_404(Dispatch, pk=dispatch_id, order=order)
    page = _dispatch_page("finish_dispatch", "平台后台已登记", "登记好了", row, finish_dispatch)
    answer = show_or_do(request, page, order)
    return from_list(request, answer, order, "记下了", "dispatches")
