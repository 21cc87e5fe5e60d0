"""Purchases and production orders: the worklists, one of them, and its steps (SOP 5.d)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.acts import Actor, Repeated
from core.keyset import BadCursor
from core.models import Act
from core.selectors import acts_on
from core.verdict import Refused
from staff.http import Request
from staff.matrix import allow, may
from staff.row_page import RowPage, row_view
from stock import forms, policy
from stock.models import Supply
from stock.selectors.goods import skus_by_text
from stock.selectors.offers import labelled, offers, steps
from stock.selectors.supply import LISTS, arrivals_of, late_days, supply_page
from stock.services import supply as acts
from stock.words import SupplyState

S = SupplyState
Values = dict[str, Any]


def find(supply_id: int) -> Supply:
    """The supply of this number; 404 when there is none."""
    return get_object_or_404(Supply.objects.select_related("sku__level"), pk=supply_id)


@allow("view_supplies")
def supplies(request: Request, which: str = "") -> HttpResponse:
    """What is late, on its way, or not ordered yet."""
    which, today = which or request.GET.get("what", ""), timezone.localdate()
    which = which if which in LISTS else "coming"
    try:
        found = supply_page(which, request.GET.get("page", ""), today)
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("supplies")
    context = {"page": found, "which": which, "lists": LISTS, "base": f"?what={which}"}
    context["may_draft"] = may(request.user, "draft_supply")
    return render(request, "stock/supplies.html", context)


@allow("view_supplies")
def supply(request: Request, supply_id: int) -> HttpResponse:
    """One of them: where it stands, what arrived, what was done."""
    row = find(supply_id)
    context = {
        "row": row,
        "steps": steps(row),
        "offers": offers(row, request.user),
        "arrivals": arrivals_of(row),
        "acts": labelled(acts_on(row)),
        "late": late_days(row, timezone.localdate()),
    }
    return render(request, "stock/supply.html", context)


@allow("draft_supply")
def new(request: Request) -> HttpResponse:
    """A draft by hand, for a code or a barcode."""
    first = {"code": request.GET.get("code", "")}
    form = forms.DraftForm(request.POST or None, initial=first)
    if request.method != "POST":
        return render(request, "stock/new_supply.html", {"form": form})
    if form.is_valid() and (made := _draft(request, form)):
        return redirect(made)
    return render(request, "stock/new_supply.html", {"form": form}, status=422)


def _draft(request: Request, form: forms.DraftForm) -> str | None:
    values = form.cleaned_data
    found = skus_by_text([values["code"]]).get(values["code"], [])
    if len(found) != 1:
        said = (
            "没有这个编码或条码。" if not found else "这是款号，有好几种规格；请填商家编码或条码。"
        )
        form.add_error("code", said)
        return None
    by, now = Actor.person(request.user), timezone.now()
    try:
        made = acts.draft_supply(
            found[0], values["quantity"], by=by, now=now, token=values["token"]
        )
    except Repeated as repeated:
        return Supply(pk=repeated.act.subject_id).get_absolute_url()
    except Refused as refusal:
        form.add_error("code", refusal.verdict.reason)
        return None
    return made.get_absolute_url()


def _about(row: Supply) -> str:
    """A2031 亚麻衬衫 · 订 10 件，已收 4 件."""
    came = f"，已收良品 {row.good} 件、次品 {row.defect} 件" if row.good or row.defect else ""
    return f"{row.sku.label}（{row.sku.code}） · 订 {row.quantity} 件{came}"


def _order(row: Supply, values: Values, common: Values) -> Act:
    return acts.order_supply(row, values["supplier"], values["expected_on"], **common)


def _schedule(row: Supply, values: Values, common: Values) -> Act:
    return acts.schedule_supply(row, values["expected_on"], **common)


def _sample(row: Supply, values: Values, common: Values) -> Act:
    return acts.check_sample(row, values["result"] == "pass", values["note"], **common)


order = row_view(
    RowPage(
        "order_supply",
        "采购下单",
        find,
        forms.OrderForm,
        lambda row, user: policy.may_step(row.facts(), S.ORDERED),
        _order,
        "下单",
        about=_about,
    )
)
materials = row_view(
    RowPage(
        "confirm_materials",
        "确认物料",
        find,
        forms.RemarkForm,
        lambda row, user: policy.may_step(row.facts(), S.MATERIALS),
        lambda row, values, common: acts.confirm_materials(row, values["note"], **common),
        "物料齐了",
        about=_about,
    )
)
schedule = row_view(
    RowPage(
        "schedule_supply",
        "排产",
        find,
        forms.DueForm,
        lambda row, user: policy.may_step(row.facts(), S.SCHEDULED),
        _schedule,
        "排产",
        about=_about,
    )
)
sample = row_view(
    RowPage(
        "check_sample",
        "检查样品",
        find,
        forms.SampleForm,
        lambda row, user: policy.may_step(row.facts(), S.SAMPLED),
        _sample,
        "登记结果",
        about=_about,
    )
)
assemble = row_view(
    RowPage(
        "assemble_supply",
        "完工",
        find,
        forms.RemarkForm,
        lambda row, user: policy.may_step(row.facts(), S.ASSEMBLED),
        lambda row, values, common: acts.assemble_supply(row, values["note"], **common),
        "全部做完了",
        about=_about,
    )
)
move = row_view(
    RowPage(
        "move_expected",
        "改预计到货",
        find,
        forms.MoveForm,
        lambda row, user: policy.may_postpone(row.facts()),
        lambda row, values, common: acts.move_expected(
            row, values["expected_on"], values["why"], **common
        ),
        "改日期",
        about=_about,
    )
)
change = row_view(
    RowPage(
        "change_supply",
        "改采购数量",
        find,
        forms.QuantityForm,
        lambda row, user: policy.may_change(row.facts()),
        lambda row, values, common: acts.change_supply(row, values["quantity"], **common),
        about=_about,
    )
)
receive = row_view(
    RowPage(
        "receive_supply",
        "到货登记",
        find,
        forms.ReceiveForm,
        lambda row, user: policy.may_receive(row.facts()),
        lambda row, values, common: acts.receive_supply(row, **values, **common),
        "收货入库",
        about=_about,
    )
)
cancel = row_view(
    RowPage(
        "cancel_supply",
        "取消没到的",
        find,
        forms.WhyForm,
        lambda row, user: policy.may_cancel(row.facts()),
        lambda row, values, common: acts.cancel_supply(row, values["why"], **common),
        "不再等了",
        about=_about,
    )
)
